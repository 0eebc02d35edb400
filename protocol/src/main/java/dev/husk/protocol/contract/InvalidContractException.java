package dev.husk.protocol.contract;

import java.util.List;

/** Thrown for a contract that contradicts itself or leaves something open; names every problem at once. */
public final class InvalidContractException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    InvalidContractException(List<String> problems) {
        super(String.join("; ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Each problem: where, and what is wrong. Never empty. */
    public List<String> problems() {
        return problems;
    }
}
