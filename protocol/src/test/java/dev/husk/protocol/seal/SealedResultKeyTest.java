package dev.husk.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SealedResultKeyTest {
    private static final String CONTRACT = "sha256:" + "0".repeat(64);

    @Test
    void aKeyOpensForItsReaderContractAndResultAlone() throws Exception {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 7);
        try (var reader = HpkeKeyPair.generate();
                var other = HpkeKeyPair.generate()) {
            var sealed = SealedResultKey.seal(reader.publicKey(), CONTRACT, "model", key);
            assertThat(SealedResultKey.open(reader, CONTRACT, "model", sealed)).isEqualTo(key);
            doesNotOpen(other, CONTRACT, "model", sealed);
            doesNotOpen(reader, "sha256:" + "1".repeat(64), "model", sealed);
            doesNotOpen(reader, CONTRACT, "other", sealed);
            for (int i = 0; i < sealed.ciphertext().length; i++) {
                byte[] changed = sealed.ciphertext().clone();
                changed[i] ^= 1;
                doesNotOpen(reader, CONTRACT, "model", new Sealed(sealed.enc(), changed));
                doesNotOpen(reader, CONTRACT, "model", new Sealed(sealed.enc(), Arrays.copyOf(changed, i)));
            }
            doesNotOpen(reader, CONTRACT, "model", new Sealed(new byte[32], sealed.ciphertext()));
            doesNotOpen(reader, CONTRACT, "model", new Sealed(new byte[0], new byte[0]));
        }
    }

    @Test
    void theContextIsTheOneOfTheProtocol() throws Exception {
        byte[] key = new byte[32];
        try (var reader = HpkeKeyPair.generate()) {
            var sealed = SealedResultKey.seal(reader.publicKey(), CONTRACT, "model", key);
            var aad = "{\"contract\":\"" + CONTRACT + "\",\"result\":\"model\"}";
            assertThat(Hpke.open(reader, ascii("husk result read v1"), ascii(aad), sealed))
                    .isEqualTo(key);
            var short31 = Hpke.seal(reader.publicKey(), ascii("husk result read v1"), ascii(aad), new byte[31]);
            doesNotOpen(reader, CONTRACT, "model", short31);
        }
    }

    @Test
    void aPublicKeyOfLowOrderIsRefused() {
        assertThatThrownBy(() -> SealedResultKey.seal(new byte[32], CONTRACT, "model", new byte[32]))
                .isInstanceOf(EnvelopeException.class);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void doesNotOpen(HpkeKeyPair reader, String contract, String result, Sealed sealed) {
        assertThatThrownBy(() -> SealedResultKey.open(reader, contract, result, sealed))
                .isInstanceOf(EnvelopeException.class);
    }
}
