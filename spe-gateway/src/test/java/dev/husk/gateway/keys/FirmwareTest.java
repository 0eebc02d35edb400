package dev.husk.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.guest.DerivedKeyRequest;
import dev.husk.snp.guest.DerivedKeyRequest.Field;
import dev.husk.snp.guest.DerivedKeyRequest.RootKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What does not answer as the firmware does is an error that names it; SnpStateKeyIT has the answers. */
class FirmwareTest {
    private static final DerivedKeyRequest REQUEST =
            new DerivedKeyRequest(RootKey.VCEK, Set.of(Field.MEASUREMENT), 0, 0, 0);

    @TempDir
    Path folder;

    @Test
    void withoutADeviceThereIsNoKeyAndNoVersion() {
        var firmware = Firmware.of(folder.resolve("sev-guest"));
        assertThatThrownBy(() -> firmware.derive(REQUEST))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sev-guest");
        assertThatThrownBy(firmware::committedTcb)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("sev-guest");
    }

    @Test
    void aFileInPlaceOfTheDeviceIsNoFirmware() throws Exception {
        var file = Files.write(folder.resolve("sev-guest"), new byte[4096]);
        var firmware = Firmware.of(file);
        assertThatThrownBy(() -> firmware.derive(REQUEST))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SNP_GET_DERIVED_KEY");
        assertThatThrownBy(firmware::committedTcb)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SNP_GET_REPORT");
        assertThat(file).hasSize(4096);
    }
}
