package dev.husk.protocol.seal;

/**
 * Seals to a public key and opens again (RFC 9180, single shot, base mode).
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
        var context = HpkeContext.sender(publicKey, info);
        return new Sealed(context.enc(), context.seal(aad, plaintext));
    }

    public static byte[] open(HpkeKeyPair keys, byte[] info, byte[] aad, Sealed sealed) throws EnvelopeException {
        return HpkeContext.receiver(keys, sealed.enc(), info).open(aad, sealed.ciphertext());
    }
}
