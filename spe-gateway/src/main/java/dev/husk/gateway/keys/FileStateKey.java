package dev.husk.gateway.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * A state key in a file, as it is: for trying things out. It protects from whoever has the database and not the file,
 * and from nobody who runs the machine.
 */
public final class FileStateKey implements StateKeySource {
    private final Path file;

    public FileStateKey(Path file) {
        this.file = file;
    }

    @Override
    public Optional<byte[]> obtain() throws IOException {
        var key = OwnerFile.read(file);
        if (key.isPresent() && key.get().length != StateKey.SIZE) {
            Arrays.fill(key.get(), (byte) 0);
            throw new IOException("the state key file " + file + " does not hold 32 bytes");
        }
        return key;
    }

    @Override
    public boolean keeps() {
        return true;
    }

    @Override
    public void keep(byte[] stateKey) throws IOException {
        OwnerFile.write(file, stateKey);
    }

    @Override
    public Optional<StateKeySource> next() {
        return Optional.of(new FileStateKey(OwnerFile.next(file)));
    }

    @Override
    public void discard() throws IOException {
        Files.deleteIfExists(file);
    }

    @Override
    public Optional<String> warning() {
        return Optional.of("the state key lies UNPROTECTED in the file " + file
                + ": whoever reads it can open every secret in the database. This is for local use");
    }

    @Override
    public String toString() {
        return "FileStateKey[" + file + "]";
    }
}
