package dev.husk.gateway.operate;

import dev.husk.gateway.attest.Sessions;
import dev.husk.gateway.log.EventLog;
import dev.husk.gateway.recovery.RecoveryShares;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;

/** What is measured when somebody looks. */
@ApplicationScoped
public class Gauges {
    @Inject
    private EventLog log;

    @Inject
    private RecoveryShares shares;

    @Inject
    private Sessions sessions;

    @Inject
    private Clock clock;

    /** Holders that have not fetched their share of the state key; not a number while the database does not answer. */
    double sharesUnfetched() {
        try {
            return shares.unfetched().size();
        } catch (RuntimeException e) { // whichever layer above the database tells of it
            return Double.NaN;
        }
    }

    long sessionsOpen() {
        return sessions.open(clock.instant());
    }

    long logEntries() {
        return log.size();
    }
}
