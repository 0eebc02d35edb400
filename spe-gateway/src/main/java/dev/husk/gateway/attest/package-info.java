/**
 * Attestation: the KBS handshake, and one binding per sandbox, ever (design section 5).
 *
 * <p>What this does not do: decide what a sandbox may read.
 */
@NullMarked
package dev.husk.gateway.attest;

import org.jspecify.annotations.NullMarked;
