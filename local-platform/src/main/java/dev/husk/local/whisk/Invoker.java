package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.local.whisk.Activation.Status;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Runs one invocation in a sandbox, as OpenWhisk's invoker does: what each answer of the runtime means, which of them
 * end the sandbox, and which logs belong to the activation.
 */
final class Invoker {
    /** Largest body of {@code /run}, either way. */
    static final int MAX_PAYLOAD = 1024 * 1024;

    private static final System.Logger LOG = System.getLogger(Invoker.class.getName());
    private static final int ATTEMPTS = 3;
    private static final Duration LOGS_AFTER_SUCCESS = Duration.ofSeconds(5);
    private static final Duration LOGS_AFTER_ERROR = Duration.ofMillis(500);
    private static final long LISTEN_POLL_NANOS = 10_000_000;

    private final Map<String, SandboxKind> kinds;
    private final Sandboxes sandboxes;
    private final RuntimeCall calls;
    private final String auth;
    private final Map<String, SandboxLog> running = new ConcurrentHashMap<>();
    private final Clock clock;

    Invoker(
            Map<String, SandboxKind> kinds,
            Sandboxes sandboxes,
            ScheduledExecutorService timer,
            String auth,
            Clock clock) {
        this.kinds = kinds;
        this.sandboxes = sandboxes;
        this.calls = new RuntimeCall(timer);
        this.auth = auth;
        this.clock = clock;
    }

    /** What becomes of the sandbox. */
    private enum Ending {
        /** It may serve again. */
        KEPT,
        /** It answered, but must not serve again. */
        BROKEN,
        /** It did not answer, so it has nothing more to log either. */
        GONE,
        /** It took too long. */
        TIMED_OUT,
        /** It cannot serve, through no fault of the action; another sandbox may. */
        SICK
    }

    private record Outcome(Status status, JsonElement result, Ending ending) {
        static Outcome developerError(Ending ending, String message) {
            return new Outcome(Status.DEVELOPER_ERROR, Activation.error(message), ending);
        }

        boolean kept() {
            return ending == Ending.KEPT;
        }
    }

    /** Blocks until the activation has ended. Never throws for what the action or its runtime does. */
    Activation run(Invocation invocation) throws InterruptedException {
        var action = invocation.action();
        var kind = kinds.get(kindOf(action));
        if (kind == null) {
            return failed(invocation, "The kind '" + kindOf(action) + "' is no longer known to this server.");
        }
        var limits = limitsOf(action);
        for (int attempt = 1; ; attempt++) {
            Sandbox sandbox;
            try {
                sandbox = sandboxes.acquire(kind, limits.memory(), action.revision());
            } catch (Sandboxes.Unavailable e) {
                return failed(invocation, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "cannot start a sandbox of " + kind.name(), e);
                return failed(invocation, "Failed to start a sandbox of kind '" + kind.name() + "'.");
            }
            boolean kept = false;
            try {
                long start = clock.millis();
                sandbox.log().begin(limits.logs() * 1024L * 1024L);
                running.put(invocation.id(), sandbox.log());
                boolean cold = sandbox.revision().isEmpty();
                var outcome = cold ? init(sandbox, invocation, limits) : null;
                long initialized = clock.millis();
                if (outcome == null) {
                    outcome = run(sandbox, invocation, limits, !cold);
                }
                if (outcome.ending() == Ending.SICK && attempt < ATTEMPTS) {
                    continue;
                }
                long end = clock.millis();
                kept = outcome.kept();
                var logs = logs(sandbox, outcome);
                return new Activation(
                        invocation.id(),
                        action.path(),
                        action.version(),
                        start,
                        end,
                        outcome.status(),
                        outcome.result(),
                        logs,
                        annotations(
                                invocation,
                                limits,
                                start,
                                cold ? initialized - start : -1,
                                outcome.ending() == Ending.TIMED_OUT),
                        invocation.cause());
            } finally {
                running.remove(invocation.id());
                if (kept) {
                    sandboxes.release(sandbox);
                } else {
                    sandboxes.destroy(sandbox);
                }
            }
        }
    }

    /** What a running activation has written, so that who waits for it sees how far it is; empty for all others. */
    Optional<List<String>> logsSoFar(String activationId) {
        return Optional.ofNullable(running.get(activationId)).map(SandboxLog::soFar);
    }

