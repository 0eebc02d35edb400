package dev.husk.protocol.seal;

import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;

/**
 * Seals to a public key and opens again (RFC 9180, single shot, base mode), by Bouncy Castle.
 *
 * <p>Security guarantee: confidentiality, and integrity of ciphertext, {@code info} and {@code aad}. Restriction: no
 * sender authentication, no protection of lengths.
 */
public final class Hpke {
    private Hpke() {}

    /**
     * @param publicKey the receiver's X25519 key, 32 bytes
     * @throws EnvelopeException if the key is not usable
     */
    public static Sealed seal(byte[] publicKey, byte[] info, byte[] aad, byte[] plaintext) throws EnvelopeException {
        var hpke = hpke();
        try {
            byte[][] sealed = hpke.seal(hpke.deserializePublicKey(publicKey), info, aad, plaintext, null, null, null);
            return new Sealed(sealed[1], sealed[0]);
        } catch (InvalidCipherTextException | RuntimeException e) {
            throw new EnvelopeException("cannot seal to this key");
        }
    }

    public static byte[] open(HpkeKeyPair keys, byte[] info, byte[] aad, Sealed sealed) throws EnvelopeException {
        var hpke = hpke();
        byte[] secret = keys.secret();
        try {
            var pair = hpke.deserializePrivateKey(secret, keys.publicKey());
            return hpke.open(sealed.enc(), pair, info, aad, sealed.ciphertext(), null, null, null);
        } catch (InvalidCipherTextException | RuntimeException e) {
            throw new EnvelopeException("the envelope does not open with this key and context");
        } finally {
            java.util.Arrays.fill(secret, (byte) 0);
        }
    }

    private static HPKE hpke() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }
}
