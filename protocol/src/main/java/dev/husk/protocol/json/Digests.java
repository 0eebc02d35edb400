package dev.husk.protocol.json;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256, and its text form in contracts. */
public final class Digests {
    private Digests() {}

    /** A digest to be fed. */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** The digest of the bytes, as {@link #text}. */
    public static String sha256(byte[] bytes) {
        return text(sha256().digest(bytes));
    }

    /** {@code sha256:} and 64 lower-case hex digits. */
    public static String text(byte[] sha256) {
        return "sha256:" + HexFormat.of().formatHex(sha256);
    }

    public static boolean isSha256(String text) {
        return text.matches("sha256:[0-9a-f]{64}");
    }
}
