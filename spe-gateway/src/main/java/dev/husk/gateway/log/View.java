package dev.husk.gateway.log;

/**
 * What follows from the log's events alone, in their order. Its reads call {@link Views#catchUp} first, so that nobody
 * decides from less than what has committed. Must be safe to share between threads.
 */
public interface View {
    /**
     * Takes in the next event; each comes once, none is left out, and all of them have committed.
     *
     * @throws IllegalStateException if it cannot follow those before: then nothing is read from any view any more
     */
    void take(LoggedEvent event);
}
