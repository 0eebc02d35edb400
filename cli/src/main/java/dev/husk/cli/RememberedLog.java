package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.log.SeenChain;
import dev.husk.cli.log.SeenChain.OwnLeaf;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What this machine saw of a log: the newest checkpoint it verified, how far it read each contract's chain, and which
 * witnesses it demands. A gateway that later shows another history contradicts it.
 *
 * <p>Losing the folder loses that memory, not more. It is as trusted as the rest of {@code HUSK_HOME}; the digest in a file
 * finds damage, not an attack. Each file is replaced in one step and is on disk before a command says that it verified.
 */
final class RememberedLog {
    private static final int MAX_BYTES = 64 << 20;

    private final Path folder;
    private final VerifierKey key;

    private RememberedLog(Path folder, VerifierKey key) {
        this.folder = folder;
        this.key = key;
    }

    /** The memory of the log under {@code key}; each key has its own. */
    static RememberedLog of(Settings settings, VerifierKey key) {
        var name = Digests.sha256(key.text().getBytes(StandardCharsets.UTF_8)).substring("sha256:".length());
        return new RememberedLog(settings.folder().resolve("log").resolve(name.substring(0, 16)), key);
    }

    Optional<Checkpoint> checkpoint() throws CommandFailed, IOException {
        var file = folder.resolve("checkpoint");
        try {
            var checkpoint = Checkpoint.parse(Files.readString(file));
            if (checkpoint.verify(key)) {
                return Optional.of(checkpoint);
            }
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            // Said below, as for one with a wrong signature.
        }
        throw CommandFailed.unusable(file + " is damaged: delete it to forget what was seen of the log");
    }

    /** Keeps the larger of this checkpoint and the one that stands here. */
    void saveCheckpoint(Checkpoint checkpoint) throws CommandFailed, IOException {
        var before = checkpoint();
        if (before.isEmpty() || before.get().size() <= checkpoint.size()) {
            WholeFile.replace(folder.resolve("checkpoint"), checkpoint.text());
        }
    }

    /**
     * How far a contract's chain was verified.
     *
     * @param tag digest of the contract's tag, which its log key makes
     */
    record Chain(String tag, SeenChain seen) {}

    Optional<Chain> chain(String contract) throws CommandFailed, IOException {
        var file = chainFile(contract);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var json = Settings.object(file, MAX_BYTES).orElseThrow();
        try {
            var digest = json.remove("digest").getAsString();
            if (!digest.equals(Digests.sha256(CanonicalJson.encode(json)))) {
                throw new IllegalArgumentException("its digest is another");
            }
            return Optional.of(new Chain(json.get("tag").getAsString(), seen(json)));
        } catch (MalformedLogException
                | RuntimeException e) { // how the JSON tree tells of a member that is missing or of another type
            throw CommandFailed.unusable(
                    file + " is damaged: delete it, and the next `husk log verify` reads the log from its start");
        }
    }

    private static SeenChain seen(JsonObject json) throws MalformedLogException {
        var tiles = new HashMap<TileName, byte[]>();
        for (var tile : json.getAsJsonObject("tiles").entrySet()) {
            tiles.put(TileName.parse(tile.getKey()), base64(tile.getValue()));
        }
        var edge = RightEdge.open(json.get("size").getAsLong(), base64(json.get("root")), (TileName name) -> {
            var tile = tiles.get(name);
            if (tile == null) {
                throw new IllegalArgumentException("no " + name);
            }
            return tile;
        });
        var own = new ArrayList<OwnLeaf>();
        for (var leaf : json.getAsJsonArray("own")) {
            var one = leaf.getAsJsonArray();
            own.add(new OwnLeaf(one.get(0).getAsLong(), one.get(1).getAsString()));
        }
        return new SeenChain(
                edge,
                own,
                Optional.ofNullable(json.get("newest"))
                        .map(JsonElement::getAsString)
                        .map(Instant::parse));
    }

    private static byte[] base64(JsonElement text) {
        return Base64.getDecoder().decode(text.getAsString());
    }

    void saveChain(String contract, Chain chain) throws IOException {
        var seen = chain.seen();
        var tiles = new JsonObject();
        for (Map.Entry<TileName, byte[]> tile : seen.edge().tiles().entrySet()) {
            tiles.addProperty(tile.getKey().path(), Base64.getEncoder().encodeToString(tile.getValue()));
        }
        var own = new JsonArray();
        for (var leaf : seen.own()) {
            var one = new JsonArray();
            one.add(leaf.index());
            one.add(leaf.text());
            own.add(one);
        }
        var json = new JsonObject();
        json.addProperty("contract", contract);
        json.addProperty("tag", chain.tag());
        json.addProperty("size", seen.size());
        json.addProperty("root", Base64.getEncoder().encodeToString(seen.edge().root()));
        json.add("tiles", tiles);
        json.add("own", own);
        seen.newest().ifPresent(time -> json.addProperty("newest", time.toString()));
        json.addProperty("digest", Digests.sha256(CanonicalJson.encode(json)));
        WholeFile.replace(chainFile(contract), new String(CanonicalJson.encode(json), StandardCharsets.UTF_8) + "\n");
    }

    /** The contract's tag, where its chain was verified here. */
    Optional<String> tag(String contract) throws CommandFailed, IOException {
        var first = chain(contract).flatMap(chain -> chain.seen().own().stream().findFirst());
        try {
            return first.isPresent()
                    ? Optional.of(Leaf.parse(first.get().text().getBytes(StandardCharsets.UTF_8))
                            .tag())
                    : Optional.empty();
        } catch (MalformedLogException e) {
            throw new IllegalStateException("it was parsed before it was saved", e);
        }
    }

    private Path chainFile(String contract) {
        return folder.resolve("contracts").resolve(contract + ".json");
    }

    /** Whose cosignatures are demanded; nobody's until somebody said so. */
    WitnessPolicy witnesses() throws CommandFailed, IOException {
        return Files.exists(policyFile()) ? policy(policyFile()) : WitnessPolicy.none();
    }

    /** Demands from now on what the policy in a file demands, and returns it. */
    WitnessPolicy demandWitnesses(Path file) throws CommandFailed, IOException {
        var policy = policy(file);
        if (!policy.logs().isEmpty() && !policy.logs().contains(key)) {
            throw CommandFailed.unusable(
                    file + " names other logs than that of the pinned gateway, whose key is " + key.text());
        }
        WholeFile.replace(policyFile(), Files.readString(file));
        return policy;
    }

    private Path policyFile() {
        return folder.resolve("witnesses");
    }

    private static WitnessPolicy policy(Path file) throws CommandFailed, IOException {
        try {
            return WitnessPolicy.parse(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw CommandFailed.unusable("no file " + file);
        } catch (MalformedLogException e) {
            throw CommandFailed.unusable(file + " is no policy of witnesses: " + e.getMessage());
        }
    }
}
