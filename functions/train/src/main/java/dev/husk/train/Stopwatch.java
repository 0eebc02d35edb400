package dev.husk.train;

import com.google.gson.JsonObject;

/** Milliseconds per step of a run. */
final class Stopwatch {
    private final JsonObject laps = new JsonObject();
    private final long start = System.nanoTime();
    private long last = start;

    void lap(String step) {
        long now = System.nanoTime();
        laps.addProperty(step, (now - last) / 1_000_000);
        last = now;
    }

    /** The laps so far and their {@code total}. */
    JsonObject laps() {
        laps.addProperty("total", (last - start) / 1_000_000);
        return laps;
    }
}
