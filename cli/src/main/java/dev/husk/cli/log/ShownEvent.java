package dev.husk.cli.log;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.log.Details;
import java.util.Optional;

/**
 * An event as the gateway shows it: where it should stand in the log, and what should open its leaf. Proves nothing
 * by itself.
 *
 * @param details what only some parties get to see; empty for the others
 */
public record ShownEvent(long index, String leaf, String salt, JsonObject event, Optional<Details> details) {

    /** @throws IllegalArgumentException if a member is missing or of another type */
    public static ShownEvent parse(JsonObject json) {
        if (json.get("index") instanceof JsonPrimitive index
                && index.isNumber()
                && index.getAsNumber() instanceof Long number
                && json.get("leaf") instanceof JsonPrimitive leaf
                && json.get("salt") instanceof JsonPrimitive salt
                && json.get("event") instanceof JsonObject event) {
            return new ShownEvent(number, leaf.getAsString(), salt.getAsString(), event, details(json));
        }
        throw new IllegalArgumentException("an event needs index, leaf, salt and event");
    }

    private static Optional<Details> details(JsonObject json) {
        if (!json.has("details")) {
            return Optional.empty();
        }
        if (json.get("details") instanceof JsonObject details
                && details.get("salt") instanceof JsonPrimitive salt
                && details.get("values") instanceof JsonObject values) {
            return Optional.of(new Details(salt.getAsString(), values));
        }
        throw new IllegalArgumentException("an event's details need salt and values");
    }

    /** Whether the details that are shown, if any, are those that the event was logged with. */
    boolean detailsBelong() {
        return details.map(shown -> shown.belongTo(event)).orElse(true);
    }

    /** The event with its details, where they are shown and are its own. */
    public JsonObject whole() {
        return details.filter(shown -> shown.belongTo(event))
                .map(shown -> shown.within(event))
                .orElse(event);
    }
}
