package dev.husk.protocol.json;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads JSON strictly: valid UTF-8, no byte order mark, no duplicate member, no lone surrogate, no number beyond a
 * double's range, nesting of at most {@value #MAX_DEPTH}, and nothing after the value.
 */
public final class Json {
    /** Deepest nesting that is read. */
    public static final int MAX_DEPTH = 64;

    private Json() {}

    /**
     * Reads one JSON value. Integers come out as {@link Long} where they fit 53 bits, other numbers as
     * {@link BigDecimal}.
     *
     * @param maxBytes what is longer is refused unread
     */
    public static JsonElement parse(byte[] utf8, int maxBytes) throws MalformedJsonException {
        if (utf8.length > maxBytes) {
            throw new MalformedJsonException("longer than %d bytes".formatted(maxBytes));
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedJsonException("not valid UTF-8");
        }
        if (text.startsWith("\uFEFF")) {
            throw new MalformedJsonException("starts with a byte order mark");
        }
        var reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(MAX_DEPTH);
        try {
            var value = value(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedJsonException("more text after the value");
            }
            return value;
        } catch (IOException | NumberFormatException | IllegalStateException e) {
            throw new MalformedJsonException("not JSON, near " + reader.getPath());
        }
    }

    private static JsonElement value(JsonReader reader) throws IOException, MalformedJsonException {
        switch (reader.peek()) {
            case BEGIN_OBJECT -> {
                var object = new JsonObject();
                reader.beginObject();
                while (reader.hasNext()) {
                    var name = wellFormed(reader.nextName(), reader);
                    if (object.has(name)) {
                        throw new MalformedJsonException("a member stands twice, at " + reader.getPath());
                    }
                    object.add(name, value(reader));
                }
                reader.endObject();
                return object;
            }
            case BEGIN_ARRAY -> {
                var array = new JsonArray();
                reader.beginArray();
                while (reader.hasNext()) {
                    array.add(value(reader));
                }
                reader.endArray();
                return array;
            }
            case STRING -> {
                return new JsonPrimitive(wellFormed(reader.nextString(), reader));
            }
            case NUMBER -> {
                return new JsonPrimitive(number(reader.nextString(), reader));
            }
            case BOOLEAN -> {
                return new JsonPrimitive(reader.nextBoolean());
            }
            case NULL -> {
                reader.nextNull();
                return JsonNull.INSTANCE;
            }
            default -> throw new MalformedJsonException("no value at " + reader.getPath());
        }
    }

    private static Number number(String text, JsonReader reader) throws MalformedJsonException {
        if (text.length() > 64) {
            throw new MalformedJsonException("a number of over 64 characters at " + reader.getPath());
        }
        if (isShortInteger(text)) {
            long whole = Long.parseLong(text);
            if (Math.abs(whole) <= 1L << 53) {
                return whole;
            }
        }
        var decimal = new BigDecimal(text);
        if (!Double.isFinite(decimal.doubleValue())) {
            throw new MalformedJsonException("a number too large for a double at " + reader.getPath());
        }
        return decimal;
    }

    /** Of a number in JSON's grammar: whether it is an integer of at most 16 digits, and not minus zero. */
    private static boolean isShortInteger(String text) {
        int first = text.charAt(0) == '-' ? 1 : 0;
        for (int i = first; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() - first <= 16 && !text.equals("-0");
    }

    private static String wellFormed(String text, JsonReader reader) throws MalformedJsonException {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                throw new MalformedJsonException("a lone surrogate at " + reader.getPath());
            }
        }
        return text;
    }
}
