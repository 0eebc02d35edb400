package dev.husk.protocol.contract;

/** Thrown when a statement is not what the given key signed. */
public final class InvalidSignatureException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidSignatureException(String message) {
        super(message);
    }
}