    private List<String> logs(Sandbox sandbox, Outcome outcome) throws InterruptedException {
        var log = sandbox.log();
        boolean complete = (outcome.kept() || outcome.ending() == Ending.BROKEN)
                && log.awaitEnd(outcome.kept() ? LOGS_AFTER_SUCCESS : LOGS_AFTER_ERROR);
        if (!outcome.kept()) {
            sandboxes.destroy(sandbox);
        }
        var lines = log.take();
        if (outcome.kept() && !complete) {
            lines.add(log.line("stderr", "There was an issue while collecting your logs. Data might be missing."));
        }
        return lines;
    }

    private @Nullable Outcome init(Sandbox sandbox, Invocation invocation, ActionLimits limits)
            throws InterruptedException {
        var time = limits.time();
        long end = System.nanoTime() + time.toNanos();
        var body = initBody(invocation, limits).toString().getBytes(StandardCharsets.UTF_8);
        while (true) {
            var left = Duration.ofNanos(end - System.nanoTime());
            if (left.isNegative()) {
                return Outcome.developerError(
                        Ending.TIMED_OUT,
                        "The action exceeded its time limits of " + limits.timeout()
                                + " milliseconds during initialization.");
            }
            try {
                var reply = calls.post(sandbox.port(), "/init", body, left, MAX_PAYLOAD);
                if (reply.status() == 200) {
                    sandbox.serves(invocation.action().revision());
                    return null;
                }
                return initFailure(reply);
            } catch (RuntimeCall.NoListener e) {
                if (!sandbox.isAlive()) {
                    return Outcome.developerError(
                            Ending.GONE, "The action did not initialize and exited unexpectedly.");
                }
                LockSupport.parkNanos(LISTEN_POLL_NANOS);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            } catch (RuntimeCall.TimedOut e) {
                return Outcome.developerError(
                        Ending.TIMED_OUT,
                        "The action exceeded its time limits of " + limits.timeout()
                                + " milliseconds during initialization.");
            } catch (IOException e) {
                return Outcome.developerError(Ending.GONE, "The action did not initialize and exited unexpectedly.");
            }
        }
    }

    private static Outcome initFailure(RuntimeCall.Reply reply) {
        var result = parse(reply) instanceof JsonObject object && object.has("error")
                ? object
                : Activation.error("The action failed during initialization: " + text(reply));
        return new Outcome(Status.DEVELOPER_ERROR, result, brokenOrSick(reply));
    }

    private Outcome run(Sandbox sandbox, Invocation invocation, ActionLimits limits, boolean warm) {
        var body = runBody(invocation, limits).toString().getBytes(StandardCharsets.UTF_8);
        try {
            return outcome(calls.post(sandbox.port(), "/run", body, limits.time(), MAX_PAYLOAD));
        } catch (RuntimeCall.TimedOut e) {
            return Outcome.developerError(
                    Ending.TIMED_OUT, "The action exceeded its time limits of " + limits.timeout() + " milliseconds.");
        } catch (IOException e) {
            // A warm sandbox that no longer listens died while idle: that is not this activation's fault.
            boolean sick = warm && e instanceof RuntimeCall.NoListener;
            return Outcome.developerError(
                    sick ? Ending.SICK : Ending.GONE,
                    "The action did not produce a valid response and exited unexpectedly.");
        }
    }

    private static Ending brokenOrSick(RuntimeCall.Reply reply) {
        return reply.status() == 503 ? Ending.SICK : Ending.BROKEN;
    }

    private static Outcome outcome(RuntimeCall.Reply reply) {
        if (!reply.complete()) {
            return new Outcome(
                    Status.APPLICATION_ERROR,
                    Activation.error("The action produced a response that exceeded the allowed length: %d > %d bytes."
                                    .formatted(reply.length(), MAX_PAYLOAD)
                            + " The truncated response was: " + text(reply)),
                    Ending.KEPT);
        }
        var result = parse(reply);
        if (reply.status() == 200 && result instanceof JsonObject object) {
            var status = object.has("error") ? Status.APPLICATION_ERROR : Status.SUCCESS;
            return new Outcome(status, object, Ending.KEPT);
        }
        if (reply.status() == 200 && result instanceof JsonArray array) {
            return new Outcome(Status.SUCCESS, array, Ending.KEPT);
        }
        var error = reply.status() != 200 && result instanceof JsonObject object && object.has("error")
                ? object
                : Activation.error("The action did not produce a valid JSON or JSON Array response: " + text(reply));
        return new Outcome(Status.DEVELOPER_ERROR, error, brokenOrSick(reply));
    }

