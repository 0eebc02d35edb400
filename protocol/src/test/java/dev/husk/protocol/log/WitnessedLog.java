package dev.husk.protocol.log;

import dev.husk.protocol.contract.PartySigner;
import java.util.ArrayList;
import java.util.List;

/** A log of some entries with its key, and a way to make another history of it. */
final class WitnessedLog {
    static final String ORIGIN = "log.example/husk";

    private final PartySigner signer;
    private final Tree tree = new Tree();

    WitnessedLog(int entries) {
        this(PartySigner.generate(), entries, 0);
    }

    private WitnessedLog(PartySigner signer, int entries, int salt) {
        this.signer = signer;
        for (int i = 0; i < entries; i++) {
            tree.append(MerkleHash.leaf(new byte[] {(byte) i, (byte) salt}));
        }
    }

    /** The same log's other history. */
    WitnessedLog fork() {
        return new WitnessedLog(signer, Math.toIntExact(tree.size()), 1);
    }

    VerifierKey key() {
        return VerifierKey.of(ORIGIN, signer.key().raw());
    }

    byte[] leafHash(int index) {
        return MerkleHash.leaf(new byte[] {(byte) index, 0});
    }

    List<byte[]> inclusion(long index, long size) {
        return new ArrayList<>(tree.inclusion(index, size));
    }

    Checkpoint checkpoint(long size) {
        return Checkpoint.of(ORIGIN, size, tree.root(size)).sign(ORIGIN, signer);
    }

    AddCheckpoint request(long old, long size) {
        return new AddCheckpoint(old, tree.consistency(old, size), checkpoint(size));
    }
}
