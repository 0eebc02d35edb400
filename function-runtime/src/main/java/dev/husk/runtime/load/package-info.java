/**
 * The action archive: its bytes and digest, its class loader, its entry point.
 *
 * <p>What this does not do: keep hostile code from anything. The loader hides the runtime's own classes so that nobody
 * depends on them by accident; code that the contract names is trusted for what the contract lets it do.
 */
@NullMarked
package dev.husk.runtime.load;

import org.jspecify.annotations.NullMarked;
