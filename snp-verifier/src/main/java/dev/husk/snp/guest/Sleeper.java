package dev.husk.snp.guest;

import java.time.Duration;

/** Waits between two tries; tests wait in no time. */
@FunctionalInterface
public interface Sleeper {
    /** @throws InterruptedException if the thread was interrupted, before or while it waited */
    void sleep(Duration time) throws InterruptedException;

    /** Lets the calling thread sleep. */
    static Sleeper ofThreads() {
        return time -> Thread.sleep(time.toMillis());
    }
}
