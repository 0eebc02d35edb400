package dev.husk.gateway.operate;

import dev.husk.gateway.attest.Sessions;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.EventLog;
import dev.husk.gateway.log.WitnessTrouble;
import dev.husk.gateway.recovery.RecoveryShares;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.Map;

/** What is measured when somebody looks. */
@ApplicationScoped
public class Gauges {
    @Inject
    private EventLog log;

    @Inject
    private RecoveryShares shares;

    @Inject
    private Cosigning cosigning;

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

    /** 1 for each witness that cosigned when it was asked last, 0 for the others. */
    Map<String, Boolean> witnesses() {
        return cosigning.well();
    }

    long witnessTroubles(WitnessTrouble.Code code) {
        return cosigning.count(code);
    }

    long cosignedEntries() {
        return cosigning.entries();
    }

    long sessionsOpen() {
        return sessions.open(clock.instant());
    }

    long logEntries() {
        return log.size();
    }
}
