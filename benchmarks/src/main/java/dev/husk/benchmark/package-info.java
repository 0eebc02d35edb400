/**
 * How long the project's own steps take, each beside the bare work that no implementation could avoid, in one run.
 *
 * <p>What this does not do: it promises no absolute times, and measures no process start, network or disk.
 */
@NullMarked
package dev.husk.benchmark;

import org.jspecify.annotations.NullMarked;
