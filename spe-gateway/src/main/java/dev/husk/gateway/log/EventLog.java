package dev.husk.gateway.log;

import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.Tree;
import jakarta.annotation.PostConstruct;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;

/**
 * The tree over all committed events, and its signed checkpoints. Safe to share between threads.
 *
 * <p>Appends that commit close together share one checkpoint: whoever comes first publishes for all.
 */
@ApplicationScoped
public class EventLog {
    private static final int PAGE = 1000;

    @Inject
    private Storage storage;

    @Inject
    private GatewayKeys keys;

    @Inject
    private Configuration configuration;

    private Tree tree = new Tree();
    private Checkpoint checkpoint = Checkpoint.of("none", 0, MerkleHash.empty());

    @PostConstruct
    synchronized void load() {
        publish();
        var stored = storage.newestCheckpoint();
        if (stored.isPresent()) {
            var last = Checkpoint.parse(stored.get());
            if (!last.verify(keys.logKey())
                    || last.size() > tree.size()
                    || !Arrays.equals(last.root(), tree.root(last.size()))) {
                throw new IllegalStateException("the database's log does not fit the checkpoint that was signed for "
                        + last.size() + " entries: it was changed or put back");
            }
        }
        storage.keep(checkpoint.size(), checkpoint.text());
    }

    /** Takes in what has committed since and signs the new head. */
    private void publish() {
        long before = tree.size();
        for (var page = storage.leaves(tree.size(), tree.size() + PAGE);
                !page.isEmpty();
                page = storage.leaves(tree.size(), tree.size() + PAGE)) {
            page.forEach(bytes -> tree.append(MerkleHash.leaf(bytes)));
        }
        if (tree.size() != before || checkpoint.size() != tree.size() || before == 0) {
            checkpoint = Checkpoint.of(configuration.logOrigin(), tree.size(), tree.root())
                    .sign(configuration.logOrigin(), keys.log());
        }
    }

    /** The proof of an event whose transaction has committed. */
    public synchronized Receipt receipt(Appended appended) {
        if (appended.index() >= tree.size()) {
            checkpoint();
        }
        if (appended.index() >= tree.size()) {
            throw new IllegalStateException("event " + appended.index() + " has not committed");
        }
        return new Receipt(
                appended.leaf(), appended.index(), tree.inclusion(appended.index(), tree.size()), checkpoint);
    }

    /** The newest checkpoint, over all that has committed. */
    public synchronized Checkpoint checkpoint() {
        long size = checkpoint.size();
        publish();
        if (checkpoint.size() != size) {
            storage.keep(checkpoint.size(), checkpoint.text());
        }
        return checkpoint;
    }

    /** @throws RequestRefused where the tree has no such leaf or size */
    public synchronized List<byte[]> inclusion(long index, long size) {
        if (size > tree.size() || index < 0 || index >= size) {
            throw RequestRefused.notFound("the log has " + tree.size() + " entries");
        }
        return tree.inclusion(index, size);
    }

    /** @throws RequestRefused where the tree has no such sizes */
    public synchronized List<byte[]> consistency(long from, long to) {
        if (to > tree.size() || from < 0 || from > to) {
            throw RequestRefused.notFound("the log has " + tree.size() + " entries");
        }
        return tree.consistency(from, to);
    }
}
