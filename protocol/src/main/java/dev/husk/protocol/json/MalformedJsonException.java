package dev.husk.protocol.json;

/** Thrown when bytes are not the JSON that the protocol takes. The message says where; it never quotes values. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedJsonException(String message) {
        super(message);
    }
}
