package dev.husk.gateway.keys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** A small file that only its owner reads, written whole or not at all. */
final class OwnerFile {
    private static final int LARGEST = 4096;

    private OwnerFile() {}

    static Optional<byte[]> read(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return Optional.of(in.readNBytes(LARGEST));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    static Path next(Path file) {
        return file.resolveSibling(file.getFileName() + ".next");
    }

    static void write(Path file, byte[] content) throws IOException {
        var folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        var next = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(next);
        try (var channel = FileChannel.open(
                next,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            for (var rest = ByteBuffer.wrap(content); rest.hasRemaining(); ) {
                channel.write(rest);
            }
            channel.force(true);
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
