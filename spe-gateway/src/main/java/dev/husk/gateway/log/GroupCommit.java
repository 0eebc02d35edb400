package dev.husk.gateway.log;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/**
 * Whether what this thread's transaction writes is awaited: then it may commit before it is durable, for
 * {@link AwaitDurable} returns only once a flush that many transactions share has made it so.
 */
@ApplicationScoped
class GroupCommit {
    private final ThreadLocal<Awaited> current = new ThreadLocal<>();

    /** The last event that was appended while somebody waits for it. */
    private static final class Awaited {
        private Optional<Appended> last = Optional.empty();
    }

    boolean begun() {
        return current.get() != null;
    }

    void begin() {
        current.set(new Awaited());
    }

    /** The last event that was appended since the beginning. */
    Optional<Appended> end() {
        var awaited = current.get();
        current.remove();
        return awaited == null ? Optional.empty() : awaited.last;
    }

    /** Whether somebody waits until this event is durable, before anybody is told of it. */
    boolean awaits(Appended event) {
        var awaited = current.get();
        if (awaited == null) {
            return false;
        }
        awaited.last = Optional.of(event);
        return true;
    }
}
