/**
 * Who asks: parties by MicroProfile JWT.
 *
 * <p>What this does not do: replace a party's signature, which each statement carries.
 */
@NullMarked
package dev.husk.gateway.party;

import org.jspecify.annotations.NullMarked;
