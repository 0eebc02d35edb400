package dev.husk.store;

import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The key of one sealed object, 256 bits. Closing wipes it. Has no value equality, and its text says nothing.
 *
 * <p>Streams that are open keep key material of their own until they are closed and collected.
 */
public final class DataKey implements AutoCloseable {
    /** Length of a key, in bytes. */
    public static final int SIZE = 32;

    private final byte[] bytes;
    private boolean closed;

    private DataKey(byte[] bytes) {
        this.bytes = bytes;
    }

    public static DataKey generate() {
        byte[] bytes = new byte[SIZE];
        new SecureRandom().nextBytes(bytes);
        return new DataKey(bytes);
    }

    /** @param bytes 32 bytes, copied; the caller wipes its own */
    public static DataKey of(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a data key has 32 bytes, not " + bytes.length);
        }
        return new DataKey(bytes.clone());
    }

    /** A copy, to be sealed to another's key; the caller wipes it. */
    public synchronized byte[] copy() {
        if (closed) {
            throw new IllegalStateException("the data key is closed");
        }
        return bytes.clone();
    }

    @Override
    public synchronized void close() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "DataKey";
    }
}
