package dev.husk.local;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What runs, closed in reverse order and once, also when the JVM ends while parts still start. */
final class Parts {
    private static final System.Logger LOG = System.getLogger(Parts.class.getName());

    private final Deque<Closeable> running = new ArrayDeque<>();
    private boolean closed;

    /** Takes over a part that has just started. */
    void add(Closeable part) throws StartFailedException {
        synchronized (this) {
            if (!closed) {
                running.push(part);
                return;
            }
        }
        close(part);
        throw new StartFailedException("stopped while starting");
    }

    /** Waits until another thread's call has finished its work, so that whoever returns can rely on it. */
    synchronized void close() {
        closed = true;
        while (!running.isEmpty()) {
            close(running.pop());
        }
    }

    private static void close(Closeable part) {
        try {
            part.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "a part did not stop cleanly", e);
        }
    }
}
