package dev.husk.snp.kds;

import java.time.Duration;

/** How this package waits; tests move their clock instead. */
@FunctionalInterface
interface Sleeper {
    void sleep(Duration time) throws InterruptedException;

    static Sleeper real() {
        return time -> Thread.sleep(Math.max(1, time.toMillis()));
    }
}
