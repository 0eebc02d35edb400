package dev.husk.gateway.log;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.Opening;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

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

    /** The entries of a log that has one chain, of events that are called {@code event-} and their index. */
    static List<Ledger.Row> chain(String name, int length) {
        var rows = new ArrayList<Ledger.Row>();
        var tag = Opening.tag(new byte[32], name);
        var prev = "";
        for (int i = 0; i < length; i++) {
            var opening = new Opening(Base64Url.random(32), event("event-" + i));
            var leaf = new Leaf(tag, i, prev, opening.commit());
            rows.add(new Ledger.Row(i, name, leaf.bytes(), opening));
            prev = Base64Url.encode(leaf.hash());
        }
        return rows;
    }
}
