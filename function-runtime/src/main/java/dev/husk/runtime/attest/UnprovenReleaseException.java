package dev.husk.runtime.attest;

/** A release came that the log does not prove, or that is another's. None of its keys was used. */
public final class UnprovenReleaseException extends Exception {
    private static final long serialVersionUID = 1L;

    UnprovenReleaseException(String problem) {
        super("the release is not proven: " + problem);
    }
}
