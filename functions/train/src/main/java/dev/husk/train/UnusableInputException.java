package dev.husk.train;

/** Parameters or datasets that nothing can be trained from. The message is the caller's, and quotes no data value. */
final class UnusableInputException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableInputException(String message) {
        super(message);
    }
}
