package dev.husk.snp.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.Bytes;
import org.junit.jupiter.api.Test;

class InitDataPcrTest {
    @Test
    void theValueIsThatOfOneExtension() {
        // (head -c 32 /dev/zero; echo 8505...7781 | xxd -r -p) | sha256sum
        assertThat(InitDataPcr.value(Bytes.fromHex("8505e4e25e50a27c5dc8147af88efbece627fbea55291911eff832d9ee127781")))
                .hasToString("bddaccb9c52249e97a31baea61b7d91be8221a16e703d92148d04fb8e9c1dfdd");
    }

    @Test
    void onlyADigestOf32BytesIsExtended() {
        assertThatThrownBy(() -> InitDataPcr.value(Bytes.fromHex("00".repeat(48))))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
