package dev.husk.cli.demo;

/** Runs {@code husk} commands as a person would type them. */
public interface Commands {

    /** What a command printed and how it ended. */
    record Ran(int exitCode, String out, String err) {}

    /** Runs one command to its end. Its input is no terminal. */
    Ran run(String... arguments);
}
