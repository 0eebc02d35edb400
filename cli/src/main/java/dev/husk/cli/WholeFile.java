package dev.husk.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/**
 * Writes small files so that they appear whole or not at all, also on a full disk or when the machine stops. Only their
 * owner reads them.
 */
final class WholeFile {
    private WholeFile() {}

    /** Writes a new file. An existing one stays, with a {@link java.nio.file.FileAlreadyExistsException}. */
    static void create(Path path, String text) throws IOException {
        create(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes a new file. An existing one stays, with a {@link java.nio.file.FileAlreadyExistsException}. */
    static void create(Path path, byte[] content) throws IOException {
        place(path, content);
    }

    /** Writes a file or replaces it in one step. */
    static void replace(Path path, String text) throws IOException {
        place(
                path,
                text.getBytes(StandardCharsets.UTF_8),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    private static void write(Path file, byte[] content) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** A new name is on disk once its folder is. */
    private static void forceName(Path file) throws IOException {
        try (var channel = FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void place(Path path, byte[] content, CopyOption... options) throws IOException {
        var folder = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file lies in a folder");
        Files.createDirectories(folder);
        var next = Files.createTempFile(folder, ".husk-", ".new");
        try {
            write(next, content);
            Files.move(next, path, options);
            forceName(path);
        } catch (FileSystemException e) {
            throw e;
        } catch (IOException e) {
            // What writing itself says, such as that the disk is full, names no file.
            throw new FileSystemException(path.toString(), null, e.getMessage());
        } finally {
            Files.deleteIfExists(next);
        }
    }
}
