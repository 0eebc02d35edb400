package dev.husk.gateway.log;

import dev.husk.gateway.Configuration;
import dev.husk.protocol.log.Checkpoint;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The newest checkpoint that this gateway signed, in a file outside the database: a database that was put back to an
 * older state does not have what the file says it had.
 *
 * <p>Whoever can write the file can put it back as well; against the operator itself it takes witnesses.
 */
@ApplicationScoped
class LastSeen {
    @Inject
    private Configuration configuration;

    /** @throws UncheckedIOException if there is one that cannot be read */
    Optional<Checkpoint> read() {
        var kept = configuration.checkpointFile();
        if (kept.isEmpty()) {
            return Optional.empty();
        }
        var file = kept.get();
        try {
            return Optional.of(Checkpoint.parse(Files.readString(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the last checkpoint in " + file, e);
        }
    }

    /** @throws UncheckedIOException if it cannot be written: then nothing that it covers may be answered */
    void keep(Checkpoint checkpoint) {
        var kept = configuration.checkpointFile();
        if (kept.isEmpty()) {
            return;
        }
        var file = kept.get().toAbsolutePath();
        try {
            var fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, checkpoint.text());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the last checkpoint to " + file, e);
        }
    }
}
