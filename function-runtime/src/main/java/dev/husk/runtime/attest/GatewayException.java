package dev.husk.runtime.attest;

import java.io.IOException;

/** The gateway did not answer, or not in a way that can be used. Says nothing about what it would have decided. */
public final class GatewayException extends IOException {
    private static final long serialVersionUID = 1L;

    GatewayException(String message) {
        super(message);
    }

    GatewayException(String message, Throwable cause) {
        super(message, cause);
    }
}
