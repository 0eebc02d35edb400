package dev.husk.snp;

import java.util.List;

/** Thrown when JSON that should say what is expected leaves something out, or says something that nobody knows. */
public final class MalformedExpectationsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    MalformedExpectationsException(List<String> problems) {
        super("expectations: " + String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each with the member that it is about. */
    public List<String> problems() {
        return problems;
    }
}
