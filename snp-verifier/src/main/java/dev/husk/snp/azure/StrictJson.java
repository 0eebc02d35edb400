package dev.husk.snp.azure;

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

/** One JSON value in valid UTF-8, with no member twice, little nesting, and nothing after it. */
final class StrictJson {
    private static final int MAX_DEPTH = 8;

    /** Thrown inside the package; becomes a malformed part. */
    static final class NotJson extends Exception {
        private static final long serialVersionUID = 1L;

        NotJson(String problem) {
            super(problem);
        }
    }

    private StrictJson() {}

    static JsonElement parse(byte[] utf8) throws NotJson {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new NotJson("not valid UTF-8");
        }
        if (text.startsWith("\uFEFF")) {
            throw new NotJson("starts with a byte order mark");
        }
        var in = new JsonReader(new StringReader(text));
        in.setStrictness(Strictness.STRICT);
        in.setNestingLimit(MAX_DEPTH);
        try {
            var value = value(in);
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw new NotJson("more text after the value");
            }
            return value;
        } catch (IOException | NumberFormatException | IllegalStateException e) {
            throw new NotJson("not JSON");
        }
    }

    private static JsonElement value(JsonReader in) throws IOException, NotJson {
        switch (in.peek()) {
            case BEGIN_OBJECT -> {
                var object = new JsonObject();
                in.beginObject();
                while (in.hasNext()) {
                    var name = in.nextName();
                    if (object.has(name)) {
                        throw new NotJson("a member stands twice");
                    }
                    object.add(name, value(in));
                }
                in.endObject();
                return object;
            }
            case BEGIN_ARRAY -> {
                var array = new JsonArray();
                in.beginArray();
                while (in.hasNext()) {
                    array.add(value(in));
                }
                in.endArray();
                return array;
            }
            case STRING -> {
                return new JsonPrimitive(in.nextString());
            }
            case NUMBER -> {
                return new JsonPrimitive(new BigDecimal(in.nextString()));
            }
            case BOOLEAN -> {
                return new JsonPrimitive(in.nextBoolean());
            }
            case NULL -> {
                in.nextNull();
                return JsonNull.INSTANCE;
            }
            default -> throw new NotJson("no value");
        }
    }
}
