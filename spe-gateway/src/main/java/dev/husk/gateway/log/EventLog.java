package dev.husk.gateway.log;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.EntryBundle;
import dev.husk.protocol.log.Inclusion;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The tree over all durable events, and its signed checkpoints. Safe to share between threads. Of the tree it holds the
 * right edge, and the tiles used last.
 *
 * <p>Events are published in rounds: whoever comes first flushes, takes in and signs for all who have committed by
 * then; who comes meanwhile waits for the next round. Nothing is taken in before it is durable.
 */
@ApplicationScoped
public class EventLog {
    private static final int PAGE = 1000;

    @Inject
    private Storage storage;

    @Inject
    private StoredTiles tiles;

    @Inject
    private LastSeen lastSeen;

    @Inject
    private GatewayKeys keys;

    @Inject
    private Configuration configuration;

    @Inject
    private Views views;

    private final ReentrantLock round = new ReentrantLock();
    private final AtomicLong begun = new AtomicLong();

    // What follows belongs to who holds the round; all others look at what was published.
    private final RightEdge edge = new RightEdge();
    private final ChainHeads chains = new ChainHeads();
    private byte[] last = {};
    private long finished;

    private volatile Runnable listener = () -> {};

    private volatile Published published =
            new Published(Checkpoint.of("none", 0, MerkleHash.empty()), TileTree.of(new RightEdge(), EventLog::none));

    private record Published(Checkpoint checkpoint, TileTree<RuntimeException> tree) {
        long size() {
            return checkpoint.size();
        }
    }

    private static byte[] none(TileName tile) {
        throw new IllegalStateException("an empty log has no " + tile);
    }

    @PostConstruct
    void load() {
        round.lock();
        try {
            // Read before the leaves, to which another replica may be adding.
            var stored = storage.newestCheckpoint().map(Checkpoint::parse);
            takeIn();
            var tree = TileTree.of(edge, tiles);
            if (stored.isPresent()) {
                var signed = stored.get();
                if (!signed.verify(keys.logKey())
                        || signed.size() > tree.size()
                        || !Arrays.equals(signed.root(), root(tree, signed.size()))) {
                    throw new IllegalStateException(
                            "the database's log does not fit the checkpoint that was signed for " + signed.size()
                                    + " entries: it was changed or put back");
                }
            }
            lastSeen.read().ifPresent(seen -> requireNotOlderThan(seen, tree));
            publish(tree);
        } finally {
            round.unlock();
        }
    }

    private void requireNotOlderThan(Checkpoint seen, TileTree<RuntimeException> tree) {
        if (!seen.verify(keys.logKey())) {
            throw new IllegalStateException(
                    "the last checkpoint beside the state key is not of this gateway's log key");
        }
        if (seen.size() > tree.size()) {
            throw new IllegalStateException("the database is older than what this gateway signed: it has " + tree.size()
                    + " entries of " + seen.size() + "; docs/operations.md says what to do");
        }
        if (!Arrays.equals(seen.root(), root(tree, seen.size()))) {
            throw new IllegalStateException("the database's log is not the one that this gateway signed");
        }
    }

    private static byte[] root(TileTree<RuntimeException> tree, long size) {
        try {
            return tree.root(size);
        } catch (MalformedLogException e) {
            throw damaged(e);
        }
    }

    private static IllegalStateException damaged(MalformedLogException e) {
        return new IllegalStateException("the database's tiles are damaged: " + e.getMessage(), e);
    }

    /** Makes durable what this and other replicas have committed since, and takes it in. */
    private void takeIn() {
        long known = views.known().end();
        List<Ledger.Row> page;
        do {
            long size = edge.size();
            page = storage.durable(Math.max(0, size - 1), size + PAGE);
            if (size > 0) {
                if (page.isEmpty()
                        || !Arrays.equals(last, MerkleHash.leaf(page.get(0).bytes()))) {
                    throw new IllegalStateException(
                            "the database's log has lost or changed entry " + (size - 1) + " under a running gateway");
                }
                page = page.subList(1, page.size());
            }
            // First, for appending may fail after it took in the page, and does not get the page again.
            views.takeDurable(page);
            append(page);
        } while (page.size() >= PAGE);
        views.requireDurable(known);
    }

    private void append(List<Ledger.Row> page) {
        var filled = new LinkedHashMap<TileName, byte[]>();
        for (var row : page) {
            if (row.index() != edge.size()) {
                throw new IllegalStateException("the database's log has no entry " + edge.size());
            }
            chains.take(row);
            last = MerkleHash.leaf(row.bytes());
            edge.append(last, filled::put);
        }
        if (!filled.isEmpty()) {
            tiles.keep(filled);
        }
    }

