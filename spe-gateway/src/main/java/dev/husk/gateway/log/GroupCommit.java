package dev.husk.gateway.log;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.OptionalLong;

/**
 * Whether what this thread's transaction writes is awaited: then it may commit before it is durable, for
 * {@link AwaitDurable} returns only once a flush that many transactions share has made it so.
 */
@ApplicationScoped
class GroupCommit {
    private static final long NOTHING = -1;

    private final ThreadLocal<Awaited> current = new ThreadLocal<>();

    /** The last event that was appended while somebody waits for it. */
    private static final class Awaited {
        private long last = NOTHING;
    }

    boolean begun() {
        return current.get() != null;
    }

    void begin() {
        current.set(new Awaited());
    }

    /** The last event that was appended since the beginning. */
    OptionalLong end() {
        var awaited = current.get();
        current.remove();
        return awaited == null || awaited.last == NOTHING ? OptionalLong.empty() : OptionalLong.of(awaited.last);
    }

    /** Whether somebody waits until the event of this index is durable, before anybody is told of it. */
    boolean awaits(long index) {
        var awaited = current.get();
        if (awaited == null) {
            return false;
        }
        awaited.last = index;
        return true;
    }
}
