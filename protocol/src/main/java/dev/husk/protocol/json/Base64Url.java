package dev.husk.protocol.json;

import java.security.SecureRandom;
import java.util.Base64;

/** Base64url without padding (RFC 4648 section 5), in its one canonical form. */
public final class Base64Url {
    private static final SecureRandom RANDOM = new SecureRandom();

    private Base64Url() {}

    /** So many fresh random bytes: a nonce or a salt, never a key. */
    public static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return encode(random);
    }

    public static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException for padding, foreign characters, or stray bits at the end */
    public static byte[] decode(String text) {
        byte[] bytes = Base64.getUrlDecoder().decode(text);
        if (!encode(bytes).equals(text)) {
            throw new IllegalArgumentException("not canonical base64url");
        }
        return bytes;
    }
}
