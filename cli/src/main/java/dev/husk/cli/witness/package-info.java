/**
 * A witness of transparency logs (C2SP {@code tlog-witness}): its key, its record of what it cosigned, and its HTTP server.
 * Needs the protocol alone.
 *
 * <p>What this does not do: speak TLS, look at a log's entries, or notice that its whole folder was put back to an older
 * state, other than by a checkpoint that carries a cosignature which the folder does not remember.
 */
@NullMarked
package dev.husk.cli.witness;

import org.jspecify.annotations.NullMarked;
