package dev.husk.store.minio;

import java.io.IOException;

/** Thrown when a store does not do what it was asked. The message is one line: the object, what failed, what to do. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What failed, for callers that act on it. */
    public enum Problem {
        NO_SUCH_OBJECT("no such object in the store; check the name, or upload it first"),
        NO_SUCH_BUCKET("the store has no such bucket; create it first"),
        ACCESS_DENIED("the store refuses access; check the access key, the secret key and what they may do"),
        CLOCK_WRONG("the clocks of this machine and of the store are too far apart; set them right"),
        NO_ANSWER("the store does not answer; check its address and that it runs"),
        NO_STORE("what answers at the store's address is no S3 store; check the address"),
        FULL("the store has no space left; free some there and try again"),
        CHANGED("the object was replaced while it was read; read it again"),
        TOO_LARGE("the object is longer than one upload can be; split it"),
        FAILED("the store failed; see whether its disk is full and what its log says, then try again");

        private final String advice;

        Problem(String advice) {
            this.advice = advice;
        }
    }

    private final Problem problem;

    StoreException(String object, Problem problem, String detail) {
        super(object + ": " + problem.advice + (detail.isEmpty() ? "" : " (" + detail + ")"));
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
