package dev.husk.runtime.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** The plaintext of a dataset at any position, for as long as the run's gate is open. */
final class DatasetChannel implements SeekableByteChannel {
    private final Gate gate;
    private final SeekableByteChannel plain;
    private final Runnable onFirstByte;
    private boolean started;

    DatasetChannel(Gate gate, SeekableByteChannel plain, Runnable onFirstByte) {
        this.gate = gate;
        this.plain = plain;
        this.onFirstByte = onFirstByte;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        gate.check();
        int count = plain.read(target);
        if (!started) {
            started = true;
            onFirstByte.run();
        }
        return count;
    }

    @Override
    public long position() throws IOException {
        return plain.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        plain.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return plain.size();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return plain.isOpen();
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
