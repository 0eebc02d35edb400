package dev.husk.protocol.log;

/** Thrown when bytes that claim to be a part of a log do not follow the format. Says nothing about trust. */
public final class MalformedLogException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedLogException(String message) {
        super(message);
    }
}
