package dev.husk.snp;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One object of the evidence, read member by member; a member that nobody asked for is malformed. Numbers count only
 * where they are written as plain integers, so that {@code 1e999999999} costs nothing.
 */
final class EvidenceObject {
    private static final Pattern INTEGER = Pattern.compile("0|[1-9][0-9]{0,19}");

    private final JsonObject json;
    private final String path;
    private final Set<String> known = new HashSet<>();

    EvidenceObject(JsonObject json, String path) {
        this.json = json;
        this.path = path;
    }

    static EvidenceObject of(JsonElement element, String path) throws MalformedEvidenceException {
        if (!element.isJsonObject()) {
            throw new MalformedEvidenceException(path, "not an object");
        }
        return new EvidenceObject(element.getAsJsonObject(), path);
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    MalformedEvidenceException malformed(String name, String problem) {
        return new MalformedEvidenceException(path(name), problem);
    }

    /** Whether the member is there and not null; Rust writes what is absent as null, or not at all. */
    boolean has(String name) {
        known.add(name);
        var value = json.get(name);
        return value != null && !value.isJsonNull();
    }

    void requireAbsent(String name, String why) throws MalformedEvidenceException {
        if (has(name)) {
            throw malformed(name, why);
        }
    }

    JsonElement member(String name) throws MalformedEvidenceException {
        if (!has(name)) {
            throw malformed(name, "missing");
        }
        return json.get(name);
    }

    EvidenceObject object(String name) throws MalformedEvidenceException {
        return of(member(name), path(name));
    }

    byte u8(String name) throws MalformedEvidenceException {
        return (byte) integer(member(name), path(name), 8);
    }

    int u32(String name) throws MalformedEvidenceException {
        return (int) integer(member(name), path(name), 32);
    }

    long u64(String name) throws MalformedEvidenceException {
        return integer(member(name), path(name), 64);
    }

    /** An array of exactly {@code size} integers from 0 to 255. */
    byte[] bytes(String name, int size) throws MalformedEvidenceException {
        var array = array(name);
        if (array.size() != size) {
            throw malformed(name, "expected %d bytes, got %d".formatted(size, array.size()));
        }
        return octets(array, path(name));
    }

    byte[] bytesUpTo(String name, int most) throws MalformedEvidenceException {
        var array = array(name);
        if (array.size() > most) {
            throw malformed(name, "expected at most %d bytes, got %d".formatted(most, array.size()));
        }
        return octets(array, path(name));
    }

    JsonArray array(String name) throws MalformedEvidenceException {
        var value = member(name);
        if (!value.isJsonArray()) {
            throw malformed(name, "not an array");
        }
        return value.getAsJsonArray();
    }

    /** Ends the reading: every member must have been asked for. */
    void requireNothingElse() throws MalformedEvidenceException {
        for (var name : json.keySet()) {
            if (!known.contains(name)) {
                throw malformed(name, "unknown member");
            }
        }
    }

    private static byte[] octets(JsonArray array, String path) throws MalformedEvidenceException {
        byte[] bytes = new byte[array.size()];
        for (int i = 0; i < bytes.length; i++) {
            var value = array.get(i);
            boolean octet = value instanceof JsonPrimitive primitive
                    && primitive.isNumber()
                    && primitive.getAsNumber() instanceof Long number
                    && number >= 0
                    && number <= 255;
            bytes[i] = (byte) (octet ? value.getAsLong() : integer(value, path + "[" + i + "]", 8));
        }
        return bytes;
    }

    private static long integer(JsonElement value, String path, int bits) throws MalformedEvidenceException {
        if (value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()) {
            var text = value.getAsString();
            if (INTEGER.matcher(text).matches()) {
                var number = new BigInteger(text);
                if (number.bitLength() <= bits) {
                    return number.longValue();
                }
            }
        }
        throw new MalformedEvidenceException(path, "not an integer from 0 to 2^%d - 1".formatted(bits));
    }
}
