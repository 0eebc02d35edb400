/**
 * Whether a gateway's log tells one contract's whole history: leaves, checkpoints and openings in, findings out. No
 * I/O.
 *
 * <p>What this does not do: notice by itself a gateway that shows two parties two logs. Cosignatures of witnesses that are
 * demanded show it, and so does a checkpoint that another reader saw.
 */
@NullMarked
package dev.husk.cli.log;

import org.jspecify.annotations.NullMarked;
