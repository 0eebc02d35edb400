package dev.husk.runtime;

import java.util.Arrays;

/**
 * Gives the platform a clean answer when an action calls {@link System#exit}.
 *
 * <p>A JDK without security managers cannot forbid the call, so the process does end; but its shutdown hooks run first,
 * while the caller waits, and this one answers the calls in progress with 502, ends the log, and wipes keys. OpenWhisk
 * drops a container that answered 502 in any case. {@link Runtime#halt} skips the hooks: the platform then sees the
 * connection break, which it reports by itself.
 */
final class ExitGuard {
    private ExitGuard() {}

    static void install(RuntimeServer server, ActionRuntime runtime) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> guard(server, runtime), "exit-guard"));
    }

    private static void guard(RuntimeServer server, ActionRuntime runtime) {
        var reason = exitCalled()
                ? "An error has occurred while invoking the action (see logs for details): the action called system.exit"
                : "The runtime is being stopped.";
        runtime.revoke(reason);
        server.abort(reason);
    }

    /** A signal ends the process from a thread of the JVM's own, which does not go through {@link Runtime#exit}. */
    private static boolean exitCalled() {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Arrays::stream)
                .anyMatch(frame -> frame.getClassName().equals("java.lang.Runtime")
                        && frame.getMethodName().equals("exit"));
    }
}
