package dev.husk.gateway.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.EventDetails;
import dev.husk.gateway.log.Ledger;
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
    private Contracts contracts;

    @Inject
    private Ledger ledger;

    @Inject
    private EventDetails details;

    @Inject
    private DataKeys dataKeys;

    /** The log key, and which objects have a key; neither for whom a mere proposal names. */
    JsonObject details(Agreement agreement, String party) {
        var json = new JsonObject();
        var contract = agreement.contract();
        if (!isMember(contract.name(), party) && agreement.state() == State.PROPOSED) {
            return json;
        }
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

    private boolean isMember(String name, String party) {
        return contracts
                .current(name)
                .filter(current -> current.contract().party(party).isPresent())
                .isPresent();
    }

    /**
     * The events from an index of the log on, with their openings; for whom is no party of what is in force, those of its own
     * versions.
     */
    JsonObject events(String name, String party, long from) {
        var list = new JsonArray();
        boolean member = isMember(name, party);
        var versions = contracts.readable(name, party);
        for (var entry : ledger.entries(name, from)) {
            if (!member && !versions.contains(version(entry))) {
                continue;
            }
            var one = new JsonObject();
            one.addProperty("index", entry.index());
            one.addProperty("leaf", new String(entry.leaf().bytes(), StandardCharsets.UTF_8));
            one.addProperty("salt", entry.opening().salt());
            one.add("event", entry.opening().event());
            details.of(entry.index(), party).ifPresent(more -> {
                var shown = new JsonObject();
                shown.addProperty("salt", more.salt());
                shown.add("values", more.values());
                one.add("details", shown);
            });
            list.add(one);
        }
        var json = new JsonObject();
        json.add("events", list);
        return json;
    }

    private static String version(Ledger.Entry entry) {
        var version = entry.opening().event().get("contract");
        return version == null ? "" : version.getAsString();
    }
}
