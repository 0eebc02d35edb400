package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import dev.husk.snp.kds.CollateralException.Problem;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * What one server gave, on disk. A file is named by a digest of what was asked for and holds the digest of all that
 * follows, the full address, the moment of fetching and the answer; whatever does not fit together is not there.
 */
final class Cache {
    /** A digest, an address and a moment, each on a line. */
    private static final int HEAD = 1 << 10;

    private static final int DIGEST = 64;

    private final Path folder;
    private final URI server;

    Cache(Path folder, URI server) {
        this.folder = folder;
        this.server = server;
    }

    record Entry(Contents contents, Instant fetched) {}

    Path folder() {
        return folder;
    }

    Optional<Entry> read(Collateral wanted) {
        try {
            var stored = WholeFile.read(file(wanted), HEAD + wanted.maximum());
            return stored.isEmpty() ? Optional.empty() : Optional.of(parse(wanted, stored.get()));
        } catch (IOException | MismatchException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Only under the lock of {@code wanted}. */
    void write(Collateral wanted, Contents contents, Instant fetched) throws CollateralException {
        var head = bytes(identity(wanted) + "\n" + fetched + "\n");
        byte[] tail = new byte[head.length + contents.file().length()];
        System.arraycopy(head, 0, tail, 0, head.length);
        System.arraycopy(
                contents.file().toArray(), 0, tail, head.length, contents.file().length());
        var digest = bytes(sha256(tail) + "\n");
        byte[] all = new byte[digest.length + tail.length];
        System.arraycopy(digest, 0, all, 0, digest.length);
        System.arraycopy(tail, 0, all, digest.length, tail.length);
        try {
            Files.createDirectories(folder);
            WholeFile.sweep(file(wanted));
            WholeFile.write(file(wanted), Bytes.copyOf(all));
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }

    /** Only under the lock of {@code wanted}. */
    void delete(Collateral wanted) throws CollateralException {
        try {
            Files.deleteIfExists(file(wanted));
        } catch (IOException e) {
            throw failure(folder, e);
        }
    }

    static CollateralException failure(Path folder, IOException e) {
        if (e instanceof ClosedByInterruptException) {
            return new CollateralException(Problem.UNREACHABLE, "interrupted while writing to " + folder);
        }
        return new CollateralException(
                Problem.CACHE,
                "the cache directory %s cannot be used: %s %s"
                        .formatted(folder, e.getClass().getSimpleName(), e.getMessage()));
    }

    private Entry parse(Collateral wanted, Bytes stored) throws MismatchException {
        byte[] all = stored.toArray();
        var head = new String(all, 0, Math.min(all.length, HEAD), StandardCharsets.ISO_8859_1).split("\n", 4);
        if (head.length != 4 || head[0].length() != DIGEST || !head[1].equals(identity(wanted))) {
            throw new MismatchException("not a file of this cache");
        }
        if (!sha256(stored.slice(DIGEST + 1, all.length - DIGEST - 1).toArray()).equals(head[0])) {
            throw new MismatchException("a damaged file");
        }
        int start = DIGEST + 1 + head[1].length() + 1 + head[2].length() + 1;
        return new Entry(wanted.read(stored.slice(start, all.length - start)), Instant.parse(head[2]));
    }

    private String identity(Collateral wanted) {
        return server.toASCIIString() + wanted.address();
    }

    /** The name of the file says nothing that anybody outside could choose. */
    private Path file(Collateral wanted) {
        return folder.resolve(sha256(bytes(identity(wanted))) + ".kds");
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
