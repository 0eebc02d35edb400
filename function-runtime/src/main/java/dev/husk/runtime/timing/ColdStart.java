package dev.husk.runtime.timing;

import com.google.gson.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long each step took from {@code /init} to the end of the first confidential run, in milliseconds. A step that
 * happens twice adds up. Safe to share between threads.
 */
public final class ColdStart {
    private final Map<String, Long> nanos = new LinkedHashMap<>();
    private boolean reported;

    /** Something to measure that may fail in one way. */
    @FunctionalInterface
    public interface Step<T, E extends Exception> {
        T take() throws E;
    }

    /** Takes a step and notes how long it took, also when it fails. */
    public <T, E extends Exception> T measure(String name, Step<T, E> step) throws E {
        long start = System.nanoTime();
        try {
            return step.take();
        } finally {
            add(name, System.nanoTime() - start);
        }
    }

    public synchronized void add(String name, long elapsedNanos) {
        if (!reported) {
            nanos.merge(name, elapsedNanos, Long::sum);
        }
    }

    /** The times, the first time that it is called; empty from then on, since later runs are warm. */
    public synchronized Optional<JsonObject> report() {
        if (reported) {
            return Optional.empty();
        }
        reported = true;
        var json = new JsonObject();
        nanos.forEach((name, elapsed) -> json.addProperty(name, Math.round(elapsed / 100_000.0) / 10.0));
        return Optional.of(json);
    }
}
