package dev.husk.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class HpkeTest {
    private static final byte[] INFO = "info".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AAD = "aad".getBytes(StandardCharsets.US_ASCII);

    @Test
    void whatWasSealedOpensOnlyInTheSameContext() throws Exception {
        try (var keys = HpkeKeyPair.generate();
                var other = HpkeKeyPair.generate()) {
            byte[] secret = new byte[32];
            secret[3] = 7;
            var sealed = Hpke.seal(keys.publicKey(), INFO, AAD, secret);
            assertThat(Hpke.open(keys, INFO, AAD, sealed)).isEqualTo(secret);
            assertThatThrownBy(() -> Hpke.open(other, INFO, AAD, sealed)).isInstanceOf(EnvelopeException.class);
            assertThatThrownBy(() -> Hpke.open(keys, AAD, AAD, sealed)).isInstanceOf(EnvelopeException.class);
            assertThatThrownBy(() -> Hpke.open(keys, INFO, INFO, sealed)).isInstanceOf(EnvelopeException.class);
            for (int i = 0; i < sealed.ciphertext().length; i++) {
                byte[] changed = sealed.ciphertext().clone();
                changed[i] ^= 1;
                assertThatThrownBy(() -> Hpke.open(keys, INFO, AAD, new Sealed(sealed.enc(), changed)))
                        .isInstanceOf(EnvelopeException.class);
            }
            assertThatThrownBy(() -> Hpke.open(keys, INFO, AAD, new Sealed(new byte[31], new byte[0])))
                    .isInstanceOf(EnvelopeException.class);
            assertThat(keys.toString()).isEqualTo("HpkeKeyPair");
        }
    }

    @Test
    void keysAreThoseOfRfc9180() throws Exception {
        int checked = 0;
        for (var element : Vectors.json(Vectors.folder("hpke/rfc9180-appendixA.json"))
                .getAsJsonObject()
                .getAsJsonArray("vectors")) {
            var vector = element.getAsJsonObject();
            if (vector.get("kem_id").getAsInt() == 32) {
                try (var keys = HpkeKeyPair.of(
                        HexFormat.of().parseHex(vector.get("skRm").getAsString()))) {
                    assertThat(HexFormat.of().formatHex(keys.publicKey()))
                            .isEqualTo(vector.get("pkRm").getAsString());
                    checked++;
                }
            }
        }
        assertThat(checked).isPositive();
        assertThatThrownBy(() -> HpkeKeyPair.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }
}
