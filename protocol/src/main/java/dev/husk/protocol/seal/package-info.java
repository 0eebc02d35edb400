/**
 * HPKE envelopes (RFC 9180): DHKEM-X25519-HKDF-SHA256, HKDF-SHA256, AES-256-GCM, base mode.
 *
 * <p>What this does not do: say who sealed. A sender signs the envelope.
 */
@NullMarked
package dev.husk.protocol.seal;

import org.jspecify.annotations.NullMarked;
