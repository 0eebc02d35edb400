package dev.husk.local.whisk;

import java.io.IOException;
import java.util.List;

/** What the platform around does at the start and the end of every sandbox. */
@FunctionalInterface
public interface SandboxHooks {

    /**
     * Called once before a sandbox's process starts, on any thread, several at once.
     *
     * @param containerId unique among all sandboxes, ever
     * @throws IOException if the sandbox cannot be had; the activation then fails as a platform error
     */
    Launch beforeStart(String containerId, SandboxKind kind) throws IOException;

    /** Hooks that add nothing. */
    static SandboxHooks none() {
        return (containerId, kind) -> new Launch(List.of(), () -> {});
    }

    /**
     * What a starting sandbox gets.
     *
     * @param arguments appended to the kind's command
     * @param onEnd called exactly once, after the process has ended or failed to start
     */
    record Launch(List<String> arguments, Runnable onEnd) {
        public Launch {
            arguments = List.copyOf(arguments);
        }
    }
}
