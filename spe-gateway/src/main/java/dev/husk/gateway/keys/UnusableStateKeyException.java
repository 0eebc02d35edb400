package dev.husk.gateway.keys;

/** Thrown where a state key is stored that this gateway cannot open: another chip's, another software's, or damaged. */
public final class UnusableStateKeyException extends Exception {
    private static final long serialVersionUID = 1L;

    UnusableStateKeyException(String message) {
        super(message);
    }
}
