package dev.husk.function;

import java.io.IOException;

/** The grant under which the function runs does not name this dataset or result. */
public final class DatasetNotGrantedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String name;

    public DatasetNotGrantedException(String name, String refusal) {
        super(name + ": not granted (" + refusal + ")");
        this.name = name;
    }

    public String name() {
        return name;
    }
}
