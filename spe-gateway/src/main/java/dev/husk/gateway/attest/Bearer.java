package dev.husk.gateway.attest;

import dev.husk.protocol.kbs.TeeKey;

/**
 * Whom a request is of, by its token or by the cookie of its handshake.
 *
 * @param sandbox the sandbox's name
 * @param key the key that this very token is about, to which answers are wrapped
 */
public record Bearer(String sandbox, TeeKey key) {}
