package dev.husk.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.protocol.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.SHAKEDigest;
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

    /**
     * The suite itself: {@code filippo-rfc9180-compact.json} of Go's crypto/hpke, which holds one digest over a thousand
     * messages and one over a thousand exports of the RFC's own keys.
     */
    @Test
    void aThousandMessagesAndExportsOfThisSuiteAreThoseOfGo() throws Exception {
        var vector = compact();
        byte[] info = bytes(vector, "info");
        try (var keys = HpkeKeyPair.of(bytes(vector, "skRm"))) {
            assertThat(keys.publicKey()).isEqualTo(bytes(vector, "pkRm"));
            var sender = HpkeContext.sender(keys.publicKey(), info, bytes(vector, "ikmE"));
            assertThat(sender.enc()).isEqualTo(bytes(vector, "enc"));
            var receiver = HpkeContext.receiver(keys, sender.enc(), info);
            var drawn = new SHAKEDigest(128);
            var digest = new SHAKEDigest(128);
            for (int i = 0; i < 1000; i++) {
                byte[] aad = draw(drawn);
                byte[] plaintext = draw(drawn);
                byte[] ciphertext = sender.seal(aad, plaintext);
                digest.update(ciphertext, 0, ciphertext.length);
                assertThat(receiver.open(aad, ciphertext)).isEqualTo(plaintext);
            }
            assertThat(squeeze(digest, 16)).isEqualTo(bytes(vector, "encryptions_accumulated"));

            drawn = new SHAKEDigest(128);
            digest = new SHAKEDigest(128);
            for (int length = 0; length < 1000; length++) {
                byte[] context = draw(drawn);
                byte[] exported = sender.export(context, length);
                digest.update(exported, 0, length);
                assertThat(receiver.export(context, length)).isEqualTo(exported);
            }
            assertThat(squeeze(digest, 16)).isEqualTo(bytes(vector, "exports_accumulated"));
        }
    }

    private static JsonObject compact() throws Exception {
        for (var element : Vectors.json(Vectors.folder("hpke/filippo-rfc9180-compact.json"))
                .getAsJsonArray()) {
            var vector = element.getAsJsonObject();
            if (vector.get("mode").getAsInt() == 0
                    && vector.get("kem_id").getAsInt() == 0x20
                    && vector.get("kdf_id").getAsInt() == 1
                    && vector.get("aead_id").getAsInt() == 2) {
                return vector;
            }
        }
        throw new AssertionError("no vector of DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM");
    }

    /** One byte of length, and as many bytes. */
    private static byte[] draw(SHAKEDigest source) {
        return squeeze(source, squeeze(source, 1)[0] & 0xff);
    }

    private static byte[] squeeze(SHAKEDigest source, int length) {
        byte[] bytes = new byte[length];
        source.doOutput(bytes, 0, length);
        return bytes;
    }

    private static byte[] bytes(JsonObject vector, String member) {
        return HexFormat.of().parseHex(vector.get(member).getAsString());
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
