/**
 * Which servers a client believes.
 *
 * <p>What this does not do: open a connection.
 */
@NullMarked
package dev.husk.protocol.tls;

import org.jspecify.annotations.NullMarked;
