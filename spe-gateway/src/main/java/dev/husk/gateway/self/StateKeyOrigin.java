package dev.husk.gateway.self;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.LoggedEvent;
import dev.husk.gateway.log.View;
import dev.husk.gateway.log.Views;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.json.CanonicalJson;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where the state key comes from, and to which machines it is handed over: what this gateway is told, and what every
 * gateway of this log said at its starts since the key was made. One that ran with other settings for an hour, or runs
 * beside this one, so shows in this one's evidence. Safe to share between threads.
 *
 * <p>What it does not find: a start whose event is gone because the whole database was put back.
 */
@ApplicationScoped
public class StateKeyOrigin implements View {
    /** A start of a version that did not say. */
    private static final String UNSAID = "unknown";

    /** @param peers platforms by their canonical form */
    private record Said(TreeSet<String> sources, TreeMap<String, JsonElement> peers) {
        static Said nothing() {
            return new Said(new TreeSet<>(), new TreeMap<>());
        }

        Said copy() {
            return new Said(new TreeSet<>(sources), new TreeMap<>(peers));
        }

        void add(JsonObject start) {
            sources.add(start.get("source").getAsString());
            if (start.get("peers") instanceof JsonObject platform) {
                peers.put(new String(CanonicalJson.encode(platform), StandardCharsets.UTF_8), platform.deepCopy());
            }
        }

        JsonObject json() {
            var json = new JsonObject();
            var all = new JsonArray();
            sources.forEach(all::add);
            json.add("sources", all);
            var platforms = new JsonArray();
            peers.values().forEach(platforms::add);
            json.add("peers", platforms);
            return json;
        }
    }

    @Inject
    private Configuration configuration;

    @Inject
    private PeerJudge judge;

    @Inject
    private Views views;

    private Said said = Said.nothing();

    /** For the container. */
    public StateKeyOrigin() {}

    StateKeyOrigin(Configuration configuration, PeerJudge judge) {
        this.configuration = configuration;
        this.judge = judge;
    }

    /** What this gateway is told: {@code {"source","peers"}}, peers being a platform or JSON null. */
    JsonObject now() {
        var json = new JsonObject();
        json.addProperty("source", configuration.stateKeyKind());
        json.add("peers", judge.platform().<JsonElement>map(Platform::json).orElse(JsonNull.INSTANCE));
        return json;
    }

    /** What this gateway is told alone, in the form of {@link #json}: of one that cannot read its log yet. */
    JsonObject unread() {
        var own = Said.nothing();
        own.add(now());
        return own.json();
    }

    /** {@code {"sources":[..],"peers":[..]}}, each once and sorted. */
    @Transactional
    public JsonObject json() {
        views.catchUp();
        return seen();
    }

    synchronized JsonObject seen() {
        var all = said.copy();
        all.add(now());
        return all.json();
    }

    @Override
    public synchronized void take(LoggedEvent event) {
        if (!event.chain().equals(Ledger.GATEWAY)) {
            return;
        }
        switch (event.name()) {
            // Nobody who had the former key has this one.
            case "gateway-recovered", "state-key-renewed" -> said = Said.nothing();
            case "gateway-started" -> {
                if (event.event().get("stateKey") instanceof JsonObject start) {
                    said.add(start);
                } else {
                    said.sources().add(UNSAID);
                }
            }
            default -> {
                // Says nothing about it.
            }
        }
    }
}
