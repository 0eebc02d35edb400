package dev.husk.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.kbs.Release;
import dev.husk.runtime.attest.Attestation;
import dev.husk.runtime.attest.GatewayException;
import dev.husk.runtime.attest.Lease;
import dev.husk.runtime.attest.RefusedException;
import dev.husk.runtime.attest.ReleaseRequest;
import dev.husk.runtime.attest.Sandbox;
import dev.husk.runtime.attest.UnprovenReleaseException;
import dev.husk.runtime.data.ObjectStore;
import dev.husk.runtime.data.RunObjects;
import dev.husk.runtime.load.ActionArchive;
import dev.husk.runtime.load.ActionCode;
import dev.husk.runtime.load.ActionLoader;
import dev.husk.runtime.load.ActionSource;
import dev.husk.runtime.load.EntryPoint;
import dev.husk.runtime.load.SourceErrorsException;
import dev.husk.runtime.timing.ColdStart;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What {@code /init} and {@code /run} do, in the statuses and words of OpenWhisk's Java runtime. The caller sees to it
 * that nothing overlaps but runs of a {@link #concurrent} action; {@link #revoke} may be called from any thread.
 */
final class ActionRuntime {
    private static final String SEE_LOGS = "An error has occurred (see logs for details): ";
    private static final String ONCE = "Cannot initialize the action more than once.";

    private final Optional<Attestation> attestation;
    private final ActivationLog log;
    private final Environment environment;
    private final Path folder;
    private final ScheduledExecutorService daemon;
    private final Clock clock = Clock.systemUTC();
    private final ColdStart timing = new ColdStart();
    private final ObjectStore store = new ObjectStore();
    private final Set<ConfidentialRun> running = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean timed = new AtomicBoolean();
    private volatile Optional<LoadedAction> action = Optional.empty();
    private Optional<Lease> lease = Optional.empty();
    private boolean bound;

    /**
     * @param attestation empty for a runtime that runs plain actions only
     * @param folder for the archive and sealed results; private to this process
     * @param daemon renews leases
     */
    ActionRuntime(
            Optional<Attestation> attestation,
            ActivationLog log,
            Environment environment,
            Path folder,
            ScheduledExecutorService daemon) {
        this.attestation = attestation;
        this.log = log;
        this.environment = environment;
        this.folder = folder;
        this.daemon = daemon;
    }

    /** Whether the platform lets runs of an action overlap that says it is thread-safe. */
    boolean mayOverlap() {
        return environment.concurrent();
    }

    /** Whether runs of the action may overlap. */
    boolean concurrent() {
        return action.map(LoadedAction::concurrent).orElse(false);
    }

    Answer init(JsonObject body) {
        if (action.isPresent() || bound) {
            log.error(ONCE);
            return Answer.rejected(Answer.FAILED, ONCE);
        }
        InitRequest request;
        try {
            request = InitRequest.parse(body);
        } catch (IllegalArgumentException e) {
            return Answer.rejected(Answer.FAILED, String.valueOf(e.getMessage()));
        }
        try {
            var code = timing.measure("hash", () -> code(request));
            var sandbox = bind(code, request);
            boolean anyName = sandbox.isEmpty() || sandbox.get().plain();
            environment.export(request.env(), name -> anyName || name.startsWith("__OW_"));
            var loaded = load(code, request, sandbox);
            if (loaded.concurrent()) {
                environment.withdrawRun();
                log.keepLinesWhole();
            }
            action = Optional.of(loaded);
            sandbox.ifPresent(identity -> lease = Optional.of(new Lease(identity, clock, daemon, this::revoke)));
            var ok = new JsonObject();
            ok.addProperty("ok", true);
            return new Answer(200, ok, false);
        } catch (UnboundException e) {
            log.error(String.valueOf(e.getMessage()));
            return Answer.failed(String.valueOf(e.getMessage()));
        } catch (SourceErrorsException e) {
            e.errors().forEach(log::error);
            return Answer.failed(SEE_LOGS + e);
        } catch (IOException | ReflectiveOperationException | LinkageError | RuntimeException e) {
            log.trace(e);
            return Answer.failed(SEE_LOGS + e);
        }
    }

    private static ActionCode code(InitRequest request) {
        return request.source() ? ActionSource.of(request.code()) : ActionArchive.decode(request.code());
    }

    private static final class UnboundException extends Exception {
        private static final long serialVersionUID = 1L;

        UnboundException(Exception cause) {
            super("The sandbox was not bound, so nothing was loaded: " + cause.getMessage(), cause);
        }
    }

    /** Nothing of the code is loaded, or compiled, before this has returned. */
    private Optional<Sandbox> bind(ActionCode code, InitRequest request) throws UnboundException {
        if (attestation.isEmpty()) {
            return Optional.empty();
        }
        try {
            var sandbox = attestation.get().bind(code.digest(), request.entry(), request.activation(), timing);
            bound = true;
            return Optional.of(sandbox);
        } catch (RefusedException e) {
            bound = true; // asking again would look like an attack, and be refused
            throw new UnboundException(e);
        } catch (IOException e) {
            throw new UnboundException(e);
        }
    }

    private LoadedAction load(ActionCode code, InitRequest request, Optional<Sandbox> sandbox)
            throws IOException, ReflectiveOperationException, SourceErrorsException {
        long before = System.nanoTime();
        ActionLoader loader = code.open(folder);
        try {
            var entry = EntryPoint.resolve(request.entry(), loader);
            boolean concurrent = mayOverlap() && (entry.threadSafe() || loader.declaredThreadSafe());
            return new LoadedAction(entry, loader, concurrent, sandbox);
        } catch (IOException | ReflectiveOperationException | LinkageError e) {
            loader.close();
            if (request.source() && e instanceof ClassNotFoundException) {
                throw new ClassNotFoundException(
                        e.getMessage() + " (the source has no such class: name the one to call as the action's main)");
            }
            throw e;
        } finally {
            timing.add("load", System.nanoTime() - before);
        }
    }

    Answer run(JsonObject body) {
        if (action.isEmpty()) {
            return Answer.rejected(Answer.FAILED, "Cannot invoke an uninitialized action.");
        }
        var value = body.get("value");
        if (value == null || !value.isJsonObject() && !value.isJsonArray()) {
            return Answer.rejected(400, "The request has no value that is an object or an array.");
        }
        log.install();
        var loaded = action.get();
        var activation = InitRequest.text(body, "activation_id");
        if (!loaded.concurrent()) {
            environment.exportContext(body);
        }
        var runLog = loaded.concurrent() ? log.of(activation) : log;
        if (loaded.sandbox().isPresent() && value instanceof JsonObject parameters && parameters.has("contract")) {
            boolean cold = timed.compareAndSet(false, true); // the times of overlapping runs would add up
            var run =
                    new ConfidentialRun(loaded, loaded.sandbox().get(), runLog, cold ? timing : new ColdStart(), clock);
            try {
                return confidential(run, parameters, activation);
            } finally {
                running.remove(run);
                if (cold) {
                    timed.set(false);
                }
            }
        }
        return plain(loaded, value, runLog);
    }

    private Answer plain(LoadedAction loaded, JsonElement value, ActivationLog log) {
        if (!loaded.entry().runsWithoutContext()) {
            return Answer.applicationError(
                    "this function runs under a contract only: name it in the parameters contract and function");
        }
        var outcome = ActionThread.start(() -> loaded.entry().call(value), loaded.loader())
                .await();
        if (outcome instanceof ActionThread.Threw threw) {
            log.trace(threw.thrown());
            return Answer.failed("An error has occurred while invoking the action (see logs for details): "
                    + EntryPoint.cause(threw.thrown()));
        }
        try {
            return Answer.of(Result.of(((ActionThread.Returned) outcome).value()));
        } catch (IllegalArgumentException e) {
            log.error(String.valueOf(e.getMessage()));
            return Answer.failed(String.valueOf(e.getMessage()));
        }
    }

    private Answer confidential(ConfidentialRun run, JsonObject value, String activation) {
        try {
            var request = ReleaseRequest.of(value, activation).orElseThrow();
            running.add(run); // a lease that ends from here on ends this run as well
            try (Release release = run.release(request)) {
                lease.ifPresent(held -> held.hold(release.leaseUntil()));
                return run(run, release);
            }
        } catch (IllegalArgumentException e) {
            return Answer.applicationError(String.valueOf(e.getMessage()));
        } catch (RefusedException | UnprovenReleaseException | GatewayException e) {
            run.log().error(String.valueOf(e.getMessage()));
            return Answer.applicationError(String.valueOf(e.getMessage()));
        }
    }

    private Answer run(ConfidentialRun run, Release release) {
        long start = System.nanoTime();
        try (var objects = new RunObjects(
                release, store, folder, () -> run.timing().add("firstByte", System.nanoTime() - start))) {
            var answer = run.run(release, objects);
            if (run.timing() == timing) {
                report(run, release);
            }
            return release.answerKey().map(key -> answer.sealed(release, key)).orElse(answer);
        } catch (IOException e) {
            run.log().trace(e);
            return Answer.failed(SEE_LOGS + "a sealed result could not be deleted");
        }
    }

    private void report(ConfidentialRun run, Release release) {
        var times = timing.report();
        if (times.isPresent()) {
            if (run.simulated() || release.simulated()) {
                run.log()
                        .husk(
                                "SIMULATED: no confidential hardware stands behind this sandbox; the machine's owner can read everything");
            }
            run.log().husk("timing " + times.get());
        }
    }

    /** Ends the lease: every running function loses its keys and data, and its answer will not count. */
    void revoke(String reason) {
        running.forEach(run -> run.revoke(reason));
    }
}
