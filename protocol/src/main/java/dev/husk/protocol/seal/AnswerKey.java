package dev.husk.protocol.seal;

import java.util.Arrays;

/** The AES-256 key of the answer to one sealed request. Closing it wipes it. */
public final class AnswerKey implements AutoCloseable {
    /** In bytes. */
    public static final int SIZE = 32;

    private final byte[] key;

    private AnswerKey(byte[] key) {
        this.key = key;
    }

    /** @param key 32 bytes, copied */
    public static AnswerKey of(byte[] key) {
        if (key.length != SIZE) {
            throw new IllegalArgumentException("an answer key has 32 bytes");
        }
        return new AnswerKey(key.clone());
    }

    /** The 32 bytes; the caller wipes them. */
    public byte[] copy() {
        return key.clone();
    }

    @Override
    public void close() {
        Arrays.fill(key, (byte) 0);
    }

    @Override
    public String toString() {
        return "AnswerKey";
    }
}
