/**
 * The release decision, a pure function, and what carries it out.
 *
 * <p>What this does not do: judge evidence, which it is handed judged.
 */
@NullMarked
package dev.husk.gateway.release;

import org.jspecify.annotations.NullMarked;
