package dev.husk.runtime.load;

import java.util.List;

/** The source of an action does not compile. */
public final class SourceErrorsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> errors;

    SourceErrorsException(List<String> errors) {
        super("the source does not compile: " + errors.get(0));
        this.errors = List.copyOf(errors);
    }

    /** What the compiler says, each with its line, the first ones of many. At least one. */
    public List<String> errors() {
        return errors;
    }
}
