package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/** Files that are there whole or not at all, also after a kill or a power cut. */
final class WholeFile {
    private static final String ENDING = ".new";

    private WholeFile() {}

    /** Writes or replaces a file in one step, and forces it to the disk before it appears. */
    static void write(Path path, Bytes content) throws IOException {
        var folder = folder(path);
        Files.createDirectories(folder);
        var next = folder.resolve("." + path.getFileName() + "." + UUID.randomUUID() + ENDING);
        try {
            try (var channel = FileChannel.open(next, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var buffer = ByteBuffer.wrap(content.toArray());
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Some systems open no folders; the file is whole in any case, and may be lost with the power.
        }
    }

    /** Removes what killed writers of a file left. Only for who knows that nobody writes it now. */
    static void sweep(Path path) throws IOException {
        var pattern = "." + path.getFileName() + ".*" + ENDING;
        try (var left = Files.newDirectoryStream(folder(path), pattern)) {
            for (var file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** At most {@code limit} bytes of a regular file; empty where there is none. */
    static Optional<Bytes> read(Path path, int limit) throws IOException {
        if (!Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try (var in = Files.newInputStream(path)) {
            return Optional.of(Bytes.copyOf(in.readNBytes(limit)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private static Path folder(Path path) {
        var folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException(path + " is no file in a folder");
        }
        return folder;
    }
}
