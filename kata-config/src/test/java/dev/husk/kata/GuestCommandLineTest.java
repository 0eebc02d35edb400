package dev.husk.kata;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GuestCommandLineTest {
    private static final String ROOT = "dm-mod.create=\"dm-verity,,,ro,0 736328 verity 1 /dev/vda1 /dev/vda2 4096 4096 "
            + "92041 0 sha256 f15f9ab1 0000\" root=/dev/dm-0 rootflags=data=ordered rootfstype=ext4";
    private static final String LINE = "reboot=k panic=1 systemd.unit=kata-containers.target " + ROOT + " "
            + GuestCommandLine.PARAMETERS + " selinux=0";

    @Test
    void aLineOfKataWithTheDropInHasNoProblem() {
        assertThat(GuestCommandLine.problems(LINE)).isEmpty();
        assertThat(GuestCommandLine.problems(" " + LINE + "\n")).isEmpty();
    }

    @Test
    void whatTheDropInSetsIsMissed() {
        assertThat(GuestCommandLine.problems(LINE.replace(" agent.guest_components_rest_api=all", "")))
                .containsExactly("agent.guest_components_rest_api=all is missing, which 60-husk.toml sets");
        assertThat(GuestCommandLine.problems("")).hasSize(4);
    }

    @Test
    void aSecondValueOfWhatTheDropInSetsIsRefused() {
        assertThat(GuestCommandLine.problems(LINE + " agent.guest_components_rest_api=resource"))
                .containsExactly("agent.guest_components_rest_api= has a second value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "agent.debug_console",
                "agent.debug_console_vport=1026",
                "agent.devmode",
                "agent.config_file=/x",
                "agent.passfd_listener_port=1027",
                "agent.server_addr=vsock://-1:1024",
                "init=/bin/sh",
                "rdinit=/bin/sh",
                "systemd.debug_shell=1",
                "systemd.run=/bin/sh",
            })
    void whatOpensTheGuestIsNamed(String word) {
        assertThat(GuestCommandLine.problems(LINE + " " + word)).containsExactly(word + " opens the guest to the host");
        assertThat(GuestCommandLine.problems(LINE + "\t" + word)).hasSize(1);
    }

    @Test
    void aRootFileSystemThatIsNotMeasuredIsNamed() {
        assertThat(GuestCommandLine.problems("root=/dev/vda1 " + GuestCommandLine.PARAMETERS))
                .singleElement()
                .asString()
                .contains("dm-mod.create=", "not measured");
    }

    @ParameterizedTest
    @CsvSource({"agent.debug_consolex", "agent.log=debug", "noinit=1"})
    void whatOnlyLooksLikeItIsNot(String word) {
        assertThat(GuestCommandLine.problems(LINE + " " + word)).isEmpty();
    }
}
