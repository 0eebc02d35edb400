package dev.husk.protocol.log;

import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** What the lines of the C2SP formats are made of; each value has one spelling, and others are refused. */
final class NoteLines {
    private static final Pattern DECIMAL = Pattern.compile("0|[1-9][0-9]{0,18}");

    private NoteLines() {}

    /** @throws IllegalArgumentException unless it is a number from 0 to 2^63 - 1 without leading zeroes */
    static long decimal(String text) {
        if (!DECIMAL.matcher(text).matches()) {
            throw new IllegalArgumentException("not a decimal number");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("a number above 2^63 - 1", e);
        }
    }

    /** @throws IllegalArgumentException unless it is the one padded spelling of its bytes (RFC 4648 section 4) */
    static byte[] base64(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!base64(bytes).equals(text)) {
            throw new IllegalArgumentException("stray bits or no padding in base64");
        }
        return bytes;
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /** @throws IllegalArgumentException unless it is a SHA-256 hash in base64 */
    static byte[] hash(String text) {
        byte[] hash = base64(text);
        if (hash.length != MerkleHash.SIZE) {
            throw new IllegalArgumentException("a hash has 32 bytes, not " + hash.length);
        }
        return hash;
    }

    /** One line for each hash. */
    static String hashes(List<byte[]> hashes) {
        var text = new StringBuilder();
        hashes.forEach(hash -> text.append(base64(hash)).append('\n'));
        return text.toString();
    }
}
