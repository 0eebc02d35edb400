package dev.husk.gateway.log;

import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Feeds what has committed to all {@link View}s, once and in order. Safe to share between threads: the database is read
 * outside of the monitor, so whoever holds the log's lock waits here for nobody who waits for the database.
 *
 * <p>Decisions follow from all that has committed, durable or not; what a crash of the database then loses cannot be taken
 * out of the views again. It is noticed before anything else is decided from them, and ends them.
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
    private long end;

    /** Those before this one are durable. */
    private long durable;

    /** The leaves of the others, by which it is noticed that they are gone. */
    private final Deque<byte[]> undurable = new ArrayDeque<>();

    private volatile Consumer<String> onLoss = why -> {};

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

    /** What to do, once, when the database has lost events that were taken in: these views are of no use any more. */
    public void onLoss(Consumer<String> action) {
        onLoss = action;
    }

    /**
     * Brings all views to what has committed. A transaction that holds the log's lock then knows all there is, and one
     * that does not, what there was when it asked first.
     *
     * @throws IllegalStateException if the log is damaged or has lost events, or this transaction has appended already:
     *     the views do not know of what may still be rolled back
     */
    @Transactional(TxType.MANDATORY)
    public void catchUp() {
        var transaction = ledger.transaction();
        if (!transaction.appended().isEmpty()) {
            throw new IllegalStateException("what follows from the log was read after an append");
        }
        if (!transaction.caughtUp()) {
            // In this order: another thread may take in later events meanwhile.
            var known = known();
            catchUp(known, ledger.size(), ledger::rows);
            transaction.caughtUp(true);
        }
        requireWhole();
    }

    /** What had been taken in at some time. */
    record Known(long end, long durable, Optional<byte[]> lastUndurable) {}

    /** The committed entries of [start, end), fewer where the log ends earlier. */
    interface Committed {
        List<Ledger.Row> rows(long start, long end);
    }

    synchronized Known known() {
        return new Known(end, durable, Optional.ofNullable(undurable.peekLast()));
    }

    void catchUp(Known known, long committed, Committed log) {
        if (committed < known.durable()) {
            throw new IllegalStateException("the database's log has lost entries under a running gateway: it has "
                    + committed + " of " + known.durable());
        }
        if (committed < known.end()) {
            throw lost();
        }
        // The last one again if it was not durable: another may stand in its place by now.
        long next = known.lastUndurable().isPresent() ? known.end() - 1 : known.end();
        while (next < committed) {
            var page = log.rows(next, Math.min(committed, next + PAGE));
            if (page.isEmpty()) {
                throw missing(next);
            }
            var first = page.get(0);
            if (first.index() < known.end()
                    && !Arrays.equals(first.bytes(), known.lastUndurable().orElseThrow())) {
                throw lost();
            }
            take(page);
            next += page.size();
        }
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
                undurable.add(entry.bytes());
                end++;
            }
        }
    }

    /** Takes in entries that are durable, which have no gap; those that are known to be are passed over. */
    synchronized void takeDurable(List<Ledger.Row> page) {
        take(page);
        for (var entry : page) {
            if (entry.index() > durable) {
                throw missing(durable);
            }
            if (entry.index() == durable) {
                if (!Arrays.equals(entry.bytes(), undurable.remove())) {
                    throw lost();
                }
                durable++;
            }
        }
    }

    /** For who has just read all that has committed and is durable: what was taken in before that must be in it. */
    synchronized void requireDurable(long known) {
        if (durable < known) {
            throw lost();
        }
    }

    private synchronized IllegalStateException lost() {
        var why = "the database has lost events that nobody was told of yet, and this gateway decided from them";
        if (broken.isEmpty()) {
            broken = Optional.of(new IllegalStateException(why));
            onLoss.accept(why);
        }
        return broken.get();
    }

    /**
     * For who holds the log's lock and has appended nothing yet: all was decided from the log as it is. A reader may have
     * brought what it had read before a crash.
     */
    synchronized void requireAt(long size) {
        requireWhole();
        if (end > size) {
            throw lost();
        }
        if (end < size) {
            throw missing(end);
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
