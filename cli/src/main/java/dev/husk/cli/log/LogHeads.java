package dev.husk.cli.log;

import dev.husk.protocol.log.Checkpoint;
import java.util.List;

/**
 * The tree heads that an audit holds the leaves against.
 *
 * @param known heads that somebody saw before
 * @param before fetched before the events: every leaf it counts must come with its event
 * @param after came with the events, and counts every event that is shown; leaves that only it counts may lack theirs
 */
public record LogHeads(List<KnownHead> known, Checkpoint before, Checkpoint after) {

    /**
     * A head that the log had, as somebody knows.
     *
     * @param own whether this machine verified it; otherwise another reader saw it
     */
    public record KnownHead(long size, byte[] root, boolean own) {
        public static KnownHead own(Checkpoint checkpoint) {
            return new KnownHead(checkpoint.size(), checkpoint.root(), true);
        }

        public static KnownHead ofAnother(Checkpoint checkpoint) {
            return new KnownHead(checkpoint.size(), checkpoint.root(), false);
        }
    }

    public LogHeads {
        known = List.copyOf(known);
    }
}
