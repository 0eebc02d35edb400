package dev.husk.snp.azure;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** One object of JSON, read member by member; a member that nobody asked for is malformed. */
final class JsonMembers {
    private static final Pattern OCTET = Pattern.compile("0|[1-9][0-9]{0,2}");

    private final JsonObject json;
    private final String path;
    private final BiFunction<String, String, MalformedAzureEvidenceException> malformed;
    private final Set<String> known = new HashSet<>();

    private JsonMembers(
            JsonObject json, String path, BiFunction<String, String, MalformedAzureEvidenceException> malformed) {
        this.json = json;
        this.path = path;
        this.malformed = malformed;
    }

    /** The outermost object of evidence in JSON. */
    static JsonMembers of(JsonObject json) {
        return new JsonMembers(json, "", MalformedAzureEvidenceException::member);
    }

    /** An object inside a part that is bytes: what is wrong with it is said of the byte where its JSON starts. */
    static JsonMembers of(JsonElement json, String part, int offset) throws MalformedAzureEvidenceException {
        return object(
                json,
                "",
                (member, problem) ->
                        MalformedAzureEvidenceException.at(part, offset, "%s: %s".formatted(member, problem)));
    }

    private static JsonMembers object(
            JsonElement json, String path, BiFunction<String, String, MalformedAzureEvidenceException> malformed)
            throws MalformedAzureEvidenceException {
        if (!json.isJsonObject()) {
            throw malformed.apply(path, "not an object");
        }
        return new JsonMembers(json.getAsJsonObject(), path, malformed);
    }

    MalformedAzureEvidenceException malformed(String name, String problem) {
        return malformed.apply(path(name), problem);
    }

    private String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    boolean has(String name) {
        return json.has(name);
    }

    JsonElement member(String name) throws MalformedAzureEvidenceException {
        known.add(name);
        var value = json.get(name);
        if (value == null || value.isJsonNull()) {
            throw malformed(name, "missing");
        }
        return value;
    }

    JsonMembers object(String name) throws MalformedAzureEvidenceException {
        return object(member(name), path(name), malformed);
    }

    JsonArray array(String name, int most) throws MalformedAzureEvidenceException {
        var value = member(name);
        if (!value.isJsonArray()) {
            throw malformed(name, "not an array");
        }
        if (value.getAsJsonArray().size() > most) {
            throw malformed(
                    name,
                    "%d entries, at most %d".formatted(value.getAsJsonArray().size(), most));
        }
        return value.getAsJsonArray();
    }

    /** The entry at {@code index} of the array {@code name}. */
    JsonMembers object(String name, int index) throws MalformedAzureEvidenceException {
        return object(json.getAsJsonArray(name).get(index), path(name) + "[" + index + "]", malformed);
    }

    String text(String name) throws MalformedAzureEvidenceException {
        return text(member(name), name);
    }

    private String text(JsonElement value, String name) throws MalformedAzureEvidenceException {
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw malformed(name, "not a text");
        }
        return value.getAsString();
    }

    /** Bytes in hex, of either case. */
    byte[] hex(String name, int most) throws MalformedAzureEvidenceException {
        return hex(member(name), name, most);
    }

    byte[] hex(JsonElement value, String name, int most) throws MalformedAzureEvidenceException {
        try {
            return sized(HexFormat.of().parseHex(text(value, name)), name, most);
        } catch (IllegalArgumentException e) {
            throw malformed(name, "not hex");
        }
    }

    /** Bytes in base64url, in the one way in which an encoder writes them. */
    byte[] base64Url(String name, boolean padded, int most) throws MalformedAzureEvidenceException {
        var text = text(name);
        var encoder = padded ? Base64.getUrlEncoder() : Base64.getUrlEncoder().withoutPadding();
        try {
            byte[] bytes = Base64.getUrlDecoder().decode(text);
            if (encoder.encodeToString(bytes).equals(text)) {
                return sized(bytes, name, most);
            }
        } catch (IllegalArgumentException e) {
            // falls through: as malformed as a text that decodes to something and back to something else
        }
        throw malformed(name, "not base64url" + (padded ? " with padding" : ""));
    }

    byte[] octets(String name, int most) throws MalformedAzureEvidenceException {
        return octets(member(name), name, most);
    }

    /** An array of integers from 0 to 255, as serde writes bytes. */
    byte[] octets(JsonElement value, String name, int most) throws MalformedAzureEvidenceException {
        if (!value.isJsonArray()) {
            throw malformed(name, "not an array");
        }
        var array = value.getAsJsonArray();
        if (array.size() > most) {
            throw malformed(name, "%d bytes, at most %d".formatted(array.size(), most));
        }
        byte[] bytes = new byte[array.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = octet(array.get(i), name + "[" + i + "]");
        }
        return bytes;
    }

    private byte octet(JsonElement value, String name) throws MalformedAzureEvidenceException {
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
            var text = value.getAsString();
            if (OCTET.matcher(text).matches() && Integer.parseInt(text) <= 0xff) {
                return (byte) Integer.parseInt(text);
            }
        }
        throw malformed(name, "not an integer from 0 to 255");
    }

    private byte[] sized(byte[] bytes, String name, int most) throws MalformedAzureEvidenceException {
        if (bytes.length > most) {
            throw malformed(name, "%d bytes, at most %d".formatted(bytes.length, most));
        }
        return bytes;
    }

    /** Ends the reading: every member must have been asked for. */
    void requireNothingElse() throws MalformedAzureEvidenceException {
        for (var name : json.keySet()) {
            if (!known.contains(name)) {
                throw malformed(name, "unknown member");
            }
        }
    }
}
