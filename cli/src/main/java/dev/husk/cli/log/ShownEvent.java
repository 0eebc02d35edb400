package dev.husk.cli.log;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;

/**
 * An event as the gateway shows it: where it should stand in the log, and what should open its leaf. Proves nothing
 * by itself.
 */
public record ShownEvent(long index, String leaf, String salt, JsonObject event) {

    /** @throws IllegalArgumentException if a member is missing or of another type */
    public static ShownEvent parse(JsonObject json) {
        if (json.get("index") instanceof JsonPrimitive index
                && index.isNumber()
                && index.getAsNumber() instanceof Long number
                && json.get("leaf") instanceof JsonPrimitive leaf
                && json.get("salt") instanceof JsonPrimitive salt
                && json.get("event") instanceof JsonObject event) {
            return new ShownEvent(number, leaf.getAsString(), salt.getAsString(), event);
        }
        throw new IllegalArgumentException("an event needs index, leaf, salt and event");
    }
}
