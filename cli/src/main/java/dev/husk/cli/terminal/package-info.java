/**
 * What differs between a person's terminal and a script's pipe: colour, progress bars, figures for people.
 *
 * <p>What this does not do: move the cursor up, read keys, or know what it shows.
 */
@NullMarked
package dev.husk.cli.terminal;

import org.jspecify.annotations.NullMarked;
