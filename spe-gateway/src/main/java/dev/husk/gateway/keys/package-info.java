/**
 * The gateway's own keys, the state key that seals them, and the parties' data keys.:decide who gets a key
 *
 * <p>What this does not do: .
 */
@NullMarked
package dev.husk.gateway.keys;

import org.jspecify.annotations.NullMarked;
