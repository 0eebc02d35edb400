package dev.husk.benchmark.gateway;

import java.io.Serial;

/** The gateway answered something that makes the figures worthless. */
public final class LoadFailedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    public LoadFailedException(String message) {
        super(message);
    }

    public LoadFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
