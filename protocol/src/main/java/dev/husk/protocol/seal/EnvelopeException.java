package dev.husk.protocol.seal;

/** Thrown when an envelope does not open: another key, other info or associated data, or changed bytes. */
public final class EnvelopeException extends Exception {
    private static final long serialVersionUID = 1L;

    EnvelopeException(String message) {
        super(message);
    }
}
