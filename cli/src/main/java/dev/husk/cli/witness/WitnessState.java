package dev.husk.cli.witness;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.log.WitnessRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The record in one file: the witness's key and, by origin, the checkpoint that it cosigned last. Each carries the
 * witness's own cosignature and the whole has a digest, so damage is noticed; a missing file is damage as well. For one
 * thread at a time.
 */
final class WitnessState implements CheckpointRecord {
    private static final int MAX_BYTES = 256 << 20;
    private static final int VERSION = 1;

    private final Path file;
    private final WitnessKey own;
    private final Map<String, Checkpoint> latest = new TreeMap<>();
    private byte[] written;

    private WitnessState(Path file, WitnessKey own, byte[] written) {
        this.file = file;
        this.own = own;
        this.written = written;
    }

    /** Writes the record of a witness that has cosigned nothing. */
    static void create(Path file, WitnessKey own) throws IOException {
        DurableFile.replace(file, encode(own, Map.of()));
    }

    /** @throws UnusableWitnessException if it is missing or damaged: such a witness must not go on */
    static WitnessState open(Path file) throws UnusableWitnessException, IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new UnusableWitnessException(
                    file + " is missing: a witness that forgot what it cosigned must not go on;"
                            + " make a new one with `husk witness init`");
        }
        try {
            return decode(file, bytes);
        } catch (MalformedJsonException | RuntimeException e) { // also how the JSON tree and the parsers tell of damage
            throw new UnusableWitnessException(file + " is damaged (" + e.getMessage()
                    + "): put back a copy only if nothing was cosigned since, else make a new witness");
        }
    }

    private static WitnessState decode(Path file, byte[] bytes) throws MalformedJsonException {
        var json = Json.parse(bytes, MAX_BYTES).getAsJsonObject();
        var own = WitnessKey.parse(json.get("witness").getAsString());
        var state = new WitnessState(file, own, bytes);
        for (var log : json.getAsJsonObject("logs").entrySet()) {
            var checkpoint = Checkpoint.parse(log.getValue().getAsString());
            if (!checkpoint.origin().equals(log.getKey())
                    || checkpoint.cosignedAt(own).isEmpty()) {
                throw new IllegalArgumentException("what it says about " + log.getKey() + " was not cosigned");
            }
            state.latest.put(log.getKey(), checkpoint);
        }
        if (!Arrays.equals(encode(own, state.latest), bytes)) {
            throw new IllegalArgumentException("its digest does not fit");
        }
        return state;
    }

    private static byte[] encode(WitnessKey own, Map<String, Checkpoint> latest) {
        var logs = new JsonObject();
        latest.forEach((origin, checkpoint) -> logs.addProperty(origin, checkpoint.text()));
        var json = new JsonObject();
        json.addProperty("version", VERSION);
        json.addProperty("witness", own.text());
        json.add("logs", logs);
        byte[] digest = Digests.sha256().digest(CanonicalJson.encode(json));
        json.addProperty("digest", "sha256:" + HexFormat.of().formatHex(digest));
        return CanonicalJson.encode(json);
    }

    WitnessKey key() {
        return own;
    }

    /** By origin. */
    Map<String, Checkpoint> all() {
        return Map.copyOf(latest);
    }

    @Override
    public Checkpoint latest(String origin) {
        var checkpoint = latest.get(origin);
        return checkpoint == null ? WitnessRules.nothing(origin) : checkpoint;
    }

    @Override
    public void keep(Checkpoint cosigned) throws IOException {
        if (!Arrays.equals(Files.readAllBytes(file), written)) {
            throw new IOException(file + " is not what this witness wrote last: it was put back, or another uses it");
        }
        var next = new TreeMap<>(latest);
        next.put(cosigned.origin(), cosigned);
        byte[] bytes = encode(own, next);
        DurableFile.replace(file, bytes);
        written = bytes;
        latest.put(cosigned.origin(), cosigned);
    }
}
