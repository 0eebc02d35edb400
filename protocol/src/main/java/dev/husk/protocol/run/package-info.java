/**
 * What a sandbox states about a run, and how anybody checks it later: in-toto statements with SLSA provenance, DSSE
 * envelopes, and the proof that a result came from exactly this code, data and contract. No I/O.
 *
 * <p>What this does not do: look at the evidence that a sandbox was bound by; the gateway did, and its log says so.
 */
@NullMarked
package dev.husk.protocol.run;

import org.jspecify.annotations.NullMarked;
