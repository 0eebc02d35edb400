package dev.husk.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Gives a seekable decrypting channel's failures the object's name. */
final class SealedChannel implements SeekableByteChannel {
    private final SeekableByteChannel plain;
    private final String identity;
    private long passed;

    SealedChannel(SeekableByteChannel plain, String identity) {
        this.plain = plain;
        this.identity = identity;
    }

    /**
     * Tells what is wrong with the object, which Tink throws, from what is wrong with the transport, which keeps its own
     * exception. Causes are no sign: a TLS failure has a security exception among them too.
     */
    static IOException tampered(String identity, IOException e) {
        var thrower = e.getStackTrace();
        boolean fromFormat = thrower.length > 0 && thrower[0].getClassName().startsWith("com.google.crypto.tink");
        return fromFormat
                ? new TamperedObjectException(identity, "changed, cut short, or sealed under another key")
                : e;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        try {
            int n = plain.read(target);
            passed += Math.max(n, 0);
            GcmWarmUp.passed(passed);
            return n;
        } catch (IOException e) {
            throw tampered(identity, e);
        }
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
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

    /** The plain size; authentic once the last segment was read. */
    @Override
    public long size() throws IOException {
        return plain.size();
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
