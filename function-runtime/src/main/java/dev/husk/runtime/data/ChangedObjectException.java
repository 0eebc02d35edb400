package dev.husk.runtime.data;

import java.io.IOException;

/** Thrown at the end of a dataset that is authentic, but not the very object that the release names. */
public final class ChangedObjectException extends IOException {
    private static final long serialVersionUID = 1L;

    ChangedObjectException(String name, String expected, String actual) {
        super("dataset %s: the release names %s, the store gave %s".formatted(name, expected, actual));
    }
}
