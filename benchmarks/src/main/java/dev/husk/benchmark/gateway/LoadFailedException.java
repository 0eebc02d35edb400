package dev.husk.benchmark.gateway;

import java.io.Serial;

/** The gateway answered something that makes the figures worthless. */
final class LoadFailedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    LoadFailedException(String message) {
        super(message);
    }

    LoadFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
