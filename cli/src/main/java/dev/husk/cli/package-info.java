/**
 * The {@code husk} command, for parties and operators.
 *
 * <p>Runs on a party's own machine, which the party trusts: signing keys stand here, and data is sealed here before
 * it leaves. What this does not do: protect a key from other programs of the same user.
 */
@NullMarked
package dev.husk.cli;

import org.jspecify.annotations.NullMarked;
