package dev.husk.runtime;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Optional;

/** What an action may return: an object or an array that JSON can hold. */
final class Result {
    private Result() {}

    /** @throws IllegalArgumentException saying what is wrong with it, in the words that the platform's tests look for */
    static JsonElement of(Optional<Object> returned) {
        if (returned.isEmpty()) {
            throw new IllegalArgumentException("the action returned null");
        }
        if (returned.get() instanceof JsonObject || returned.get() instanceof JsonArray) {
            var json = (JsonElement) returned.get();
            requireFinite(json);
            return json;
        }
        throw new IllegalArgumentException("The action did not return a dictionary or array.");
    }

    /** Gson writes {@code NaN} as it stands, which nobody can read. */
    private static void requireFinite(JsonElement json) {
        if (json instanceof JsonObject object) {
            object.asMap().values().forEach(Result::requireFinite);
        } else if (json instanceof JsonArray array) {
            array.forEach(Result::requireFinite);
        } else if (json instanceof JsonPrimitive value
                && value.isNumber()
                && (value.getAsNumber() instanceof Double || value.getAsNumber() instanceof Float)
                && !Double.isFinite(value.getAsDouble())) {
            throw new IllegalArgumentException("the action returned a number that JSON does not have");
        }
    }
}
