package dev.husk.runtime.data;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** A sealed object in the store, read in parts of {@value #READ_AHEAD} bytes, of which one is kept. Read only. */
final class RangedChannel implements SeekableByteChannel {
    static final int READ_AHEAD = 4 << 20;

    private final ObjectStore store;
    private final String name;
    private final URI url;
    private final Gate gate;
    private ObjectStore.Part part;
    private long partStart;
    private long position;
    private boolean open = true;

    RangedChannel(ObjectStore store, String name, URI url, Gate gate) throws IOException {
        this.store = store;
        this.name = name;
        this.url = url;
        this.gate = gate;
        this.part = store.get(name, url, 0, READ_AHEAD);
        gate.enter(this);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        gate.check();
        if (!target.hasRemaining()) {
            return 0;
        }
        if (position >= part.size()) {
            return -1;
        }
        if (position < partStart || position >= partStart + part.bytes().length) {
            long size = part.size();
            part = store.get(name, url, position, READ_AHEAD);
            partStart = position;
            if (part.size() != size) {
                throw new StoreFailedException("object " + name + ": replaced while it was read");
            }
        }
        int offset = (int) (position - partStart);
        int count = Math.min(target.remaining(), part.bytes().length - offset);
        target.put(part.bytes(), offset, count);
        position += count;
        return count;
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
        if (newPosition < 0) {
            throw new IllegalArgumentException("negative position");
        }
        position = newPosition;
        return this;
    }

    @Override
    public long size() {
        return part.size();
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
        return open;
    }

    @Override
    public void close() {
        open = false;
        gate.leave(this);
    }
}
