package dev.husk.protocol.seal;

import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;

/** An X25519 key pair that opens envelopes. Closing it wipes the private key. */
public final class HpkeKeyPair implements AutoCloseable {
    private final byte[] secret;
    private final byte[] publicKey;

    private HpkeKeyPair(byte[] secret) {
        this.secret = secret;
        this.publicKey =
                new X25519PrivateKeyParameters(secret, 0).generatePublicKey().getEncoded();
    }

    public static HpkeKeyPair generate() {
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        return new HpkeKeyPair(secret);
    }

    /** @param secret 32 bytes, copied */
    public static HpkeKeyPair of(byte[] secret) {
        if (secret.length != 32) {
            throw new IllegalArgumentException("an X25519 key has 32 bytes");
        }
        return new HpkeKeyPair(secret.clone());
    }

    /** 32 bytes. */
    public byte[] publicKey() {
        return publicKey.clone();
    }

    /** The private key's 32 bytes, for sealing it into storage; the caller wipes the array. */
    public byte[] secret() {
        return secret.clone();
    }

    @Override
    public void close() {
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "HpkeKeyPair";
    }
}
