/**
 * What a confidential sandbox under Kata Containers is started with: initdata, and in it the agent policy, which HOST_DATA
 * of every attestation report names.
 *
 * <p>What this does not do: it talks to no cluster and no registry, computes no launch measurement, and does not
 * evaluate the agent policy.
 */
@NullMarked
package dev.husk.kata;

import org.jspecify.annotations.NullMarked;
