package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What this machine saw of a log: the newest checkpoint it verified, the leaves it read, and which log key each
 * contract had. A gateway that later shows another history contradicts it.
 *
 * <p>Losing the folder loses that memory, not more. It is as trusted as the rest of {@code HUSK_HOME}.
 */
final class RememberedLog {
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

    /** Leaves from index 0 on; may be fewer than the checkpoint speaks for. */
    List<String> leaves() throws IOException {
        try {
            return Files.readAllLines(folder.resolve("leaves"), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    void saveLeaves(List<String> leaves) throws IOException {
        WholeFile.replace(
                folder.resolve("leaves"),
                leaves.stream().map(leaf -> leaf + "\n").collect(Collectors.joining()));
    }

    /** The digest of a contract's log key when it was first used. */
    Optional<String> contractKey(String contract) throws CommandFailed, IOException {
        return contracts().get(contract) == null
                ? Optional.empty()
                : Optional.of(contracts().get(contract).getAsString());
    }

    void saveContractKey(String contract, String digest) throws CommandFailed, IOException {
        var all = contracts();
        all.addProperty(contract, digest);
        WholeFile.replace(folder.resolve("contracts.json"), all + "\n");
    }

    private JsonObject contracts() throws CommandFailed, IOException {
        return Settings.object(folder.resolve("contracts.json")).orElseGet(JsonObject::new);
    }
}
