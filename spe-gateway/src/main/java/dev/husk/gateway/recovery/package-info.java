/**
 * Shares of the state key: made for the holders that the configuration names, made anew with each new state key and for
 * other holders once the present ones agree, and put together again on a gateway that lost its key.
 *
 * <p>What this does not do: judge the machine that the shares are given to, which each holder does.
 */
@NullMarked
package dev.husk.gateway.recovery;

import org.jspecify.annotations.NullMarked;
