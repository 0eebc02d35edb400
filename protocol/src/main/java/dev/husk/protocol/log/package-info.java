/**
 * The transparency log's data: RFC 6962 hashes and proofs, C2SP checkpoints, leaves, events and receipts.
 *
 * <p>Pure checks over bytes; what this does not do: fetch anything, store anything, or protect against a log that
 * shows two audiences two trees.
 */
@NullMarked
package dev.husk.protocol.log;

import org.jspecify.annotations.NullMarked;
