package dev.husk.local.whisk;

import dev.husk.local.process.ChildOutput;
import dev.husk.local.process.ChildProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** One runtime process: a container that serves one revision of one action, or none yet. */
final class Sandbox {
    private static final System.Logger LOG = System.getLogger(Sandbox.class.getName());

    private final String id;
    private final SandboxKind kind;
    private final int memory;
    private final int port;
    private final SandboxLog log;
    private final ChildProcess process;
    private final Path folder;
    private final Runnable onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();

    // Guarded by the pool's lock.
    private String revision = "";
    private Instant lastUse;

    private Sandbox(
            String id,
            SandboxKind kind,
            int memory,
            int port,
            SandboxLog log,
            ChildProcess process,
            Path folder,
            Runnable onEnd,
            Instant now) {
        this.id = id;
        this.kind = kind;
        this.memory = memory;
        this.port = port;
        this.log = log;
        this.process = process;
        this.folder = folder;
        this.onEnd = onEnd;
        this.lastUse = now;
    }

    static Sandbox start(
            String id, SandboxKind kind, int memory, String apiHost, SandboxHooks hooks, Path folder, Clock clock)
            throws IOException {
        var launch = hooks.beforeStart(id, kind);
        try {
            int port = freePort();
            var command = new ArrayList<String>();
            for (var part : kind.command()) {
                command.add(part.replace("{port}", Integer.toString(port)).replace("{memory}", "" + memory));
            }
            command.addAll(launch.arguments());
            var environment = new HashMap<>(Map.of("__OW_API_HOST", apiHost));
            environment.putAll(kind.environment());
            Files.createDirectories(folder);
            var log = new SandboxLog(clock);
            var process =
                    ChildProcess.start(command, environment, folder, new ChildOutput.ToLines(log::stdout, log::stderr));
            return new Sandbox(id, kind, memory, port, log, process, folder, launch.onEnd(), clock.instant());
        } catch (IOException | RuntimeException e) {
            launch.onEnd().run();
            throw e;
        }
    }

    String id() {
        return id;
    }

    SandboxKind kind() {
        return kind;
    }

    int memory() {
        return memory;
    }

    int port() {
        return port;
    }

    SandboxLog log() {
        return log;
    }

    boolean isAlive() {
        return !ended.get() && process.isAlive();
    }

    /** The action's revision that was sent to {@code /init}; empty before. */
    String revision() {
        return revision;
    }

    void serves(String revision) {
        this.revision = revision;
    }

    Instant lastUse() {
        return lastUse;
    }

    void usedAt(Instant now) {
        lastUse = now;
    }

    void onExit(Runnable action) {
        process.onExit().thenRun(action);
    }

    /** Ends the process and tells the hook, once. Returns when the process has ended and all it printed is in the log. */
    void end(String signal, Duration grace) {
        process.stop(signal, grace);
        if (ended.compareAndSet(false, true)) {
            try {
                onEnd.run();
            } catch (RuntimeException e) { // the hook is not ours, and the folder must go
                LOG.log(System.Logger.Level.WARNING, "sandbox " + id + ": the end hook failed", e);
            }
            deleteFolder();
        }
    }

    private void deleteFolder() {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            LOG.log(System.Logger.Level.WARNING, "sandbox " + id + ": cannot delete its folder: " + e.getMessage());
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public String toString() {
        return "sandbox " + id + " (" + kind.name() + ")";
    }
}
