package dev.husk.cli.log;

import com.google.gson.JsonObject;

/**
 * An event as the gateway shows it: where it should stand in the log, and what should open its leaf. Proves nothing
 * by itself.
 */
public record ShownEvent(long index, String leaf, String salt, JsonObject event) {

    /** @throws IllegalArgumentException if a member is missing or of another type */
    public static ShownEvent parse(JsonObject json) {
        try {
            return new ShownEvent(
                    json.get("index").getAsLong(),
                    json.get("leaf").getAsString(),
                    json.get("salt").getAsString(),
                    json.getAsJsonObject("event"));
        } catch (NullPointerException
                | ClassCastException
                | UnsupportedOperationException
                | IllegalStateException
                | NumberFormatException e) {
            throw new IllegalArgumentException("an event needs index, leaf, salt and event", e);
        }
    }
}
