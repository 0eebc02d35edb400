package dev.husk.local.whisk;

import java.util.List;
import java.util.Map;

/**
 * How to start the runtime process of one kind of action.
 *
 * @param name as actions name it in {@code exec.kind}, such as {@code java-husk:default}
 * @param command program and arguments, started in a folder of the sandbox's own, so paths must be absolute; {@code {port}} becomes the port of 127.0.0.1 that the process must listen on,
 *     {@code {memory}} the action's memory limit in MiB
 * @param environment the process's environment, beyond what {@code ChildProcess} lets through
 */
public record SandboxKind(String name, List<String> command, Map<String, String> environment) {
    public SandboxKind {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.stream().noneMatch(part -> part.contains("{port}"))) {
            throw new IllegalArgumentException("kind " + name + ": the command has no {port}");
        }
    }

    /** Names the kind only, since arguments and environment may hold secrets. */
    @Override
    public String toString() {
        return "SandboxKind[" + name + "]";
    }
}
