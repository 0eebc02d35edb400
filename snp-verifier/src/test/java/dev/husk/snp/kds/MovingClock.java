package dev.husk.snp.kds;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A clock that stands until a test, or something that sleeps, moves it. */
final class MovingClock extends Clock implements Sleeper {
    final List<Duration> slept = new CopyOnWriteArrayList<>();
    private volatile Instant now;

    MovingClock(String now) {
        this.now = Instant.parse(now);
    }

    synchronized void move(Duration time) {
        now = now.plus(time);
    }

    @Override
    public void sleep(Duration time) {
        slept.add(time);
        move(time);
    }

    @Override
    public Instant instant() {
        return now;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException();
    }
}
