package dev.husk.cli.witness;

/** Thrown when a witness's folder cannot be used. The message says which file, what is wrong, and what to do. */
public final class UnusableWitnessException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableWitnessException(String message) {
        super(message);
    }
}
