package dev.husk.snp.guest;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The folder where configfs mounts it. The kernel makes an entry's files with the folder, and takes them with it. */
record ConfigfsEntries(Path root) implements TsmEntries {
    @Override
    public void create(String entry) throws IOException {
        if (!Files.isDirectory(root)) {
            throw new IOException("no folder " + root + ": this machine is no confidential guest, its kernel is older"
                    + " than 6.7, or configfs is not mounted (mount -t configfs none /sys/kernel/config)");
        }
        try {
            Files.createDirectory(root.resolve(entry));
        } catch (AccessDeniedException e) {
            throw new IOException("this user may not ask for reports in " + root + ": run as root", e);
        }
    }

    @Override
    public void write(String entry, String attribute, byte[] value) throws IOException {
        // The kernel takes a value as one write makes it, and neither creates nor truncates.
        Files.write(root.resolve(entry).resolve(attribute), value, StandardOpenOption.WRITE);
    }

    @Override
    public byte[] read(String entry, String attribute, int most) throws IOException {
        byte[] value;
        try (var in = Files.newInputStream(root.resolve(entry).resolve(attribute))) {
            value = in.readNBytes(most + 1);
        } catch (NoSuchFileException e) {
            return new byte[0];
        }
        if (value.length > most) {
            throw new IOException(attribute + " has more than " + most + " bytes");
        }
        return value;
    }

    @Override
    public void remove(String entry) throws IOException {
        Files.delete(root.resolve(entry));
    }
}
