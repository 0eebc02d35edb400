package dev.husk.cli.witness;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.AddCheckpoint;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.VerifierKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** A log of some entries with its key. */
final class GrowingLog {
    private final String origin;
    private final PartySigner signer;
    private final KeptTree tree = new KeptTree();

    GrowingLog(String origin, int entries) {
        this(origin, PartySigner.generate(), entries, 0);
    }

    private GrowingLog(String origin, PartySigner signer, int entries, int history) {
        this.origin = origin;
        this.signer = signer;
        for (int i = 0; i < entries; i++) {
            tree.append(MerkleHash.leaf(
                    ByteBuffer.allocate(8).putInt(i).putInt(history).array()));
        }
    }

    /** The same log with another history. */
    GrowingLog fork() {
        return new GrowingLog(origin, signer, (int) tree.size(), 1);
    }

    String origin() {
        return origin;
    }

    VerifierKey key() {
        return VerifierKey.of(origin, signer.key().raw());
    }

    Map<String, List<VerifierKey>> trusted() {
        return Map.of(origin, List.of(key()));
    }

    byte[] root(long size) {
        return tree.root(size);
    }

    Checkpoint checkpoint(long size) {
        return Checkpoint.of(origin, size, tree.root(size)).sign(origin, signer);
    }

    byte[] request(long old, long size) {
        return request(old, old, size);
    }

    /** With a proof that starts elsewhere than the request says. */
    byte[] request(long old, long proofFrom, long size) {
        return new AddCheckpoint(old, tree.consistency(proofFrom, size), checkpoint(size))
                .text()
                .getBytes(StandardCharsets.UTF_8);
    }
}
