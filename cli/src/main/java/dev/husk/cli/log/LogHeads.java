package dev.husk.cli.log;

import dev.husk.protocol.log.Checkpoint;
import java.util.Optional;

/**
 * The tree heads that an audit holds the leaves against.
 *
 * @param remembered the newest that was verified before
 * @param before fetched before the events: every leaf it counts must come with its event
 * @param after came with the events; leaves that only it counts may still lack theirs
 */
public record LogHeads(Optional<Checkpoint> remembered, Checkpoint before, Checkpoint after) {}