    private void publish(TileTree<RuntimeException> tree) {
        var checkpoint = Checkpoint.of(configuration.logOrigin(), tree.size(), tree.root())
                .sign(configuration.logOrigin(), keys.log());
        storage.keep(checkpoint.size(), checkpoint.text());
        lastSeen.keep(checkpoint);
        published = new Published(checkpoint, tree);
        listener.run();
    }

    /** For who holds the round. */
    private void round() {
        long number = begun.incrementAndGet();
        takeIn();
        if (published.size() != edge.size()) {
            publish(published.tree().grown(edge));
        }
        finished = number;
    }

    /**
     * Returns once an event, whose transaction has committed, is durable and published.
     *
     * @throws IllegalStateException if a crash of the database has lost it
     */
    void await(Appended appended) {
        receipt(appended);
    }

    private Published covering(long index) {
        if (index >= published.size()) {
            round.lock();
            try {
                if (index >= published.size()) {
                    round();
                }
            } finally {
                round.unlock();
            }
        }
        var now = published;
        if (index >= now.size()) {
            throw new IllegalStateException("event " + index + " has not committed");
        }
        return now;
    }

    /**
     * The proof of an event whose transaction has committed.
     *
     * @throws IllegalStateException if a crash of the database has lost it
     */
    public Receipt receipt(Appended appended) {
        var now = covering(appended.index());
        return receipt(appended, now.checkpoint(), now.tree());
    }

    /**
     * The same under an older head.
     *
     * @param checkpoint signed here, with whatever cosignatures; it covers the event
     */
    Receipt receipt(Appended appended, Checkpoint checkpoint) {
        return receipt(appended, checkpoint, published.tree());
    }

    private static Receipt receipt(Appended appended, Checkpoint checkpoint, TileTree<RuntimeException> tree) {
        List<byte[]> proof;
        try {
            proof = tree.inclusion(appended.index(), checkpoint.size());
        } catch (MalformedLogException e) {
            throw damaged(e);
        }
        // In its place may stand another, if it committed and was lost before it was durable.
        byte[] leaf = appended.leaf().hash();
        if (!Inclusion.verify(appended.index(), checkpoint.size(), leaf, proof, checkpoint.root())) {
            throw new IllegalStateException(
                    "the database has lost event " + appended.index() + " before it was durable");
        }
        return new Receipt(appended.leaf(), appended.index(), proof, checkpoint);
    }

    /** The newest checkpoint here; other replicas may have signed later ones. */
    Checkpoint published() {
        return published.checkpoint();
    }

    /** What proves that the tree of {@code to} entries grew from that of {@code from}; both are published here. */
    List<byte[]> consistency(long from, long to) {
        try {
            return published.tree().consistency(from, to);
        } catch (MalformedLogException e) {
            throw damaged(e);
        }
    }

    /** The root that the tree had at a size which is published here. */
    byte[] root(long size) {
        return root(published.tree(), size);
    }

    /** What to run after each publication, on the publishing thread: it must be quick. */
    void afterEach(Runnable listener) {
        this.listener = listener;
    }

    /** The newest checkpoint, over all that had committed before the call. */
    public Checkpoint checkpoint() {
        long asked = begun.get();
        round.lock();
        try {
            // A round that began after the question answers it.
            if (finished <= asked) {
                round();
            }
            return published.checkpoint();
        } finally {
            round.unlock();
        }
    }

    /** How many events the newest checkpoint here covers. */
    public long size() {
        return published.size();
    }

    /** A tile or an entry bundle; empty where no checkpoint covers it yet. */
    Optional<byte[]> tile(TileName name) {
        if (!name.isIn(published.size())) {
            // A checkpoint that another replica signed may cover it.
            checkpoint();
        }
        var now = published;
        if (!name.isIn(now.size())) {
            return Optional.empty();
        }
        try {
            return Optional.of(name.isEntries() ? bundle(name) : now.tree().hashes(name));
        } catch (MalformedLogException e) {
            throw damaged(e);
        }
    }

    private byte[] bundle(TileName name) {
        long start = name.index() * TileName.WIDTH;
        var entries = storage.leaves(start, start + name.width());
        if (entries.size() != name.width()) {
            throw new IllegalStateException("the database's log lacks entries of " + name);
        }
        return EntryBundle.encode(entries);
    }
}
