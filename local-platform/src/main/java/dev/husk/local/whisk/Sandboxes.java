package dev.husk.local.whisk;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The container pool. A sandbox serves one revision of one action, one activation at a time; an idle one is reused for
 * the same revision, and ends after a while, or when its room is needed.
 *
 * <p>An activation takes, in this order: an idle sandbox of its revision, a prewarmed one of its kind and memory, a new
 * one, the room of the one that has been idle longest, or a place in the queue.
 *
 * <p>Safe to share between threads.
 */
final class Sandboxes implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Sandboxes.class.getName());
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final SandboxLimits limits;
    private final Map<String, SandboxKind> kinds;
    private final SandboxHooks hooks;
    private final Path folder;
    private final String apiHost;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final ExecutorService background = Executors.newCachedThreadPool(Daemons.named("sandboxes"));

    // All below is guarded by this. A sandbox that is being started counts in "starting" only.
    private final List<Sandbox> idle = new ArrayList<>();
    private final List<Sandbox> prewarmed = new ArrayList<>();
    private final List<Sandbox> busy = new ArrayList<>();
    private int starting;
    private boolean closed;

    Sandboxes(
            SandboxLimits limits,
            Map<String, SandboxKind> kinds,
            SandboxHooks hooks,
            Path folder,
            String apiHost,
            Clock clock) {
        this.limits = limits;
        this.kinds = kinds;
        this.hooks = hooks;
        this.folder = folder;
        this.apiHost = apiHost;
        this.clock = clock;
    }

    /** How many sandboxes there are, by state. */
    record Count(int busy, int idle, int prewarmed, int starting) {}

    /** No sandbox became free in time, or the server closes. */
    static final class Unavailable extends Exception {
        Unavailable(String message) {
            super(message);
        }
    }

    /** What an activation may do: use {@code taken}, or start a sandbox once {@code evicted} has ended. */
    private record Turn(@Nullable Sandbox taken, @Nullable Sandbox evicted) {}

    synchronized Count count() {
        return new Count(busy.size(), idle.size(), prewarmed.size(), starting);
    }

    /**
     * Takes a sandbox, which the caller must give back with {@link #release} or {@link #destroy}. Its
     * {@link Sandbox#revision} is empty if it needs {@code /init}.
     *
     * @throws IOException if a process cannot be started
     */
    Sandbox acquire(SandboxKind kind, int memory, String revision)
            throws Unavailable, IOException, InterruptedException {
        var turn = turn(kind, memory, revision);
        var taken = turn.taken();
        if (taken != null) {
            prewarm();
            return taken;
        }
        var evicted = turn.evicted();
        if (evicted != null) {
            evicted.end("TERM", GRACE);
        }
        return start(kind, memory, busy);
    }

    private synchronized Turn turn(SandboxKind kind, int memory, String revision)
            throws Unavailable, InterruptedException {
        long end = System.nanoTime() + limits.queue().toNanos();
        while (true) {
            if (closed) {
                throw new Unavailable("The server is closing.");
            }
            var found = takeNewest(idle, sandbox -> sandbox.revision().equals(revision))
                    .or(() -> takeNewest(
                            prewarmed, sandbox -> sandbox.kind().equals(kind) && sandbox.memory() == memory));
            if (found.isPresent()) {
                busy.add(found.get());
                return new Turn(found.get(), null);
            }
            if (idle.size() + prewarmed.size() + busy.size() + starting < limits.most()) {
                starting++;
                return new Turn(null, null);
            }
            var evicted = oldestIdle();
            if (evicted.isPresent()) {
                starting++;
                return new Turn(null, evicted.get());
            }
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new Unavailable("No sandbox became free within %d s; all %d are busy."
                        .formatted(limits.queue().toSeconds(), limits.most()));
            }
            wait(left / 1_000_000 + 1);
        }
    }

    /** Gives back a sandbox for more activations of the same revision. */
    void release(Sandbox sandbox) {
        synchronized (this) {
            busy.remove(sandbox);
            if (sandbox.isAlive() && !closed) {
                sandbox.usedAt(clock.instant());
                idle.add(sandbox);
                notifyAll();
                return;
            }
            notifyAll();
        }
        sandbox.end("KILL", GRACE);
    }

    /** Ends a sandbox at once. Returns when all it printed is in its log. */
    void destroy(Sandbox sandbox) {
        sandbox.end("KILL", GRACE);
        forget(sandbox);
    }

    /** Ends, soon, the idle sandboxes that serve a revision which nobody will ask for again. */
    void retire(String revision) {
        endAll(takeAll(sandbox -> sandbox.revision().equals(revision)));
    }

    /** Ends the sandboxes that have been idle too long. Prewarmed ones stay. */
    void reap() {
        var before = clock.instant().minus(limits.idle());
        endAll(takeAll(sandbox -> !sandbox.lastUse().isAfter(before)));
    }

    /** Starts the prewarmed sandboxes that are missing, in the background, as far as there is room. */
    void prewarm() {
        for (var cells : limits.stemCells()) {
            var kind = kinds.get(cells.kind());
            if (kind == null) {
                throw new IllegalArgumentException("stem cells of an unknown kind: " + cells.kind());
            }
            background.execute(() -> prewarm(cells, kind));
        }
    }

    private void prewarm(SandboxLimits.StemCells cells, SandboxKind kind) {
        try {
            while (true) {
                synchronized (this) {
                    long present = prewarmed.stream()
                            .filter(sandbox -> sandbox.kind().equals(kind) && sandbox.memory() == cells.memory())
                            .count();
                    int all = idle.size() + prewarmed.size() + busy.size() + starting;
                    if (closed || starting > 0 || present >= cells.count() || all >= limits.most()) {
                        return;
                    }
                    starting++;
                }
                start(kind, cells.memory(), prewarmed);
            }
        } catch (IOException | Unavailable e) {
            LOG.log(System.Logger.Level.WARNING, "cannot prewarm " + kind.name() + ": " + e.getMessage());
        }
    }

    /** Starts a process for a place already counted in {@code starting}. */
    private Sandbox start(SandboxKind kind, int memory, List<Sandbox> state) throws IOException, Unavailable {
        Sandbox sandbox = null;
        boolean late = false;
        try {
            var id = newId();
            sandbox = Sandbox.start(id, kind, memory, apiHost, hooks, folder.resolve(id), clock);
        } finally {
            synchronized (this) {
                starting--;
                late = closed;
                if (sandbox != null && !late) {
                    state.add(sandbox);
                }
                notifyAll();
            }
        }
        if (late) {
            sandbox.end("KILL", GRACE);
            throw new Unavailable("The server is closing.");
        }
        var started = sandbox;
        sandbox.onExit(() -> background(() -> exited(started)));
        return sandbox;
    }

    /** A process ended by itself. Who is using it finds out; an idle one must not be handed out again. */
    private void exited(Sandbox sandbox) {
        synchronized (this) {
            if (busy.contains(sandbox)) {
                return;
            }
        }
        destroy(sandbox);
    }

    private synchronized void forget(Sandbox sandbox) {
        busy.remove(sandbox);
        idle.remove(sandbox);
        prewarmed.remove(sandbox);
        notifyAll();
    }

    private synchronized List<Sandbox> takeAll(Predicate<Sandbox> which) {
        var taken = idle.stream().filter(which).toList();
        idle.removeAll(taken);
        notifyAll();
        return taken;
    }

    private Optional<Sandbox> takeNewest(List<Sandbox> from, Predicate<Sandbox> which) {
        var found = from.stream().filter(which).filter(Sandbox::isAlive).max(Comparator.comparing(Sandbox::lastUse));
        found.ifPresent(from::remove);
        return found;
    }

    private Optional<Sandbox> oldestIdle() {
        var from = idle.isEmpty() ? prewarmed : idle;
        var found = from.stream().min(Comparator.comparing(Sandbox::lastUse));
        found.ifPresent(from::remove);
        return found;
    }

    private void endAll(List<Sandbox> sandboxes) {
        sandboxes.forEach(sandbox -> background(() -> sandbox.end("TERM", GRACE)));
    }

    private void background(Runnable task) {
        try {
            background.execute(task);
        } catch (RejectedExecutionException e) {
            // After close, which ends every sandbox itself.
            LOG.log(System.Logger.Level.DEBUG, "closing");
        }
    }

    private String newId() {
        var bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Ends every sandbox, busy ones too. */
    @Override
    public void close() {
        var all = new ArrayList<Sandbox>();
        synchronized (this) {
            closed = true;
            all.addAll(idle);
            all.addAll(prewarmed);
            all.addAll(busy);
            idle.clear();
            prewarmed.clear();
            notifyAll();
        }
        CompletableFuture.allOf(all.stream()
                        .map(sandbox -> CompletableFuture.runAsync(() -> sandbox.end("TERM", GRACE), background))
                        .toArray(CompletableFuture[]::new))
                .join();
        background.shutdown();
    }
}
