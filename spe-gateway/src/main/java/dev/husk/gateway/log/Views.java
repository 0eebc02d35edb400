package dev.husk.gateway.log;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.List;
import java.util.Optional;

/**
 * Feeds what has committed to all {@link View}s, once and in order. Safe to share between threads: the database is read
 * outside of the monitor, so whoever holds the log's lock waits here for nobody who waits for the database.
 */
@ApplicationScoped
public class Views {
    private static final int PAGE = 1000;

    @Inject
    @Any
    private Instance<View> found;

    @Inject
    private Ledger ledger;

    private final ChainHeads chains = new ChainHeads();
    private List<View> views = List.of();

    /** The events before this one were taken in. */
    private volatile long end;

    private volatile Optional<IllegalStateException> broken = Optional.empty();

    @PostConstruct
    void find() {
        views = found.stream().toList();
    }

    static Views of(List<View> views) {
        var all = new Views();
        all.views = List.copyOf(views);
        return all;
    }

    /**
     * Brings all views to what has committed. A transaction that holds the log's lock then knows all there is, and one
     * that does not, what there was when it asked first.
     *
     * @throws IllegalStateException if the log is damaged, or this transaction has appended already: the views do not
     *     know of what may still be rolled back
     */
    @Transactional(TxType.MANDATORY)
    public void catchUp() {
        var transaction = ledger.transaction();
        if (!transaction.appended().isEmpty()) {
            throw new IllegalStateException("what follows from the log was read after an append");
        }
        if (!transaction.caughtUp()) {
            // In this order: another thread may take in later events meanwhile.
            long before = end;
            long committed = ledger.size();
            if (committed < before) {
                throw new IllegalStateException("the database's log has lost entries under a running gateway: it has "
                        + committed + " of " + before);
            }
            for (long next = before; next < committed; next = end) {
                var page = ledger.rows(next, Math.min(committed, next + PAGE));
                if (page.isEmpty()) {
                    throw missing(next);
                }
                take(page);
            }
            transaction.caughtUp(true);
        }
        requireWhole();
    }

    /** Takes in committed entries, which have no gap; those that are known already are passed over. */
    synchronized void take(List<Ledger.Row> committed) {
        requireWhole();
        for (var entry : committed) {
            if (entry.index() > end) {
                throw missing(end);
            }
            if (entry.index() == end) {
                take(entry);
                end++;
            }
        }
    }

    /** Where a chain stands, for who holds the log's lock. */
    ChainHead head(String chain) {
        return chains.of(chain);
    }

    private void take(Ledger.Row entry) {
        var event = entry.event();
        try {
            chains.take(entry);
            for (var view : views) {
                view.take(event);
            }
        } catch (RuntimeException e) {
            // Some views have taken it and others have not.
            broken = Optional.of(
                    e instanceof IllegalStateException known
                            ? known
                            : new IllegalStateException("entry " + event.index() + " of the log cannot be read", e));
            throw broken.get();
        }
    }

    private void requireWhole() {
        if (broken.isPresent()) {
            throw new IllegalStateException(broken.get().getMessage(), broken.get());
        }
    }

    private static IllegalStateException missing(long index) {
        return new IllegalStateException("the database's log has no entry " + index);
    }
}
