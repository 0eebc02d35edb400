package dev.husk.protocol.contract;

import java.util.ArrayList;
import java.util.List;

/** Thrown for a contract that contradicts itself or leaves something open; names every problem at once. */
public final class InvalidContractException extends Exception {
    private static final long serialVersionUID = 1L;

    private static final int MOST = 200;

    private final transient List<String> problems;

    InvalidContractException(List<String> problems) {
        super(String.join("; ", first(problems)));
        this.problems = first(problems);
    }

    private static List<String> first(List<String> problems) {
        if (problems.size() <= MOST) {
            return List.copyOf(problems);
        }
        var shown = new ArrayList<>(problems.subList(0, MOST));
        shown.add("and " + (problems.size() - MOST) + " more problems");
        return List.copyOf(shown);
    }

    /** Each problem: where, and what is wrong. Never empty; after {@value #MOST}, only how many more there are. */
    public List<String> problems() {
        return problems;
    }
}
