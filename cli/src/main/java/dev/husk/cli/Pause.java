package dev.husk.cli;

import java.time.Duration;

/** Waits before something is tried again. */
interface Pause {
    Pause REAL = duration -> Thread.sleep(duration.toMillis());

    void pause(Duration duration) throws InterruptedException;
}
