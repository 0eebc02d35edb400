package dev.husk.runtime.data;

import java.io.IOException;

/** Thrown when the store does not give or take an object. The message names the object and quotes no data. */
public final class StoreFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    StoreFailedException(String message) {
        super(message);
    }

    StoreFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
