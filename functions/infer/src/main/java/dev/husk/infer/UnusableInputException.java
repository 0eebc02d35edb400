package dev.husk.infer;

/** A parameter, row or model that nothing can be predicted from. The message is the caller's, and quotes no value. */
final class UnusableInputException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableInputException(String message) {
        super(message);
    }
}
