package dev.husk.cli;

import dev.husk.protocol.json.Digests;
import dev.husk.store.SealedObject;
import dev.husk.store.TamperedObjectException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.Objects;

/**
 * Fetches a sealed result and opens it into a file, which appears whole or not at all. Only its owner reads it. Memory
 * stays constant, whatever the size; until it is whole the text lies in a hidden file beside it.
 */
final class OpenedFile {
    private static final int BUFFER = 1 << 16;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);

    private final Path out;
    private final boolean replaces;

    private OpenedFile(Path out, boolean replaces) {
        this.out = out;
        this.replaces = replaces;
    }

    /** Says before anything is asked for whether the file could be written. */
    static OpenedFile at(Path out, boolean replaces) throws CommandFailed {
        if (Files.isDirectory(out)) {
            throw CommandFailed.unusable(out + " is a folder: name a file in it");
        }
        if (Files.exists(out) && !replaces) {
            throw CommandFailed.unusable(out + " exists already: name another file, or --force");
        }
        if (!Files.isDirectory(folder(out))) {
            throw CommandFailed.unusable("no folder " + folder(out));
        }
        return new OpenedFile(out, replaces);
    }

    private static Path folder(Path out) {
        return Objects.requireNonNull(out.toAbsolutePath().getParent(), "a file lies in a folder");
    }

    /** Writes the opened result, and says how many bytes it has. */
    long write(ResultReading reading) throws CommandFailed, IOException {
        var next = Files.createTempFile(folder(out), ".husk-", ".opening");
        next.toFile().deleteOnExit(); // an interrupt ends the process without the block below
        try {
            fetch(reading, next);
            long size = Files.size(next);
            if (replaces) {
                Files.move(next, out, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } else {
                Files.move(next, out);
            }
            return size;
        } catch (TamperedObjectException e) {
            throw CommandFailed.refused("TAMPERED: " + e.getMessage() + "; nothing was written");
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static void fetch(ResultReading reading, Path next) throws CommandFailed, IOException {
        var http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .build();
        var store = "the store at " + reading.url().getRawAuthority();
        try {
            var response = http.send(
                    HttpRequest.newBuilder(reading.url()).timeout(ANSWER).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                if (response.statusCode() != 200) {
                    throw CommandFailed.unreachable("%s answered %d when asked for %s"
                            .formatted(store, response.statusCode(), reading.identity()));
                }
                open(reading, body, next);
            }
        } catch (ConnectException | HttpTimeoutException e) {
            throw CommandFailed.unreachable(store + ", which the gateway named, does not answer");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted while reading " + reading.identity());
        }
    }

    private static void open(ResultReading reading, InputStream sealed, Path next) throws CommandFailed, IOException {
        var digest = Digests.sha256();
        try (var in = new DigestInputStream(sealed, digest);
                var plain = SealedObject.reader(in, reading.key(), reading.identity());
                var channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
            var file = Channels.newOutputStream(channel);
            byte[] buffer = new byte[BUFFER];
            for (int n = read(plain, buffer, reading); n >= 0; n = read(plain, buffer, reading)) {
                file.write(buffer, 0, n);
            }
            channel.force(true);
        }
        if (!Digests.text(digest.digest()).equals(reading.sha256())) {
            throw CommandFailed.refused("the object in the store is not the " + reading.identity()
                    + " that the newest run stated (" + reading.sha256()
                    + "): it was exchanged, or a run is writing another; nothing was written");
        }
    }

    /** What fails here is the connection; what fails while writing is the disk. */
    private static int read(InputStream plain, byte[] buffer, ResultReading reading) throws CommandFailed, IOException {
        try {
            return plain.read(buffer);
        } catch (TamperedObjectException e) {
            throw e;
        } catch (IOException e) {
            throw CommandFailed.unreachable(
                    "the store stopped in the middle of " + reading.identity() + "; nothing was written");
        }
    }
}
