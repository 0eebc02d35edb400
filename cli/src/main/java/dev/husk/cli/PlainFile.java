package dev.husk.cli;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file to be sealed, of a size that must not change meanwhile. */
record PlainFile(Path path, long size) {

    static PlainFile of(Path path) throws CommandFailed, IOException {
        if (!Files.exists(path)) {
            throw CommandFailed.unusable("no file " + path);
        }
        if (!Files.isRegularFile(path)) {
            throw CommandFailed.unusable(path + " is not a file");
        }
        if (!Files.isReadable(path)) {
            throw CommandFailed.unusable("may not read " + path);
        }
        long size = Files.size(path);
        if (size == 0) {
            throw CommandFailed.unusable(path + " is empty: there is nothing to seal");
        }
        return new PlainFile(path, size);
    }

    /** Reading fails at the end if the file grew or shrank, so that half a file is never sealed as a whole one. */
    InputStream open() throws IOException {
        return new FilterInputStream(Files.newInputStream(path)) {
            private long taken;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                int n = in.read(target, offset, length);
                taken += Math.max(0, n);
                if (taken > size || n < 0 && taken != size) {
                    throw new IOException(path + " changed while it was read: try again");
                }
                return n;
            }
        };
    }
}
