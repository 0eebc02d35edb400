package dev.husk.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * So many requests a minute for each key, in bursts of at most as many. Remembers a bounded number of keys, the most
 * recently seen. Safe to share between threads.
 */
public final class RateLimit {
    private static final int MAX_KEYS = 50_000;
    private static final double MINUTE = 60e9;

    private final int perMinute;
    private final LongSupplier nanos;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_KEYS;
        }
    };

    private static final class Bucket {
        private double left;
        private long at;

        Bucket(double left, long at) {
            this.left = left;
            this.at = at;
        }
    }

    public RateLimit(int perMinute, LongSupplier nanos) {
        if (perMinute < 1) {
            throw new IllegalArgumentException("a limit is at least 1");
        }
        this.perMinute = perMinute;
        this.nanos = nanos;
    }

    /** Counts a request of {@code key}; false where it is one too many. */
    public synchronized boolean allows(String key) {
        long now = nanos.getAsLong();
        var bucket = buckets.computeIfAbsent(key, fresh -> new Bucket(perMinute, now));
        bucket.left = Math.min(perMinute, bucket.left + (now - bucket.at) * perMinute / MINUTE);
        bucket.at = now;
        if (bucket.left < 1) {
            return false;
        }
        bucket.left--;
        return true;
    }
}
