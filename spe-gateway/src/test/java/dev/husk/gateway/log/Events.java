package dev.husk.gateway.log;

import com.google.gson.JsonObject;
import java.time.Instant;

/** Events for tests of what is read from them. */
public final class Events {
    private Events() {}

    public static JsonObject event(String name, String... members) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("time", Instant.parse("2026-11-25T12:00:00Z").toString());
        for (int i = 0; i < members.length; i += 2) {
            event.addProperty(members[i], members[i + 1]);
        }
        return event;
    }
}
