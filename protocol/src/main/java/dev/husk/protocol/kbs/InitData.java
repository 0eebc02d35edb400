package dev.husk.protocol.kbs;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a guest was started with, as it tells a KBS: one TOML text whose digest the host measured into HOST_DATA.
 *
 * <p>Counts only once a report's HOST_DATA is seen to be {@link #hostData()}. Of the text nothing is read but the two
 * members that say how it is hashed; what else it says is for whoever lists its digest to know.
 */
public final class InitData {
    /** Length of HOST_DATA, in bytes. */
    public static final int HOST_DATA = 32;

    /** Longest text that is taken, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    private static final String VERSION = "0.1.0";
    private static final Map<String, String> ALGORITHMS =
            Map.of("sha256", "SHA-256", "sha384", "SHA-384", "sha512", "SHA-512");
    private static final Pattern LINE = Pattern.compile(
            "[ \\t]*(?:[\"']?([A-Za-z0-9_-]+)[\"']?[ \\t]*=[ \\t]*(?:\"([^\"\\\\]*)\"|'([^']*)'))?[ \\t]*(?:#.*)?");
    private static final Pattern TABLE = Pattern.compile("[ \\t]*\\[.*");

    private final byte[] digest;
    private final String algorithm;

    private InitData(String algorithm, byte[] digest) {
        this.algorithm = algorithm;
        this.digest = digest;
    }

    /**
     * Reads the member {@code init-data} of an attestation; empty where it is null.
     *
     * @throws IllegalArgumentException for another format than TOML, another version, or a hash that is not known
     */
    public static Optional<InitData> parse(JsonElement initData) {
        if (initData instanceof JsonNull) {
            return Optional.empty();
        }
        if (!(initData instanceof JsonObject object)) {
            throw new IllegalArgumentException("neither null nor an object");
        }
        if (!text(object, "format").equals("toml")) {
            throw new IllegalArgumentException("format must be toml");
        }
        return Optional.of(ofToml(text(object, "body")));
    }

    /** @throws IllegalArgumentException as {@link #parse} */
    public static InitData ofToml(String toml) {
        byte[] bytes = toml.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("longer than %d bytes".formatted(MAX_BYTES));
        }
        var head = head(toml);
        if (!VERSION.equals(head.get("version"))) {
            throw new IllegalArgumentException("version must be " + VERSION);
        }
        var algorithm = head.getOrDefault("algorithm", "");
        var name = ALGORITHMS.get(algorithm);
        if (name == null) {
            throw new IllegalArgumentException("algorithm must be sha256, sha384 or sha512");
        }
        try {
            return new InitData(algorithm, MessageDigest.getInstance(name).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + name, e);
        }
    }

    /** The members before the first table, each a text on a line of its own; TOML's other forms are refused there. */
    private static Map<String, String> head(String toml) {
        var head = new HashMap<String, String>();
        for (var line : (Iterable<String>) toml.lines()::iterator) {
            if (TABLE.matcher(line).matches()) {
                return head;
            }
            var member = LINE.matcher(line);
            if (!member.matches()) {
                throw new IllegalArgumentException("before the first table stand texts alone, one on a line");
            }
            if (member.group(1) != null) {
                var value = member.group(2) != null ? member.group(2) : member.group(3);
                if (head.put(member.group(1), value) != null) {
                    throw new IllegalArgumentException("a member stands twice");
                }
            }
        }
        return head;
    }

    private static String text(JsonObject object, String member) {
        if (object.get(member) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new IllegalArgumentException(member + " must be text");
    }

    /** {@code sha256}, {@code sha384} or {@code sha512}. */
    public String algorithm() {
        return algorithm;
    }

    /** The digest of the whole text, in its algorithm's length. */
    public byte[] digest() {
        return digest.clone();
    }

    /** What HOST_DATA must hold: the digest's first 32 bytes. */
    public byte[] hostData() {
        return Arrays.copyOf(digest, HOST_DATA);
    }
}
