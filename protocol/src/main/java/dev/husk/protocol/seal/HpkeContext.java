package dev.husk.protocol.seal;

import java.util.Arrays;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.hpke.HPKEContext;
import org.bouncycastle.crypto.hpke.HPKEContextWithEncapsulation;

/**
 * One side's HPKE context (RFC 9180 section 5), by Bouncy Castle: messages in order, and secrets that both sides can
 * export (section 5.3). Not safe to share between threads. Bouncy Castle keeps the exporter secret until it is
 * collected.
 */
final class HpkeContext {
    private final HPKEContext context;
    private final byte[] enc;

    private HpkeContext(HPKEContext context, byte[] enc) {
        this.context = context;
        this.enc = enc;
    }

    /** @param publicKey the receiver's X25519 key, 32 bytes */
    static HpkeContext sender(byte[] publicKey, byte[] info) throws EnvelopeException {
        try {
            var hpke = suite();
            return sender(hpke.setupBaseS(hpke.deserializePublicKey(publicKey), info));
        } catch (RuntimeException e) {
            throw new EnvelopeException("cannot seal to this key");
        }
    }

    /** For known answers: the ephemeral key comes from {@code ikm} (section 7.1.3), so two contexts are the same. */
    static HpkeContext sender(byte[] publicKey, byte[] info, byte[] ikm) {
        var hpke = suite();
        return sender(hpke.setupBaseS(hpke.deserializePublicKey(publicKey), info, hpke.deriveKeyPair(ikm)));
    }

    private static HpkeContext sender(HPKEContextWithEncapsulation context) {
        return new HpkeContext(context, context.getEncapsulation());
    }

    static HpkeContext receiver(HpkeKeyPair keys, byte[] enc, byte[] info) throws EnvelopeException {
        byte[] secret = keys.secret();
        try {
            var hpke = suite();
            return new HpkeContext(
                    hpke.setupBaseR(enc, hpke.deserializePrivateKey(secret, keys.publicKey()), info), enc);
        } catch (RuntimeException e) {
            throw new EnvelopeException("the envelope does not open with this key and context");
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    /** What the receiver needs beside its key, 32 bytes. */
    byte[] enc() {
        return enc.clone();
    }

    byte[] seal(byte[] aad, byte[] plaintext) {
        try {
            return context.seal(aad, plaintext);
        } catch (InvalidCipherTextException e) {
            throw new IllegalStateException("sealing cannot fail", e);
        }
    }

    byte[] open(byte[] aad, byte[] ciphertext) throws EnvelopeException {
        try {
            return context.open(aad, ciphertext);
        } catch (InvalidCipherTextException | RuntimeException e) {
            throw new EnvelopeException("the envelope does not open with this key and context");
        }
    }

    byte[] export(byte[] exporterContext, int length) {
        return context.export(exporterContext, length);
    }

    private static HPKE suite() {
        return new HPKE(HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
    }
}
