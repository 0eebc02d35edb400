package dev.husk.cli.snp;

/** Thrown for input that cannot be judged at all. The message is for the person who gave it. */
public final class UnusableInputException extends Exception {
    private static final long serialVersionUID = 1L;

    public UnusableInputException(String message) {
        super(message);
    }
}
