/**
 * Whether a gateway's log tells one contract's whole history: leaves, checkpoints and openings in, findings out. No
 * I/O.
 *
 * <p>What this does not do: protect against a gateway that shows two parties two logs, which they notice only by
 * comparing checkpoints (or by witnesses).
 */
@NullMarked
package dev.husk.cli.log;

import org.jspecify.annotations.NullMarked;
