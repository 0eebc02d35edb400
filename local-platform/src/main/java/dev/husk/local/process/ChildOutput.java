package dev.husk.local.process;

import java.nio.file.Path;
import java.util.function.Consumer;

/** Where what a child prints goes. */
public sealed interface ChildOutput {

    /** Both streams, appended to one file. */
    record ToFile(Path path) implements ChildOutput {}

    /**
     * Each stream, line by line, without the line end. Each consumer is called by one thread of its own; while it does
     * not return, the child's writes block. Lines of more than 64 Ki characters arrive in pieces.
     */
    record ToLines(Consumer<String> stdout, Consumer<String> stderr) implements ChildOutput {}
}
