package dev.husk.protocol.kbs;

/** Thrown when a JWE does not open. Says no more, so that it tells an attacker nothing. */
public final class JweException extends Exception {
    private static final long serialVersionUID = 1L;

    JweException() {
        super("the JWE does not open with this key");
    }
}
