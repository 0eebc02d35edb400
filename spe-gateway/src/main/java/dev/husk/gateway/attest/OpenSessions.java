package dev.husk.gateway.attest;

import java.time.Instant;

/**
 * Counts handshakes that are open: begun, not yet tried to finish, not expired. One that was begun at another replica
 * counts there when it begins and here when it ends, so a single replica's count may be below zero and only their sum is
 * the number. Takes the same memory however many there are. Safe to share between threads.
 */
final class OpenSessions {
    /** More seconds than a session lives. */
    private static final int SECONDS = 512;

    private final long[] second = new long[SECONDS];
    private final long[] count = new long[SECONDS];

    void begun(Instant expires) {
        add(expires, 1);
    }

    void ended(Instant expires) {
        add(expires, -1);
    }

    private synchronized void add(Instant expires, int change) {
        int slot = Math.floorMod(expires.getEpochSecond(), SECONDS);
        if (second[slot] != expires.getEpochSecond()) {
            second[slot] = expires.getEpochSecond();
            count[slot] = 0;
        }
        count[slot] += change;
    }

    synchronized long at(Instant now) {
        long open = 0;
        for (int slot = 0; slot < SECONDS; slot++) {
            open += second[slot] > now.getEpochSecond() ? count[slot] : 0;
        }
        return open;
    }
}
