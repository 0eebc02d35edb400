package dev.husk.cli.log;

import dev.husk.protocol.log.RightEdge;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far one contract's chain was verified in the log, and what the next audit needs to go on from there.
 *
 * @param edge of the tree that was verified; the audit that goes on from it changes it
 * @param own the contract's leaves, in the order of the log
 * @param newest time of the newest event that was opened
 */
public record SeenChain(RightEdge edge, List<OwnLeaf> own, Optional<Instant> newest) {

    /** A leaf of the contract: its place, and its text. */
    public record OwnLeaf(long index, String text) {}

    public SeenChain {
        own = List.copyOf(own);
    }

    /** Nothing was read yet. */
    public static SeenChain nothing() {
        return new SeenChain(new RightEdge(), List.of(), Optional.empty());
    }

    /** Entries that were read. */
    public long size() {
        return edge.size();
    }
}
