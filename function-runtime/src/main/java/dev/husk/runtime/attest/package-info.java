/**
 * The sandbox as the gateway knows it: bound once to one archive, asking for a release for each run, holding a lease,
 * and saying in the log what it ran.
 *
 * <p>What this does not do: attest the gateway. A release is believed because its receipt is proven by the pinned key
 * of the log, and its keys reach only this sandbox because they are wrapped to the attested key.
 */
@NullMarked
package dev.husk.runtime.attest;

import org.jspecify.annotations.NullMarked;
