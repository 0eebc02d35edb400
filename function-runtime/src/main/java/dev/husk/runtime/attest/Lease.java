package dev.husk.runtime.attest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps a sandbox's lease: renews it when half of it is over, and says when it has ended, because the gateway said so
 * or because nobody answered until it ran out.
 */
public final class Lease {
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);

    private final Sandbox sandbox;
    private final Clock clock;
    private final ScheduledExecutorService daemon;
    private final Consumer<String> onEnd;
    private Instant until = Instant.MIN;
    private Optional<ScheduledFuture<?>> next = Optional.empty();

    /** @param onEnd told why, on the daemon's thread */
    public Lease(Sandbox sandbox, Clock clock, ScheduledExecutorService daemon, Consumer<String> onEnd) {
        this.sandbox = sandbox;
        this.clock = clock;
        this.daemon = daemon;
        this.onEnd = onEnd;
    }

    /** Starts keeping a lease that a release has given, or goes on with it. */
    public synchronized void hold(Instant leaseUntil) {
        until = leaseUntil;
        schedule();
    }

    private synchronized void schedule() {
        next.ifPresent(renewal -> renewal.cancel(false));
        var half = Duration.between(clock.instant(), until).dividedBy(2);
        var wait = half.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : half;
        try {
            next = Optional.of(daemon.schedule(this::renew, wait.toMillis(), TimeUnit.MILLISECONDS));
        } catch (RejectedExecutionException e) {
            next = Optional.empty(); // the runtime is stopping
        }
    }

    private void renew() {
        try {
            var renewed = sandbox.renew();
            hold(renewed);
        } catch (RefusedException e) {
            onEnd.accept(String.valueOf(e.getMessage()));
        } catch (GatewayException e) {
            if (clock.instant().isBefore(until())) {
                schedule();
            } else {
                onEnd.accept("it ran out: " + e.getMessage());
            }
        }
    }

    private synchronized Instant until() {
        return until;
    }
}
