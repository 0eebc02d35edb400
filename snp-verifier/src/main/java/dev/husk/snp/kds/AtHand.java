package dev.husk.snp.kds;

import java.time.Instant;
import java.util.Optional;

/** What there is before any server is asked: a directory, then a cache. */
record AtHand(Optional<CollateralDirectory> directory, Optional<Cache> cache, Staleness staleness) {
    Optional<Held> held(Collateral wanted) {
        var stored = cache.flatMap(kept -> kept.read(wanted)).map(Held::inCache);
        var carried = carried(wanted).map(Held::inDirectory);
        if (stored.isPresent() && carried.isPresent()) {
            return Optional.of(Held.better(wanted, carried.get(), stored.get()));
        }
        return carried.or(() -> stored);
    }

    private Optional<Contents> carried(Collateral wanted) {
        try {
            return directory.isEmpty() ? Optional.empty() : directory.get().read(wanted);
        } catch (MismatchException e) {
            return Optional.empty();
        }
    }

    /** For the end of a message: what is wrong with what is at hand, and which file would have helped. */
    String whereElse(Collateral wanted, Instant now) {
        var words = new StringBuilder();
        held(wanted)
                .filter(held -> !held.usable(wanted, now, staleness))
                .ifPresent(held ->
                        words.append("; the one at hand is valid until %s, and has expired or was fetched too long ago"
                                .formatted(held.contents().until())));
        if (directory.isPresent()) {
            try {
                if (directory.get().read(wanted).isEmpty()) {
                    words.append("; it would stand in ").append(directory.get().file(wanted));
                }
            } catch (MismatchException e) {
                words.append("; ").append(e.getMessage());
            }
        }
        return words.toString();
    }
}
