package dev.husk.gateway.log;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * An event at its place in the log.
 *
 * @param event shared by all who read it: not to be changed
 */
public record LoggedEvent(long index, String chain, JsonObject event) {

    /** An event of this transaction. */
    public static LoggedEvent of(String chain, Appended appended) {
        return new LoggedEvent(appended.index(), chain, appended.opening().event());
    }

    /** What happened. */
    public String name() {
        return text("event");
    }

    /** @throws IllegalStateException where there is no such text, which no event of this version lacks */
    public String text(String member) {
        if (event.get(member) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw unreadable("has no text " + member);
    }

    /** @throws IllegalStateException where there is no such number */
    public long number(String member) {
        if (event.get(member) instanceof JsonPrimitive value && value.isNumber()) {
            return value.getAsLong();
        }
        throw unreadable("has no number " + member);
    }

    /** Whether the member is there, and {@code true}. */
    public boolean says(String member) {
        return event.get(member) instanceof JsonPrimitive value && value.isBoolean() && value.getAsBoolean();
    }

    /** @throws IllegalStateException where there is no such time */
    public Instant time(String member) {
        try {
            return Instant.parse(text(member));
        } catch (DateTimeException e) {
            throw unreadable("has no time " + member);
        }
    }

    /** What stops a gateway that cannot read its own log: it would forget what was decided. */
    public IllegalStateException unreadable(String why) {
        var name = event.get("event") instanceof JsonPrimitive value ? value.getAsString() : "no event";
        return new IllegalStateException("entry " + index + " of the log (" + name + " in " + chain + ") " + why
                + ": it was written by another version of the gateway, whose log this one cannot go on with");
    }
}
