package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How this machine stands with a server, in a file that all processes with the same cache directory read: the moment
 * before which nobody calls, and how often in a row it failed.
 */
final class Standing {
    private static final int MAXIMUM = 100;

    private final Path folder;
    private final Path file;
    private final Duration longest;

    /** @param longest a moment further ahead was written under another clock, and does not count */
    Standing(Path folder, URI server, Duration longest) {
        this.folder = folder;
        this.file = folder.resolve(Cache.sha256(Cache.bytes(server.toASCIIString())) + ".standing");
        this.longest = longest;
    }

    record State(Instant notBefore, int failures) {
        static final State GOOD = new State(Instant.EPOCH, 0);
    }

    State read(Instant now) throws CollateralException {
        try {
            var stored = WholeFile.read(file, MAXIMUM);
            return stored.isEmpty() ? State.GOOD : parse(stored.get(), now).orElse(State.GOOD);
        } catch (IOException e) {
            throw Cache.failure(folder, e);
        }
    }

    private Optional<State> parse(Bytes stored, Instant now) {
        var words = new String(stored.toArray(), StandardCharsets.US_ASCII).split(" ", -1);
        // The last word tells a whole line from one that a damaged disk cut off.
        if (words.length != 3 || !words[1].matches("[0-9]{1,6}") || !words[2].equals("failures\n")) {
            return Optional.empty();
        }
        try {
            var state = new State(Instant.parse(words[0]), Integer.parseInt(words[1]));
            return state.notBefore().isAfter(now.plus(longest)) ? Optional.empty() : Optional.of(state);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Notes a failure. A later moment that another process noted stays. */
    void failed(Instant notBefore, Instant now) throws CollateralException {
        var before = read(now);
        var later = before.notBefore().isAfter(notBefore) ? before.notBefore() : notBefore;
        write("%s %d failures\n".formatted(later, Math.min(before.failures() + 1, 1000)));
    }

    /** Forgets the failures; a moment that another process noted meanwhile is kept until it is over. */
    void answered(Instant now) throws CollateralException {
        var before = read(now);
        if (before.failures() == 0) {
            return;
        }
        if (before.notBefore().isAfter(now)) {
            write("%s %d failures\n".formatted(before.notBefore(), 0));
            return;
        }
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw Cache.failure(folder, e);
        }
    }

    private void write(String line) throws CollateralException {
        try {
            WholeFile.write(file, Bytes.copyOf(Cache.bytes(line)));
        } catch (IOException e) {
            throw Cache.failure(folder, e);
        }
    }
}
