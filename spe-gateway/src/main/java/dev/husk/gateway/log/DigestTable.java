package dev.husk.gateway.log;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * A number for each digest, kept under the digest's first 16 bytes: 24 bytes a place, of which a third to three
 * quarters are taken. To find two digests that begin alike takes 2^64 tries. Safe to share between threads.
 */
final class DigestTable {
    /** What a digest has that is not there. */
    static final long NONE = -1;

    /** How many bytes of a digest count. */
    static final int PREFIX = 16;

    private static final int LEAST = 16;

    /** Or who chooses digests could let them all fall on one place. */
    private final long seed = new SecureRandom().nextLong();

    private long[] high = new long[LEAST];
    private long[] low = new long[LEAST];
    private long[] values = empty(LEAST);
    private int size;

    synchronized long get(byte[] digest) {
        var prefix = ByteBuffer.wrap(digest);
        return values[place(prefix.getLong(), prefix.getLong())];
    }

    /**
     * @param value not negative
     * @param expired what may be forgotten when room is needed
     */
    synchronized void put(byte[] digest, long value, LongPredicate expired) {
        if (value < 0) {
            throw new IllegalArgumentException("a value is not negative");
        }
        if (4L * (size + 1) > 3L * values.length) {
            rebuild(expired);
        }
        var prefix = ByteBuffer.wrap(digest);
        put(prefix.getLong(), prefix.getLong(), value);
    }

    synchronized int size() {
        return size;
    }

    private void put(long first, long second, long value) {
        int place = place(first, second);
        if (values[place] == NONE) {
            size++;
        }
        high[place] = first;
        low[place] = second;
        values[place] = value;
    }

    private void rebuild(LongPredicate expired) {
        long[] firsts = high;
        long[] seconds = low;
        long[] before = values;
        int kept = (int) Arrays.stream(before)
                .filter(value -> value != NONE && !expired.test(value))
                .count();
        int room = LEAST;
        while (2L * room < 3L * (kept + 1)) {
            room = Math.multiplyExact(room, 2);
        }
        high = new long[room];
        low = new long[room];
        values = empty(room);
        size = 0;
        for (int i = 0; i < before.length; i++) {
            if (before[i] != NONE && !expired.test(before[i])) {
                put(firsts[i], seconds[i], before[i]);
            }
        }
    }

    /** Where a digest is, or would be. */
    private int place(long first, long second) {
        long mixed = (first ^ seed) * 0x9E3779B97F4A7C15L;
        int place = (int) ((mixed ^ mixed >>> 32) & values.length - 1);
        while (values[place] != NONE && (high[place] != first || low[place] != second)) {
            place = place + 1 & values.length - 1;
        }
        return place;
    }

    private static long[] empty(int room) {
        long[] values = new long[room];
        Arrays.fill(values, NONE);
        return values;
    }
}
