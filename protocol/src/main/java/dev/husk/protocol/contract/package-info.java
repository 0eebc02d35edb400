/**
 * The contract: what parties sign, who they are, and what it means.
 *
 * <p>What this does not do: keep state (proposed, active, suspended), decide releases.
 */
@NullMarked
package dev.husk.protocol.contract;

import org.jspecify.annotations.NullMarked;
