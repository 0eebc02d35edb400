package dev.husk.runtime.data;

import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;

/**
 * The plaintext of a dataset. At its end the sealed bytes are read to theirs, and their digest is compared with the
 * one that the release names.
 */
final class DatasetStream extends InputStream {
    private final Gate gate;
    private final InputStream plain;
    private final DigestInputStream sealed;
    private final ReadObject object;
    private final Runnable onFirstByte;
    private boolean started;
    private boolean finished;

    DatasetStream(Gate gate, InputStream plain, DigestInputStream sealed, ReadObject object, Runnable onFirstByte)
            throws IOException {
        this.gate = gate;
        this.plain = plain;
        this.sealed = sealed;
        this.object = object;
        this.onFirstByte = onFirstByte;
        gate.enter(sealed);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        gate.check();
        int count;
        try {
            count = plain.read(target, offset, length);
        } catch (IOException e) {
            gate.check(); // a shut gate closes the stream beneath; its reason says more
            throw e;
        }
        if (!started) {
            started = true;
            onFirstByte.run();
        }
        if (count < 0 && !finished) {
            finish();
        }
        return count;
    }

    private void finish() throws IOException {
        byte[] rest = new byte[8192];
        while (sealed.read(rest) >= 0) {
            // What follows the sealed object counts for its digest.
        }
        object.readWhole(sealed.getMessageDigest().digest());
        finished = true;
    }

    @Override
    public void close() throws IOException {
        gate.leave(sealed);
        plain.close();
        sealed.close();
    }
}
