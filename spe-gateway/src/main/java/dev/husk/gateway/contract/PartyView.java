package dev.husk.gateway.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.json.Base64Url;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;

/** What a party of a contract may see of it besides its text. */
@ApplicationScoped
@Transactional
public class PartyView {
    @Inject
    private Ledger ledger;

    @Inject
    private DataKeys dataKeys;

    /** The log key, and which objects have a key. */
    JsonObject details(Contract contract) {
        var json = new JsonObject();
        json.addProperty("logKey", Base64Url.encode(ledger.logKey(contract.name())));
        var datasets = new JsonObject();
        for (var dataset : contract.datasets()) {
            dataKeys.object(contract.name(), dataset.name()).ifPresent(object -> {
                var one = new JsonObject();
                object.sha256().ifPresent(digest -> one.addProperty("sha256", digest));
                object.size().ifPresent(size -> one.addProperty("size", size));
                datasets.add(dataset.name(), one);
            });
        }
        json.add("datasets", datasets);
        return json;
    }

    /** All events with their openings. */
    JsonObject events(String name) {
        var list = new JsonArray();
        for (var entry : ledger.entries(name)) {
            var one = new JsonObject();
            one.addProperty("index", entry.index());
            one.addProperty("leaf", new String(entry.leaf().bytes(), StandardCharsets.UTF_8));
            one.addProperty("salt", entry.opening().salt());
            one.add("event", entry.opening().event());
            list.add(one);
        }
        var json = new JsonObject();
        json.add("events", list);
        return json;
    }
}
