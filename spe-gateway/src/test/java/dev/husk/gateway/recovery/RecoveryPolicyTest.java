package dev.husk.gateway.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.json.Base64Url;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryPolicyTest {
    private static final String A = "{\"name\":\"anna\",\"key\":\"x25519:" + Base64Url.encode(new byte[32]) + "\"}";
    private static final String B = "{\"name\":\"berta\",\"key\":\"x25519:" + key(1) + "\"}";

    @TempDir
    Path folder;

    private static String key(int first) {
        byte[] key = new byte[32];
        key[0] = (byte) first;
        return Base64Url.encode(key);
    }

    private RecoveryPolicy read(String text) throws Exception {
        return RecoveryPolicy.read(Files.writeString(folder.resolve("recovery.json"), text));
    }

    @Test
    void whatIsReadIsWrittenAgain() throws Exception {
        var policy = read("{\"threshold\":2,\"holders\":[" + A + "," + B + "]}");
        assertThat(policy.threshold()).isEqualTo(2);
        assertThat(policy.holder("berta")).isPresent();
        assertThat(policy.holder("carla")).isEmpty();
        assertThat(RecoveryPolicy.parse(policy.json())).isEqualTo(policy);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"threshold\":2,\"holders\":[]}",
                "{\"threshold\":1,\"holders\":[A,B]}",
                "{\"threshold\":3,\"holders\":[A,B]}",
                "{\"threshold\":2.5,\"holders\":[A,B]}",
                "{\"threshold\":-2,\"holders\":[A,B]}",
                "{\"threshold\":\"2\",\"holders\":[A,B]}",
                "{\"threshold\":2,\"holders\":[A,A]}",
                "{\"threshold\":2,\"holders\":[A,{\"name\":\"berta\"}]}",
                "{\"threshold\":2,\"holders\":[A,{\"name\":\"berta\",\"key\":\"x25519:AAAA\"}]}",
                "{\"threshold\":2,\"holders\":[A,{\"name\":\"Berta!\",\"key\":\"K\"}]}",
                "{\"threshold\":2,\"holders\":[A,B],\"more\":1}"
            })
    void whatIsNoPolicyStopsTheStart(String text) {
        var whole = text.replace("[A", "[" + A).replace(",A", "," + A).replace(",B", "," + B);
        assertThatThrownBy(() -> read(whole))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("HUSK_RECOVERY");
    }

    @Test
    void aMissingFileStopsTheStart() {
        assertThatThrownBy(() -> RecoveryPolicy.read(folder.resolve("none"))).isInstanceOf(IllegalStateException.class);
    }
}
