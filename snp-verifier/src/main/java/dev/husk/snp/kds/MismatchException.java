package dev.husk.snp.kds;

/** Thrown inside the package for bytes that are not what was asked for; the message says what they are. */
final class MismatchException extends Exception {
    private static final long serialVersionUID = 1L;

    MismatchException(String message) {
        super(message);
    }
}
