/**
 * What proofs cost in logs of many sizes.
 *
 * <p>What this does not measure: a gateway, its database, or the network that tiles come over.
 */
@NullMarked
package dev.husk.benchmark.log;

import org.jspecify.annotations.NullMarked;
