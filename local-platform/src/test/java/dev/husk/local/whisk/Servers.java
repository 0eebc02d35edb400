package dev.husk.local.whisk;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Starts servers whose actions run in fake runtimes. */
final class Servers {
    static final String KIND = "fake:default";

    private Servers() {}

    static SandboxLimits limits(int most) {
        return new SandboxLimits(most, Duration.ofMinutes(10), Duration.ofMinutes(2), List.of());
    }

    static WhiskServer start(Path folder, SandboxLimits limits) throws IOException {
        return start(folder, limits, SandboxHooks.none(), Clock.systemUTC(), Duration.ofSeconds(30));
    }

    static WhiskServer start(Path folder, SandboxLimits limits, SandboxHooks hooks, Clock clock, Duration longestWait)
            throws IOException {
        return WhiskServer.start(
                new WhiskServer.Config(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        folder,
                        Map.of(KIND, FakeRuntime.kind(KIND)),
                        hooks,
                        limits),
                clock,
                longestWait);
    }

    /** Waits until something is so. */
    static void await(BooleanSupplier condition) {
        var deadline = Instant.now().plus(Duration.ofMinutes(2));
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("it did not come to be within two minutes");
            }
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    /** A clock that a test moves. */
    static final class HandClock extends Clock {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        /** Called by the test's thread alone. */
        void advance(Duration time) {
            now = now.plus(time);
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
            return this;
        }
    }
}
