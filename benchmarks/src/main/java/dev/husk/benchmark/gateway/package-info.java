/**
 * The gateway under load: how many times in a second it attests a fresh sandbox and releases keys to it, what that costs
 * beside the cryptography it must contain, whether its memory stays flat, and whether a flood of strangers slows attested
 * sandboxes down. Everything is real but the hardware, which is simulated, and the object store, whose addresses are
 * signed and never used.
 *
 * <p>What this does not do: measure a network, or several replicas. Driver, gateway and database share one machine.
 */
@NullMarked
package dev.husk.benchmark.gateway;

import org.jspecify.annotations.NullMarked;
