package dev.husk.cli;

/** A file of the log that is none. The message names it. */
final class UnreadableLogException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableLogException(String message) {
        super(message);
    }
}
