package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Details;
import dev.husk.protocol.log.EntryBundle;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import dev.husk.protocol.log.VerifierKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A log that is honest until a test makes it lie: its lists are open. */
final class FakeLog {
    static final String ORIGIN = "husk.example/log";

    /** What a party is shown. */
    static final class Entry {
        long index;
        final String leaf;
        final String salt;
        final JsonObject event;
        Optional<Details> details = Optional.empty();

        Entry(long index, String leaf, String salt, JsonObject event) {
            this.index = index;
            this.leaf = leaf;
            this.salt = salt;
            this.event = event;
        }
    }

    final byte[] contractKey = random();
    final List<String> leaves = new ArrayList<>();
    final List<Entry> entries = new ArrayList<>();
    PartySigner signer = PartySigner.generate();
    final VerifierKey key = VerifierKey.of(ORIGIN, signer.key().raw());
    /** The checkpoint that comes with the events, if not the newest. */
    Optional<Checkpoint> shownCheckpoint = Optional.empty();

    private final String contract;
    private long seq;
    private String previous = "";

    FakeLog(String contract) {
        this.contract = contract;
    }

    static byte[] random() {
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /** An event of the contract. */
    void append(String name, String... members) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("time", "2024-11-25T10:00:%02dZ".formatted(leaves.size() % 60));
        for (int i = 0; i < members.length; i += 2) {
            event.addProperty(members[i], members[i + 1]);
        }
        append(event);
    }

    void append(JsonObject event) {
        append(event, seq, previous);
    }

    void append(JsonObject event, long number, String prev) {
        var opening = new Opening(Base64Url.encode(random()), event);
        var leaf = new Leaf(Opening.tag(contractKey, contract), number, prev, opening.commit());
        var entry = new Entry(leaves.size(), new String(leaf.bytes(), StandardCharsets.UTF_8), opening.salt(), event);
        entries.add(entry);
        leaves.add(entry.leaf);
        seq = number + 1;
        previous = Base64Url.encode(leaf.hash());
    }

    /** An event of another contract. */
    void appendForeign() {
        var leaf = new Leaf(Base64Url.encode(random()), 0, "", Base64Url.encode(random()));
        leaves.add(new String(leaf.bytes(), StandardCharsets.UTF_8));
    }

    TileTree<RuntimeException> tree() {
        var tiles = new HashMap<TileName, byte[]>();
        var edge = new RightEdge();
        leaves.forEach(leaf -> edge.append(MerkleHash.leaf(leaf.getBytes(StandardCharsets.UTF_8)), tiles::put));
        return TileTree.of(edge, tile -> Objects.requireNonNull(tiles.get(tile)));
    }

    /** A file of the log; empty where it has none. */
    Optional<byte[]> file(String path) throws MalformedLogException {
        var name = TileName.parse(path);
        if (!name.isIn(leaves.size())) {
            return Optional.empty();
        }
        int start = (int) name.index() * TileName.WIDTH;
        return Optional.of(
                name.isEntries()
                        ? EntryBundle.encode(leaves.subList(start, start + name.width()).stream()
                                .map(leaf -> leaf.getBytes(StandardCharsets.UTF_8))
                                .toList())
                        : tree().hashes(name));
    }

    Checkpoint checkpoint() {
        var tree = tree();
        return Checkpoint.of(ORIGIN, tree.size(), tree.root()).sign(ORIGIN, signer);
    }

    Receipt receipt(Entry entry) {
        try {
            var leaf = Leaf.parse(entry.leaf.getBytes(StandardCharsets.UTF_8));
            return new Receipt(leaf, entry.index, tree().inclusion(entry.index, leaves.size()), checkpoint());
        } catch (MalformedLogException e) {
            throw new AssertionError(e);
        }
    }

    JsonObject shown(long from) {
        var events = new JsonArray();
        for (var entry : entries) {
            if (entry.index < from) {
                continue;
            }
            var one = new JsonObject();
            one.addProperty("index", entry.index);
            one.addProperty("leaf", entry.leaf);
            one.addProperty("salt", entry.salt);
            one.add("event", entry.event);
            entry.details.ifPresent(details -> {
                var more = new JsonObject();
                more.addProperty("salt", details.salt());
                more.add("values", details.values());
                one.add("details", more);
            });
            events.add(one);
        }
        var shown = new JsonObject();
        shown.add("events", events);
        shown.addProperty(
                "checkpoint", shownCheckpoint.orElseGet(this::checkpoint).text());
        return shown;
    }
}
