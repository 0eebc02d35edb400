/**
 * What operators see: health, figures, one line per decision.
 *
 * <p>What this does not do: show secrets, parameters or names of parties.
 */
@NullMarked
package dev.husk.gateway.operate;

import org.jspecify.annotations.NullMarked;
