/**
 * Where the time of a cold start goes.
 *
 * <p>What this does not do: measure what happens before the process starts, or warm runs.
 */
@NullMarked
package dev.husk.runtime.timing;

import org.jspecify.annotations.NullMarked;
