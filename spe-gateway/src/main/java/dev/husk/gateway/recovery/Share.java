package dev.husk.gateway.recovery;

import dev.husk.gateway.keys.StateKey;
import dev.husk.protocol.json.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * One share: the set it belongs to (16 bytes), the set's threshold and the share's number (a byte each), and 32 bytes.
 * Closing wipes it.
 */
final class Share implements AutoCloseable {
    static final int SET = 16;

    private static final int SIZE = SET + 2 + StateKey.SIZE;

    private final byte[] encoded;

    private Share(byte[] encoded) {
        this.encoded = encoded;
    }

    static Share of(byte[] set, int threshold, int number, byte[] share) {
        return new Share(ByteBuffer.allocate(SIZE)
                .put(set)
                .put((byte) threshold)
                .put((byte) number)
                .put(share)
                .array());
    }

    /** Takes the array over; empty where it is no share. */
    static Optional<Share> parse(byte[] encoded) {
        return encoded.length == SIZE ? Optional.of(new Share(encoded)) : Optional.empty();
    }

    byte[] set() {
        return Arrays.copyOf(encoded, SET);
    }

    int threshold() {
        return encoded[SET] & 0xff;
    }

    int number() {
        return encoded[SET + 1] & 0xff;
    }

    /** The caller wipes it. */
    byte[] value() {
        return Arrays.copyOfRange(encoded, SET + 2, SIZE);
    }

    /** The caller wipes it. */
    byte[] encoded() {
        return encoded.clone();
    }

    /** Tells a wrong share, and says nothing about the right one, which is 32 random bytes. */
    byte[] digest(String holder) {
        var digest = Digests.sha256();
        digest.update(("husk share v1\0" + holder + "\0").getBytes(StandardCharsets.UTF_8));
        return digest.digest(encoded);
    }

    @Override
    public void close() {
        Arrays.fill(encoded, (byte) 0);
    }

    @Override
    public String toString() {
        return "Share";
    }
}
