/**
 * The edge: what every request passes before anything else looks at it, and what each answer passes last.
 *
 * <p>What this does not do: decide who may have what.
 */
@NullMarked
package dev.husk.gateway.edge;

import org.jspecify.annotations.NullMarked;
