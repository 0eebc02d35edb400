package dev.husk.local;

/** Hears what starts. Called by one thread at a time, though not always the same one. */
public interface StartListener {
    void starting(String part);

    void started(String part, long milliseconds);

    /** Hears nothing. */
    static StartListener silent() {
        return new StartListener() {
            @Override
            public void starting(String part) {}

            @Override
            public void started(String part, long milliseconds) {}
        };
    }
}
