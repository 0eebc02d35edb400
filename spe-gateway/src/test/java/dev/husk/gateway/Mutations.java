package dev.husk.gateway;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Bodies with one member wrong, in every way that JSON knows and some that it does not. */
final class Mutations {
    /** What becomes of a member. */
    enum Kind {
        DROPPED,
        TWICE,
        TWICE_WITH_ANOTHER_VALUE,
        NULL,
        TRUE,
        EMPTY_TEXT,
        TEXT,
        NUMBER,
        HUGE_NUMBER,
        TINY_NUMBER,
        NEGATIVE_NUMBER,
        ENDLESS_NUMBER,
        ARRAY,
        OBJECT,
        DEEP,
        OVERSIZED_TEXT,
        OVERSIZED_ARRAY,
        NOT_UTF8,
        LONE_SURROGATE,
        CONTROL_CHARACTER,
        UNFINISHED
    }

    private Mutations() {}

    /** Every member, in objects in objects, as {@code a/b/c}. */
    static List<String> members(JsonObject object) {
        return members(object, "");
    }

    private static List<String> members(JsonObject object, String prefix) {
        var paths = new ArrayList<String>();
        for (var name : object.keySet()) {
            paths.add(prefix + name);
            if (object.get(name) instanceof JsonObject inner) {
                paths.addAll(members(inner, prefix + name + "/"));
            }
        }
        return paths;
    }

    /** The body with one member wrong; empty where that is no change. */
    static Optional<byte[]> of(JsonObject body, String member, Kind kind) {
        var out = new ByteArrayOutputStream();
        write(body, "", member, kind, out);
        byte[] mutated = out.toByteArray();
        byte[] whole = body.toString().getBytes(StandardCharsets.UTF_8);
        return java.util.Arrays.equals(mutated, whole) ? Optional.empty() : Optional.of(mutated);
    }

    /** The members of every object the other way round: the same body in JSON. */
    static JsonElement reversed(JsonElement element) {
        if (!(element instanceof JsonObject object)) {
            return element;
        }
        var names = new ArrayList<>(object.keySet());
        Collections.reverse(names);
        var reversed = new JsonObject();
        names.forEach(name -> reversed.add(name, reversed(object.get(name))));
        return reversed;
    }

    private static void write(JsonElement element, String at, String member, Kind kind, ByteArrayOutputStream out) {
        if (!(element instanceof JsonObject object)) {
            text(out, element.toString());
            return;
        }
        text(out, "{");
        boolean first = true;
        for (var name : object.keySet()) {
            var path = at.isEmpty() ? name : at + "/" + name;
            boolean here = path.equals(member);
            if (here && kind == Kind.DROPPED) {
                continue;
            }
            text(out, first ? "" : ",");
            first = false;
            text(out, new JsonPrimitive(name) + ":");
            if (here) {
                value(object.get(name), name, kind, out);
            } else {
                write(object.get(name), path, member, kind, out);
            }
        }
        text(out, "}");
    }

    private static void value(JsonElement old, String name, Kind kind, ByteArrayOutputStream out) {
        switch (kind) {
            case DROPPED -> throw new IllegalStateException("was left out");
            case TWICE -> text(out, old + "," + new JsonPrimitive(name) + ":" + old);
            case TWICE_WITH_ANOTHER_VALUE -> text(out, old + "," + new JsonPrimitive(name) + ":\"other\"");
            case NULL -> text(out, JsonNull.INSTANCE.toString());
            case TRUE -> text(out, "true");
            case EMPTY_TEXT -> text(out, "\"\"");
            case TEXT -> text(out, "\"x\"");
            case NUMBER -> text(out, "7.5");
            case HUGE_NUMBER -> text(out, "1e300");
            case TINY_NUMBER -> text(out, "1e-999999999");
            case NEGATIVE_NUMBER -> text(out, "-1");
            case ENDLESS_NUMBER -> text(out, "1".repeat(100_000));
            case ARRAY -> text(out, new JsonArray().toString());
            case OBJECT -> text(out, "{\"x\":{}}");
            case DEEP -> text(out, "[".repeat(10_000) + "]".repeat(10_000));
            case OVERSIZED_TEXT -> text(out, "\"" + "x".repeat(200_000) + "\"");
            case OVERSIZED_ARRAY -> text(out, "[" + "1,".repeat(100_000) + "1]");
            case NOT_UTF8 -> out.writeBytes(new byte[] {'"', (byte) 0xc3, (byte) 0x28, (byte) 0xff, '"'});
            case LONE_SURROGATE -> text(out, "\"\\ud800\"");
            case CONTROL_CHARACTER -> text(out, "\"\u0001\"");
            case UNFINISHED -> text(out, "\"");
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
