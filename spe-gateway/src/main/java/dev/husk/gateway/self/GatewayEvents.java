package dev.husk.gateway.self;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.json.Base64Url;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;

/** The chain of what concerns the gateway itself. */
@ApplicationScoped
public class GatewayEvents {
    @Inject
    private Ledger ledger;

    /** Appends an event in the caller's transaction, or else in one of its own. */
    @Transactional
    public void append(JsonObject event) {
        ledger.lock();
        ledger.open(Ledger.GATEWAY);
        ledger.append(Ledger.GATEWAY, event);
    }

    /** All of them with their openings, and the key that tags their leaves, as parties get those of a contract. */
    @Transactional
    public JsonObject json() {
        var list = new JsonArray();
        for (var entry : ledger.entries(Ledger.GATEWAY)) {
            var one = new JsonObject();
            one.addProperty("index", entry.index());
            one.addProperty("leaf", new String(entry.leaf().bytes(), StandardCharsets.UTF_8));
            one.addProperty("salt", entry.opening().salt());
            one.add("event", entry.opening().event());
            list.add(one);
        }
        var json = new JsonObject();
        json.addProperty("logKey", Base64Url.encode(ledger.logKey(Ledger.GATEWAY)));
        json.add("events", list);
        return json;
    }
}
