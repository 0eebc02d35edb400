package dev.husk.runtime.data;

import dev.husk.protocol.json.Digests;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;

/** A result on its way to the store: sealed into a file that only this user may read, until the run has succeeded. */
final class ResultSpool {
    private final Path file;
    private final MessageDigest sha256;
    private final OutputStream plain;
    private boolean complete;
    private String digest = "";

    ResultSpool(Path folder, DataKey key, String identity, Gate gate) throws IOException {
        file = Files.createTempFile(
                folder,
                "result",
                ".sealed",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        sha256 = Digests.sha256();
        var sealed = new BufferedOutputStream(new DigestOutputStream(Files.newOutputStream(file), sha256), 1 << 16);
        gate.enter(sealed);
        plain = new Plain(SealedObject.writer(sealed, key, identity), gate);
    }

    OutputStream plain() {
        return plain;
    }

    Path file() {
        return file;
    }

    /** Whether the function has closed the stream. */
    synchronized boolean complete() {
        return complete;
    }

    /** {@code sha256:hex} of the sealed object, once it is complete. */
    synchronized String digest() {
        return digest;
    }

    private synchronized void completed() {
        if (!complete) {
            complete = true;
            digest = Digests.text(sha256.digest());
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(file);
    }

    private final class Plain extends FilterOutputStream {
        private final Gate gate;
        private boolean closed;

        Plain(OutputStream sealing, Gate gate) {
            super(sealing);
            this.gate = gate;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            gate.check();
            out.write(source, offset, length);
        }

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                gate.check();
                out.close();
                completed();
            }
        }
    }
}
