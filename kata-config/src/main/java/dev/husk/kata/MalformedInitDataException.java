package dev.husk.kata;

/** A text that no guest would take as initdata. */
public final class MalformedInitDataException extends Exception {
    MalformedInitDataException(String message) {
        super(message);
    }
}
