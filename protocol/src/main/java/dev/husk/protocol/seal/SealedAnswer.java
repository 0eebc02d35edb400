package dev.husk.protocol.seal;

import dev.husk.protocol.json.Base64Url;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The answer to a {@link SealedRequest}: AES-256-GCM under the request's own answer key, with the function's name as
 * associated data (docs/protocol.md, "Sealed answer").
 *
 * <p>Security guarantee: only the request's two sides read it or could have written it. Restriction: no protection of
 * lengths.
 */
public final class SealedAnswer {
    /** Longest answer that is opened, in characters. */
    public static final int MAX_CHARS = 32 << 20;

    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SealedAnswer() {}

    /** Nonce, ciphertext and tag, base64url. */
    public static String seal(AnswerKey key, String contract, String function, byte[] answer) {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        try {
            byte[] ciphertext =
                    cipher(Cipher.ENCRYPT_MODE, key, nonce, contract, function).doFinal(answer);
            byte[] all = Arrays.copyOf(nonce, NONCE + ciphertext.length);
            System.arraycopy(ciphertext, 0, all, NONCE, ciphertext.length);
            return Base64Url.encode(all);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES-GCM", e);
        }
    }

    /** @throws EnvelopeException if it was changed, or answers another request or function */
    public static byte[] open(AnswerKey key, String contract, String function, String sealed) throws EnvelopeException {
        if (sealed.length() > MAX_CHARS) {
            throw new EnvelopeException("the sealed answer is longer than %d characters".formatted(MAX_CHARS));
        }
        byte[] all;
        try {
            all = Base64Url.decode(sealed);
        } catch (IllegalArgumentException e) {
            throw new EnvelopeException("the sealed answer is not base64url");
        }
        if (all.length < NONCE + TAG) {
            throw new EnvelopeException("the sealed answer is cut short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, Arrays.copyOf(all, NONCE), contract, function)
                    .doFinal(all, NONCE, all.length - NONCE);
        } catch (GeneralSecurityException e) {
            throw new EnvelopeException("the answer was changed, or is not the one to this request");
        }
    }

    private static Cipher cipher(int mode, AnswerKey key, byte[] nonce, String contract, String function)
            throws GeneralSecurityException {
        byte[] bytes = key.copy();
        try {
            var cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(mode, new SecretKeySpec(bytes, "AES"), new GCMParameterSpec(8 * TAG, nonce));
            cipher.updateAAD(("husk answer v1\0" + contract + "\0" + function).getBytes(StandardCharsets.UTF_8));
            return cipher;
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }
}
