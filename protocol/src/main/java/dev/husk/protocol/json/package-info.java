/**
 * Strict JSON (RFC 8259, I-JSON), its canonical form (RFC 8785), and the text forms of bytes.
 *
 * <p>What this does not do: bind JSON to classes.
 */
@NullMarked
package dev.husk.protocol.json;

import org.jspecify.annotations.NullMarked;
