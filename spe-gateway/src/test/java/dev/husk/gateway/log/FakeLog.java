package dev.husk.gateway.log;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.VerifierKey;
import java.util.List;

/** A log as one replica has it: what it published, and what others have committed besides. */
final class FakeLog implements Cosigner.Log, AutoCloseable {
    static final String ORIGIN = "gateway.example/log";

    final PartySigner signer = PartySigner.generate();
    final VerifierKey key = VerifierKey.of(ORIGIN, signer.key().raw());
    private final KeptTree tree = new KeptTree();
    private long committed;
    private long published;

    /** Other replicas append. */
    synchronized void grow(int entries) {
        for (int i = 0; i < entries; i++) {
            tree.append(MerkleHash.leaf(("entry " + committed++).getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
    }

    /** This replica appends and publishes. */
    synchronized Checkpoint publish(int entries) {
        grow(entries);
        published = committed;
        return published();
    }

    synchronized Checkpoint head(long size) {
        return Checkpoint.of(ORIGIN, size, tree.root(size)).sign(ORIGIN, signer);
    }

    /** As many entries of another history, under the same key. */
    Checkpoint fork(int entries) {
        var other = new KeptTree();
        for (int i = 0; i < entries; i++) {
            other.append(MerkleHash.leaf(new byte[] {(byte) i}));
        }
        return Checkpoint.of(ORIGIN, entries, other.root()).sign(ORIGIN, signer);
    }

    @Override
    public synchronized Checkpoint published() {
        return head(published);
    }

    @Override
    public synchronized Checkpoint refreshed() {
        published = committed;
        return published();
    }

    @Override
    public synchronized byte[] root(long size) {
        return tree.root(size);
    }

    @Override
    public synchronized List<byte[]> consistency(long from, long to) {
        return tree.consistency(from, to);
    }

    @Override
    public void close() {
        signer.close();
    }
}
