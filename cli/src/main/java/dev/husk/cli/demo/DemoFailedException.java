package dev.husk.cli.demo;

/** Thrown when a step of the demo does not end as the story says. The message names the command and what it said. */
public final class DemoFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    DemoFailedException(String message) {
        super(message);
    }
}
