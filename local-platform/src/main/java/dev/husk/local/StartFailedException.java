package dev.husk.local;

/** The local platform cannot start. The message is one that a person can act on without a stack trace. */
public final class StartFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailedException(String problem) {
        super(problem);
    }

    StartFailedException(String problem, Throwable cause) {
        super(problem, cause);
    }
}
