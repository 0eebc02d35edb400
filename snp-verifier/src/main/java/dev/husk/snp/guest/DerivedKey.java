package dev.husk.snp.guest;

import java.util.Arrays;

/**
 * A 256-bit key that the firmware derived for this guest. Closing wipes it. Has no value equality, and its text says
 * nothing. Safe to share between threads.
 *
 * <p>Use it as the input of a key derivation with a purpose of its own, never twice for different things.
 *
 * @see SevGuestDevice#derivedKey what such a key does not protect against
 */
public final class DerivedKey implements AutoCloseable {
    /** Length of a key, in bytes. */
    public static final int SIZE = 32;

    private final byte[] bytes;
    private boolean closed;

    /** @param bytes 32 bytes, which belong to the key from here on */
    DerivedKey(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a derived key has 32 bytes, not " + bytes.length);
        }
        this.bytes = bytes;
    }

    /**
     * A copy; the caller wipes it.
     *
     * @throws IllegalStateException if the key is closed
     */
    public synchronized byte[] copy() {
        if (closed) {
            throw new IllegalStateException("the derived key is closed");
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
        return "DerivedKey";
    }
}
