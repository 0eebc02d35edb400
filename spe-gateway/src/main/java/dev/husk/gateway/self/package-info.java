/**
 * What the gateway says about itself: evidence, keys, health.
 *
 * <p>What this does not do: say that its own hardware is genuine, which the caller judges.
 */
@NullMarked
package dev.husk.gateway.self;

import org.jspecify.annotations.NullMarked;
