package dev.husk.protocol.contract;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;

/**
 * A party's Ed25519 signing key. Closing it forgets the key; it is safe to share between threads until then.
 *
 * <p>The JDK may keep copies of key material that closing cannot wipe.
 */
public final class PartySigner implements AutoCloseable {
    private static final int PKCS8_SEED = 16;

    private final byte[] seed;
    private final PartyKey key;
    private volatile boolean closed;

    private PartySigner(byte[] seed) {
        this.seed = seed;
        this.key = PartyKey.ed25519(
                new Ed25519PrivateKeyParameters(seed, 0).generatePublicKey().getEncoded());
    }

    public static PartySigner generate() {
        byte[] seed = new byte[32];
        new SecureRandom().nextBytes(seed);
        return new PartySigner(seed);
    }

    /**
     * Reads PKCS #8 (RFC 8410).
     *
     * @throws IllegalArgumentException if it is not an Ed25519 key
     */
    public static PartySigner fromPkcs8(byte[] encoded) {
        if (encoded.length != PKCS8_SEED + 32) {
            throw new IllegalArgumentException("not an Ed25519 private key");
        }
        try {
            KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("not an Ed25519 private key", e);
        }
        return new PartySigner(Arrays.copyOfRange(encoded, PKCS8_SEED, PKCS8_SEED + 32));
    }

    /** The key in PKCS #8; the caller wipes the array. */
    public byte[] pkcs8() {
        byte[] prefix = java.util.HexFormat.of().parseHex("302e020100300506032b657004220420");
        byte[] encoded = Arrays.copyOf(prefix, prefix.length + 32);
        System.arraycopy(open(), 0, encoded, prefix.length, 32);
        return encoded;
    }

    public PartyKey key() {
        return key;
    }

    /** 64 bytes (RFC 8032). */
    public byte[] sign(byte[] message) {
        byte[] encoded = pkcs8();
        try {
            PrivateKey secret = KeyFactory.getInstance("Ed25519").generatePrivate(new PKCS8EncodedKeySpec(encoded));
            var signature = Signature.getInstance("Ed25519");
            signature.initSign(secret);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 is a part of every JDK since 15", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    private byte[] open() {
        if (closed) {
            throw new IllegalStateException("the signer is closed");
        }
        return seed;
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(seed, (byte) 0);
    }

    @Override
    public String toString() {
        return "PartySigner";
    }
}
