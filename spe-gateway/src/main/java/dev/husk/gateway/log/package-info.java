/**
 * The event log: an append-only Merkle tree with signed checkpoints.
 *
 * <p>What this does not do: protect against a gateway that shows two audiences two trees, which takes witnesses.
 */
@NullMarked
package dev.husk.gateway.log;

import org.jspecify.annotations.NullMarked;
