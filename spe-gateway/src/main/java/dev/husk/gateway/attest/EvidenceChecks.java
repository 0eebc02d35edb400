package dev.husk.gateway.attest;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** So many pieces of evidence are checked at a time, and a few more wait a moment; others are asked to come back. */
@ApplicationScoped
public class EvidenceChecks {
    private static final int WAITING_PER_PLACE = 16;
    private static final long PATIENCE_MILLIS = 5000;

    @Inject
    private Configuration configuration;

    /** Closed until {@link #open}. */
    private Semaphore places = new Semaphore(0);

    private Semaphore inside = new Semaphore(0);
    private long patience;

    @PostConstruct
    void configure() {
        int count = configuration.evidenceChecks();
        open(count, count * WAITING_PER_PLACE, PATIENCE_MILLIS);
    }

    void open(int count, int waiting, long patienceMillis) {
        places = new Semaphore(count, true);
        inside = new Semaphore(count + waiting);
        patience = patienceMillis;
    }

    /** @throws RequestRefused with 503 where no place became free in time; then {@code check} did not run */
    <T> T within(Supplier<T> check) {
        if (!inside.tryAcquire()) {
            throw busy();
        }
        try {
            if (!places.tryAcquire(patience, TimeUnit.MILLISECONDS)) {
                throw busy();
            }
            try {
                return check.get();
            } finally {
                places.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw busy();
        } finally {
            inside.release();
        }
    }

    private static RequestRefused busy() {
        return new RequestRefused(503, "Busy", "too much evidence is being checked: try again");
    }
}
