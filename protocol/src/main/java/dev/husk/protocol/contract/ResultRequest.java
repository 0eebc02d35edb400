package dev.husk.protocol.contract;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.MalformedJsonException;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a reader's statement asks for, beside what every statement says: the key of a result, sealed to a key of the
 * reader's own.
 *
 * <p>Having one proves nothing: who signed it, for which contract and when is checked of the statement around it.
 *
 * @param key X25519, 32 bytes; copied on the way in and out
 * @param nonce what makes a second use of the same statement visible, 16 to 64 characters of base64url
 */
@SuppressWarnings("ArrayRecordComponent")
public record ResultRequest(String result, byte[] key, String nonce) {
    /** The statement's {@code action}. */
    public static final String ACTION = "read-result";

    private static final Set<String> MEMBERS =
            Set.of("action", "contract", "key", "name", "nonce", "party", "result", "time");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9_-]{16,64}");
    private static final int KEY = 32;

    /** @throws IllegalArgumentException if the key does not have 32 bytes, or a text is not of its form */
    public ResultRequest {
        if (!NAME.matcher(result).matches()) {
            throw new IllegalArgumentException("result is no name");
        }
        if (key.length != KEY) {
            throw new IllegalArgumentException("key is not 32 bytes");
        }
        if (!NONCE.matcher(nonce).matches()) {
            throw new IllegalArgumentException("nonce is not 16 to 64 characters of base64url");
        }
        key = key.clone();
    }

    @Override
    public byte[] key() {
        return key.clone();
    }

    /** Lets a statement ask for it. */
    public void addTo(JsonObject statement) {
        statement.addProperty("result", result);
        statement.addProperty("key", Base64Url.encode(key));
        statement.addProperty("nonce", nonce);
    }

    /**
     * Reads a statement's payload strictly.
     *
     * @throws MalformedJsonException if it is about something else, lacks a member, or has one that is not known
     */
    public static ResultRequest parse(JsonObject payload) throws MalformedJsonException {
        if (!text(payload, "action").equals(ACTION)) {
            throw malformed("action is not " + ACTION);
        }
        if (!MEMBERS.containsAll(payload.keySet())) {
            throw malformed("a member that is not known");
        }
        var result = text(payload, "result");
        byte[] key = decoded(text(payload, "key"));
        try {
            return new ResultRequest(result, key, text(payload, "nonce"));
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    /** Not what the decoder says of it, which would quote it. */
    private static byte[] decoded(String key) throws MalformedJsonException {
        try {
            return Base64Url.decode(key);
        } catch (IllegalArgumentException e) {
            throw malformed("key is not base64url");
        }
    }

    private static String text(JsonObject payload, String member) throws MalformedJsonException {
        if (payload.get(member) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw malformed("no text " + member);
    }

    private static MalformedJsonException malformed(String why) {
        return new MalformedJsonException("the request for a result: " + why);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResultRequest that
                && result.equals(that.result)
                && Arrays.equals(key, that.key)
                && nonce.equals(that.nonce);
    }

    @Override
    public int hashCode() {
        return 31 * result.hashCode() + nonce.hashCode();
    }

    @Override
    public String toString() {
        return "ResultRequest[" + result + "]";
    }
}
