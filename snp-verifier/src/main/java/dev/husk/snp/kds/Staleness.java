package dev.husk.snp.kds;

import java.time.Duration;

/**
 * How old a revocation list may be. Certificates do not change, and have no such bound.
 *
 * @param refreshAfter a list that was fetched longer ago is fetched anew, where the server answers
 * @param keepFor a list that was fetched longer ago is not used, even where the server does not answer: somebody who
 *     cuts the network off can hide a revocation for so long. A list from a directory is not bound by it
 * @param pastNextUpdate how long after its {@code nextUpdate} a list may be used; {@link dev.husk.snp.SnpVerifier}
 *     rejects such a list, so that this is of use for other verifiers alone
 */
public record Staleness(Duration refreshAfter, Duration keepFor, Duration pastNextUpdate) {
    public Staleness {
        if (refreshAfter.isNegative() || keepFor.isNegative() || pastNextUpdate.isNegative()) {
            throw new IllegalArgumentException("no age is negative");
        }
    }

    /** Fetched anew after a day, kept for a week, never used past its {@code nextUpdate}. */
    public static Staleness usual() {
        return new Staleness(Duration.ofDays(1), Duration.ofDays(7), Duration.ZERO);
    }
}
