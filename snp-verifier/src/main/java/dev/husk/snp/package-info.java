/**
 * Verifies AMD SEV-SNP attestation reports: bytes in, sealed verdict out.
 *
 * <p>{@link dev.husk.snp.SnpVerifier} is the door. Clock, trust anchors and revocation are arguments; nothing here
 * reads a file or a network, or remembers anything. What this does not do: fetch certificates, protect against an
 * attacker who holds a processor's keys.
 */
@NullMarked
package dev.husk.snp;

import org.jspecify.annotations.NullMarked;
