package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Parameters or annotations: values by key, in order, as OpenWhisk's arrays of {@code {"key","value"}} hold them. */
record Parameters(Map<String, Parameter> byKey) {
    static final Parameters NONE = new Parameters(Map.of());

    private static final int LARGEST = 1024 * 1024;

    /** @param init goes to the environment of {@code /init}, not to {@code /run} */
    record Parameter(JsonElement value, boolean init) {}

    /** Reads an array of pairs, or an object whose members are the pairs. */
    static Parameters parse(JsonElement json) throws Refused {
        var byKey = new LinkedHashMap<String, Parameter>();
        if (json instanceof JsonObject object) {
            object.entrySet().forEach(member -> byKey.put(member.getKey(), new Parameter(member.getValue(), false)));
        } else if (json instanceof JsonArray array) {
            for (var element : array) {
                if (!(element instanceof JsonObject pair)
                        || !(pair.get("key") instanceof JsonPrimitive key)
                        || !key.isString()
                        || key.getAsString().isEmpty()) {
                    throw Refused.malformed("parameters must be objects with a key and a value");
                }
                var value = pair.get("value");
                byKey.put(
                        key.getAsString(),
                        new Parameter(value == null ? JsonNull.INSTANCE : value, isTrue(pair.get("init"))));
            }
        } else {
            throw Refused.malformed("parameters must be an array of keys and values");
        }
        var parameters = new Parameters(byKey);
        if (parameters.toJson().toString().length() > LARGEST) {
            throw new Refused(413, "Parameters larger than allowed: over %d bytes.".formatted(LARGEST));
        }
        return parameters;
    }

    /** These, and {@code over}, whose values win. */
    Parameters with(Parameters over) {
        var merged = new LinkedHashMap<>(byKey);
        merged.putAll(over.byKey);
        return new Parameters(merged);
    }

    Parameters with(String key, JsonElement value) {
        return with(new Parameters(Map.of(key, new Parameter(value, false))));
    }

    Parameters without(String key) {
        var rest = new LinkedHashMap<>(byKey);
        rest.remove(key);
        return new Parameters(rest);
    }

    Optional<JsonElement> get(String key) {
        return Optional.ofNullable(byKey.get(key)).map(Parameter::value);
    }

    boolean isTrue(String key) {
        return isTrue(get(key).orElse(null));
    }

    /** The values that go to {@code /run}. */
    JsonObject values() {
        var object = new JsonObject();
        byKey.forEach((key, parameter) -> {
            if (!parameter.init()) {
                object.add(key, parameter.value());
            }
        });
        return object;
    }

    /** The values that go to the environment of {@code /init}, as text. */
    Map<String, String> environment() {
        var environment = new LinkedHashMap<String, String>();
        byKey.forEach((key, parameter) -> {
            if (parameter.init()) {
                var value = parameter.value();
                environment.put(
                        key,
                        value.isJsonNull() ? "" : value.isJsonPrimitive() ? value.getAsString() : value.toString());
            }
        });
        return environment;
    }

    JsonArray toJson() {
        var array = new JsonArray();
        byKey.forEach((key, parameter) -> {
            var pair = new JsonObject();
            pair.addProperty("key", key);
            pair.add("value", parameter.value());
            if (parameter.init()) {
                pair.addProperty("init", true);
            }
            array.add(pair);
        });
        return array;
    }

    /** Whether the value is the boolean true. */
    static boolean isTrue(@Nullable JsonElement value) {
        return value instanceof JsonPrimitive primitive && primitive.isBoolean() && primitive.getAsBoolean();
    }
}