    private static @Nullable JsonElement parse(RuntimeCall.Reply reply) {
        try {
            return Json.parse(reply.body(), MAX_PAYLOAD);
        } catch (MalformedJsonException e) {
            return null;
        }
    }

    private static String text(RuntimeCall.Reply reply) {
        return new String(reply.body(), StandardCharsets.UTF_8);
    }

    private JsonObject initBody(Invocation invocation, ActionLimits limits) {
        var action = invocation.action();
        var exec = action.details().getAsJsonObject("exec");
        var value = new JsonObject();
        value.addProperty("name", action.path().name());
        value.addProperty("main", exec.has("main") ? exec.get("main").getAsString() : "main");
        value.add("binary", exec.get("binary"));
        if (exec.has("code")) {
            value.add("code", exec.get("code"));
        }
        var environment = new JsonObject();
        invocation.environment().forEach(environment::addProperty);
        context(invocation, limits)
                .entrySet()
                .forEach(entry -> environment.add("__OW_" + entry.getKey().toUpperCase(Locale.ROOT), entry.getValue()));
        value.add("env", environment);
        var body = new JsonObject();
        body.add("value", value);
        return body;
    }

    private JsonObject runBody(Invocation invocation, ActionLimits limits) {
        var body = context(invocation, limits);
        body.add("value", invocation.parameters());
        return body;
    }

    private JsonObject context(Invocation invocation, ActionLimits limits) {
        var action = invocation.action();
        var context = new JsonObject();
        context.addProperty("namespace", WhiskServer.NAMESPACE);
        context.addProperty("action_name", "/" + action.path().qualified());
        context.addProperty("action_version", action.version());
        context.addProperty("activation_id", invocation.id());
        context.addProperty("transaction_id", invocation.transaction());
        context.addProperty("deadline", Long.toString(clock.millis() + limits.timeout()));
        if (action.annotations().isTrue("provide-api-key")) {
            context.addProperty("api_key", auth);
        }
        return context;
    }

    private static JsonArray annotations(
            Invocation invocation, ActionLimits limits, long start, long initTime, boolean timedOut) {
        var action = invocation.action();
        var annotations = Parameters.NONE
                .with("path", new JsonPrimitive(action.path().qualified()))
                .with("waitTime", new JsonPrimitive(Math.max(0, start - invocation.received())))
                .with("kind", new JsonPrimitive(kindOf(action)))
                .with("timeout", new JsonPrimitive(timedOut))
                .with("limits", limits.toJson());
        if (initTime >= 0) {
            annotations = annotations.with("initTime", new JsonPrimitive(initTime));
        }
        if (!invocation.binding().isEmpty()) {
            annotations = annotations.with("binding", new JsonPrimitive(invocation.binding()));
        }
        if (!invocation.cause().isEmpty()) {
            annotations = annotations.with("causedBy", new JsonPrimitive("trigger"));
        }
        return annotations.toJson();
    }

    /** An activation that never reached a sandbox. */
    private Activation failed(Invocation invocation, String message) {
        long now = clock.millis();
        return new Activation(
                invocation.id(),
                invocation.action().path(),
                invocation.action().version(),
                now,
                now,
                Status.WHISK_ERROR,
                Activation.error(message),
                List.of(),
                annotations(invocation, limitsOf(invocation.action()), now, -1, false),
                invocation.cause());
    }

    static String kindOf(Entity action) {
        return action.details().getAsJsonObject("exec").get("kind").getAsString();
    }

    static ActionLimits limitsOf(Entity action) {
        try {
            return ActionLimits.parse(action.details().get("limits"), ActionLimits.DEFAULT);
        } catch (Refused e) {
            throw new IllegalStateException("stored limits were checked when they came in", e);
        }
    }
}
