/**
 * Contracts: proposed, accepted over the same bytes by all, suspended by any.
 *
 * <p>What this does not do: release keys.
 */
@NullMarked
package dev.husk.gateway.contract;

import org.jspecify.annotations.NullMarked;
