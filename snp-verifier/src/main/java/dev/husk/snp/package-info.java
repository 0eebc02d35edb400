/**
 * Verifies AMD SEV-SNP attestation reports: bytes in, sealed verdict out.
 *
 * <p>{@link dev.husk.snp.SnpVerifier} is the door. Clock, trust anchors and revocation are arguments; nothing here
 * reads a file or a network. A verifier remembers the chains that it built, and no verdict depends on that. What this
 * does not do: fetch certificates, protect against an attacker who holds a processor's keys.
 */
@NullMarked
package dev.husk.snp;

import org.jspecify.annotations.NullMarked;
