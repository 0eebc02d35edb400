package dev.husk.local.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A running command in a process group of its own, which never outlives the JVM that started it.
 *
 * <p>Between the two stands a small shell. It holds the other end of a pipe from this JVM: signals are sent through
 * it, and when it ends, because the JVM closed it, exited or was killed by SIGKILL, the shell stops the whole group:
 * SIGTERM, and SIGKILL five seconds later. What the command leaves running in its group when it ends is killed too.
 *
 * <p>The command gets an empty standard input. A descendant that makes a session of its own, as PostgreSQL's backends
 * do, gets no signal from here and must end with its parent by itself. Safe to share between threads. POSIX only.
 */
public final class ChildProcess implements AutoCloseable {
    /** Variables of this JVM's own environment that a child inherits unless given others; no other is inherited. */
    public static final List<String> INHERITED =
            List.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "JAVA_HOME");

    /** How long a command may take to end after {@link #close} before it is killed. */
    public static final Duration GRACE = Duration.ofSeconds(5);

    private static final Duration OUTPUT_TIME = Duration.ofSeconds(1);
    private static final Duration KILL_TIME = Duration.ofSeconds(10);

    // The trapped signals are those that a terminal sends to this JVM's group; the shell must outlive the JVM to clean
    // up. A trap command, not an ignored signal, since a command would inherit the latter.
    private static final String WATCHER = """
            trap : INT QUIT HUP TERM
            exec 3<&0
            if command -v setsid >/dev/null 2>&1; then
              setsid "$@" </dev/null 3<&- &
            else
              set -m
              "$@" </dev/null 3<&- &
              set +m
            fi
            child=$!
            exec >/dev/null 2>&1
            send() { kill -s "$1" -- "-$child" || kill -s "$1" "$child"; }
            (
              trap '' INT QUIT HUP TERM
              while read -r signal <&3; do send "$signal"; done
              send TERM
              for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25; do
                kill -0 "$child" || exit 0
                sleep 0.2
              done
              send KILL
            ) &
            watcher=$!
            exec 3<&- </dev/null
            wait "$child"
            code=$?
            while kill -0 "$child"; do wait "$child"; code=$?; done
            kill -s KILL -- "-$child"
            kill -s KILL "$watcher"
            exit "$code"
            """;

    private final Process shell;
    private final String name;
    private final List<Thread> pumps;

    private ChildProcess(Process shell, String name, List<Thread> pumps) {
        this.shell = shell;
        this.name = name;
        this.pumps = pumps;
    }

    /**
     * Starts a command. A command that cannot be executed is not an exception here: it ends at once with exit code 126
     * or 127 and says why in its output.
     *
     * @param environment the child's environment, in addition to {@link #INHERITED}
     * @throws IOException if there is no shell, the directory is missing or the log file cannot be written
     */
    public static ChildProcess start(
            List<String> command, Map<String, String> environment, Path directory, ChildOutput output)
            throws IOException {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("no command");
        }
        var line = new ArrayList<>(List.of("/bin/sh", "-c", WATCHER, "husk-child"));
        line.addAll(command);
        var builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.environment().keySet().retainAll(INHERITED);
        builder.environment().putAll(environment);
        if (output instanceof ChildOutput.ToFile file) {
            Files.createDirectories(file.path().toAbsolutePath().resolveSibling(""));
            builder.redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(file.path().toFile()));
        }
        var shell = builder.start();
        var name = Path.of(command.get(0)).getFileName() + "-" + shell.pid();
        if (output instanceof ChildOutput.ToLines lines) {
            return new ChildProcess(
                    shell,
                    name,
                    List.of(
                            LinePump.start(name + " stdout", shell.getInputStream(), lines.stdout()),
                            LinePump.start(name + " stderr", shell.getErrorStream(), lines.stderr())));
        }
        return new ChildProcess(shell, name, List.of());
    }

    public boolean isAlive() {
        return shell.isAlive();
    }

    /** Completes with the exit code when the command and its group have ended; 128 + n for death by signal n. */
    public CompletableFuture<Integer> onExit() {
        return shell.onExit().thenApply(Process::exitValue);
    }

    /** The process id of the shell in between; the command is its descendant. */
    public long pid() {
        return shell.pid();
    }

    /**
     * Sends a signal to the whole group. Does nothing if the command has ended.
     *
     * @param signal without SIG, such as {@code TERM} or {@code INT}
     */
    public void signal(String signal) {
        if (!signal.matches("[A-Z][A-Z0-9]*")) {
            throw new IllegalArgumentException("no signal name: " + signal);
        }
        try {
            var pipe = shell.getOutputStream();
            synchronized (shell) {
                pipe.write((signal + "\n").getBytes(StandardCharsets.US_ASCII));
                pipe.flush();
            }
        } catch (IOException e) {
            // The shell, and so the group, is gone; there is nobody left to tell.
            return;
        }
    }

    /**
     * Sends {@code signal}, waits for at most {@code grace}, then kills the group. Returns when the group has ended and
     * what it printed has been delivered.
     */
    public void stop(String signal, Duration grace) {
        signal(signal);
        if (!ended(grace)) {
            signal("KILL");
            if (!ended(KILL_TIME)) {
                shell.destroyForcibly();
            }
        }
        try {
            for (var pump : pumps) {
                // A descendant that left the group may hold the pipe open for ever.
                pump.join(OUTPUT_TIME.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@link #stop} with SIGTERM and {@link #GRACE}. */
    @Override
    public void close() {
        stop("TERM", GRACE);
    }

    private boolean ended(Duration time) {
        boolean interrupted = false;
        long end = System.nanoTime() + time.toNanos();
        try {
            while (true) {
                try {
                    return shell.waitFor(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    // An interrupted caller must not leave a child behind, so this goes on and restores the flag after.
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
