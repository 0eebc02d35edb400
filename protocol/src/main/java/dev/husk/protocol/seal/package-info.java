/**
 * HPKE envelopes (RFC 9180): DHKEM-X25519-HKDF-SHA256, HKDF-SHA256, AES-256-GCM, base mode; and sealed requests to
 * functions with their sealed answers.
 *
 * <p>What this does not do: say who sealed. A sender signs the envelope, or what is in it.
 */
@NullMarked
package dev.husk.protocol.seal;

import org.jspecify.annotations.NullMarked;
