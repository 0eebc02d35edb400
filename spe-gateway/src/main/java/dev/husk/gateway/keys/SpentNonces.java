package dev.husk.gateway.keys;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Duration;
import java.time.Instant;

/** The nonces that were used, at whichever replica, until nobody would take them anyway. */
@ApplicationScoped
public class SpentNonces {
    /** How far replicas' clocks may differ before a spent nonce could be forgotten too early. */
    private static final Duration SLACK = Duration.ofHours(1);

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    /** Whether the nonce was never spent; from now on it was. In the caller's transaction. */
    boolean spend(String nonce, Instant expires, Instant now) {
        database.createNativeQuery("delete from spent_ticket where nonce in"
                        + " (select nonce from spent_ticket where expires < ?1 limit 100 for update skip locked)")
                .setParameter(1, now.getEpochSecond())
                .executeUpdate();
        return database.createNativeQuery(
                                "insert into spent_ticket (nonce, expires) values (?1, ?2) on conflict do nothing")
                        .setParameter(1, nonce)
                        .setParameter(2, expires.plus(SLACK).getEpochSecond())
                        .executeUpdate()
                == 1;
    }
}
