package dev.husk.snp.kds;

import dev.husk.snp.kds.Found.Origin;
import java.time.Duration;
import java.time.Instant;

/**
 * What is at hand before a server is asked.
 *
 * @param fetched from the server; of no meaning for what stands in a directory
 */
record Held(Contents contents, Origin origin, Instant fetched) {
    static Held inDirectory(Contents contents) {
        return new Held(contents, Origin.DIRECTORY, Instant.EPOCH);
    }

    static Held inCache(Cache.Entry entry) {
        return new Held(entry.contents(), Origin.CACHE, entry.fetched());
    }

    /** Whether there is nothing to ask the server for. */
    boolean fresh(Collateral wanted, Instant now, Staleness bounds) {
        return switch (wanted.kind()) {
            case VCEK, CHAIN -> true;
            case VLEK -> !now.isAfter(contents.until());
            case REVOCATION_LIST ->
                origin == Origin.CACHE
                        && !fetched.isAfter(now)
                        && !now.isAfter(fetched.plus(bounds.refreshAfter()))
                        && !now.isAfter(contents.until());
        };
    }

    /** Whether it may be used where the server gives nothing better. */
    boolean usable(Collateral wanted, Instant now, Staleness bounds) {
        return wanted.kind() != Collateral.Kind.REVOCATION_LIST
                || !now.isAfter(contents.until().plus(bounds.pastNextUpdate()))
                        && (origin == Origin.DIRECTORY
                                || Duration.between(fetched, now).abs().compareTo(bounds.keepFor()) <= 0);
    }

    /** The one to prefer of two: of revocation lists the later one, and the known age where they are the same. */
    static Held better(Collateral wanted, Held directory, Held cache) {
        return wanted.kind() == Collateral.Kind.REVOCATION_LIST
                        && !directory.contents().from().isAfter(cache.contents().from())
                ? cache
                : directory;
    }

    Found found() {
        return Found.of(contents, origin);
    }
}
