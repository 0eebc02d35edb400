package dev.husk.runtime.data;

import java.io.Closeable;
import java.io.IOException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What every stream of a run passes: once shut, open streams are closed and every access fails with the reason. */
final class Gate {
    private final Set<Closeable> open = new HashSet<>();
    private Optional<String> shut = Optional.empty();

    /** Lets a stream through, to be closed when the gate shuts. */
    synchronized void enter(Closeable stream) throws IOException {
        check();
        open.add(stream);
    }

    synchronized void leave(Closeable stream) {
        open.remove(stream);
    }

    synchronized void check() throws IOException {
        if (shut.isPresent()) {
            throw new IOException(shut.get());
        }
    }

    /** Only the first reason counts. */
    void shut(String reason) {
        Set<Closeable> streams;
        synchronized (this) {
            if (shut.isPresent()) {
                return;
            }
            shut = Optional.of(reason);
            streams = Set.copyOf(open);
            open.clear();
        }
        for (var stream : streams) {
            try {
                stream.close();
            } catch (IOException e) {
                // It is being thrown away.
            }
        }
    }
}
