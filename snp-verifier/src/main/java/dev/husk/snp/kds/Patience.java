package dev.husk.snp.kds;

import java.time.Duration;

/**
 * How a server that fails or limits its callers is treated.
 *
 * @param call how long one call waits for its turn and tries again; 0 for one try
 * @param pause nobody asks for this long after a failure, twice as long after the next, and so on
 * @param longest no pause is longer, and no {@code Retry-After} is believed beyond it
 */
public record Patience(Duration call, Duration pause, Duration longest) {
    private static final int DOUBLINGS = 16;

    public Patience {
        if (call.isNegative() || pause.isNegative() || pause.isZero() || longest.compareTo(pause) < 0) {
            throw new IllegalArgumentException("a pause is more than nothing, and the longest is the longest");
        }
    }

    /** Ten seconds a call; pauses from one second to ten minutes. */
    public static Patience usual() {
        return new Patience(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofMinutes(10));
    }

    /** The same with another bound on one call. */
    public Patience forCall(Duration other) {
        return new Patience(other, pause, longest);
    }

    Duration after(int failures) {
        return bounded(pause.multipliedBy(1L << Math.min(failures - 1, DOUBLINGS)));
    }

    Duration bounded(Duration wait) {
        return wait.compareTo(longest) > 0 ? longest : wait;
    }
}
