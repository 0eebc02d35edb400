/**
 * Whether a gateway is the one that a party pinned: evidence in, a judgement with every check out. No I/O.
 *
 * <p>What this does not do: fetch evidence, or protect a secret from a gateway whose pin says {@code any} where it
 * should name a measurement, or whose pin accepts simulated hardware.
 */
@NullMarked
package dev.husk.cli.gateway;

import org.jspecify.annotations.NullMarked;
