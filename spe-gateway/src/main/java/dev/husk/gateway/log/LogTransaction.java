package dev.husk.gateway.log;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the log knows of one transaction, which ends with it. */
final class LogTransaction {
    private final Clock clock;
    private final List<LoggedEvent> appended = new ArrayList<>();
    private final Map<String, ChainHead> heads = new HashMap<>();
    private Instant time = Instant.MIN;
    private boolean locked;
    private boolean caughtUp;

    LogTransaction(Clock clock) {
        this.clock = clock;
    }

    /** Of all its events: when it got the lock, so that times follow the order of the log where there is one clock. */
    Instant time() {
        return time;
    }

    /** Its own events so far. */
    List<LoggedEvent> appended() {
        return List.copyOf(appended);
    }

    /** @param head where the event's chain then stands */
    void append(LoggedEvent event, ChainHead head) {
        appended.add(event);
        heads.put(event.chain(), head);
    }

    /** Where a chain stands that this transaction has appended to. */
    Optional<ChainHead> head(String chain) {
        return Optional.ofNullable(heads.get(chain));
    }

    boolean locked() {
        return locked;
    }

    /** From now on nobody else commits events, but somebody may have since the views were looked at. */
    void lock() {
        locked = true;
        time = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        caughtUp = false;
    }

    boolean caughtUp() {
        return caughtUp;
    }

    void caughtUp(boolean now) {
        caughtUp = now;
    }
}
