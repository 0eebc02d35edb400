/**
 * A function that asks for more than it is granted; the demo runs it as an attack.
 *
 * <p>An archive of its own, which {@code infer}'s does not hold. What this does not do: get anything, if all is well.
 */
@NullMarked
package dev.husk.peek;

import org.jspecify.annotations.NullMarked;
