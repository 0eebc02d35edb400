package dev.husk.store;

import java.io.IOException;

/** Thrown when a sealed object does not open: changed, cut, another object, or another key. Names the object. */
public final class TamperedObjectException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String identity;

    TamperedObjectException(String identity, String problem) {
        super("sealed object " + identity + ": " + problem);
        this.identity = identity;
    }

    /** Which object was asked for. */
    public String identity() {
        return identity;
    }
}
