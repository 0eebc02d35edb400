package dev.husk.local;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Starts parts, tells the listener how long each took, and hands what runs to {@link Parts}. */
record Steps(StartListener listener, Parts parts) {

    /** A start that can take a while and can fail. */
    @FunctionalInterface
    interface Start<T> {
        T start() throws IOException, StartFailedException, InterruptedException;
    }

    <T> T start(String part, Start<T> start, Consumer<T> stop)
            throws IOException, StartFailedException, InterruptedException {
        synchronized (listener) {
            listener.starting(part);
        }
        long before = System.nanoTime();
        var started = start.start();
        Closeable closing = () -> stop.accept(started);
        parts.add(closing);
        long took = Duration.ofNanos(System.nanoTime() - before).toMillis();
        synchronized (listener) {
            listener.started(part, took);
        }
        return started;
    }
}
