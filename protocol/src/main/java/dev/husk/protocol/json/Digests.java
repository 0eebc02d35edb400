package dev.husk.protocol.json;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 in the text form that contracts use. */
public final class Digests {
    private Digests() {}

    /** {@code sha256:} and 64 lower-case hex digits. */
    public static String sha256(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    public static boolean isSha256(String text) {
        return text.matches("sha256:[0-9a-f]{64}");
    }
}
