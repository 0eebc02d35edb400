package dev.husk.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** A sealed object's channel without its header. */
final class ShiftedChannel implements SeekableByteChannel {
    private final SeekableByteChannel whole;

    ShiftedChannel(SeekableByteChannel whole) throws IOException {
        this.whole = whole;
        whole.position(SealedObject.HEADER);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return whole.read(target);
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public long position() throws IOException {
        return whole.position() - SealedObject.HEADER;
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
        whole.position(position + SealedObject.HEADER);
        return this;
    }

    @Override
    public long size() throws IOException {
        return whole.size() - SealedObject.HEADER;
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return whole.isOpen();
    }

    @Override
    public void close() throws IOException {
        whole.close();
    }
}
