package dev.husk.runtime;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.run.RunStatement;
import dev.husk.runtime.attest.GatewayException;
import dev.husk.runtime.attest.RefusedException;
import dev.husk.runtime.attest.ReleaseRequest;
import dev.husk.runtime.attest.Sandbox;
import dev.husk.runtime.attest.UnprovenReleaseException;
import dev.husk.runtime.data.RunObjects;
import dev.husk.runtime.timing.ColdStart;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One run under a proven release: the function, then its results into the store, then the run statement into the log.
 * Only what stands there is a success.
 */
final class ConfidentialRun {
    private final LoadedAction action;
    private final Sandbox sandbox;
    private final ActivationLog log;
    private final ColdStart timing;
    private final Clock clock;
    private Optional<RunObjects> objects = Optional.empty();
    private Optional<ActionThread> thread = Optional.empty();
    private Optional<String> revoked = Optional.empty();

    ConfidentialRun(LoadedAction action, Sandbox sandbox, ActivationLog log, ColdStart timing, Clock clock) {
        this.action = action;
        this.sandbox = sandbox;
        this.log = log;
        this.timing = timing;
        this.clock = clock;
    }

    ActivationLog log() {
        return log;
    }

    ColdStart timing() {
        return timing;
    }

    boolean simulated() {
        return sandbox.simulated();
    }

    /** Asks for the run's release; the caller closes it. */
    Release release(ReleaseRequest request) throws RefusedException, GatewayException, UnprovenReleaseException {
        return sandbox.release(request, timing);
    }

    /** @param opened what the release opens; the caller closes it */
    Answer run(Release release, RunObjects opened) {
        var started = clock.instant();
        var answer = call(release, opened);
        boolean success = answer.status() == 200 && !hasError(answer.body());
        if (success) {
            try {
                timing.measure("upload", () -> {
                    opened.upload();
                    return true;
                });
            } catch (IOException e) {
                log.error(String.valueOf(e.getMessage()));
                answer = Answer.applicationError("the results could not be stored: " + e.getMessage());
                success = false;
            }
        }
        var ended = reasonOfRevocation();
        if (ended.isPresent()) {
            var error = "the lease has ended: " + ended.get();
            return stillRunning() ? Answer.failed(error) : Answer.applicationError(error);
        }
        return logged(release, opened, started, success, answer);
    }

    private Answer call(Release release, RunObjects opened) {
        var parameters = release.parameters();
        var context = new RunContext(opened, sandbox, log, release);
        var outcome = timing.measure("function", () -> {
            var running = begin(opened, () -> action.entry().call(parameters.deepCopy(), context));
            return running.await(() -> reasonOfRevocation().isPresent());
        });
        if (outcome instanceof ActionThread.Returned returned) {
            try {
                return Answer.of(Result.of(returned.value()));
            } catch (IllegalArgumentException e) {
                log.error(String.valueOf(e.getMessage()));
                return Answer.failed(String.valueOf(e.getMessage()));
            }
        }
        var thrown = ((ActionThread.Threw) outcome).thrown();
        if (release.answerKey().isPresent()) {
            log.traceWithoutMessage(thrown); // even our own messages may name what a sealed parameter said
        } else {
            log.traceWithoutData(thrown);
        }
        return Answer.failed("An error has occurred while invoking the action (see logs for details): "
                + ActivationLog.describeWithoutData(thrown));
    }

    private synchronized ActionThread begin(RunObjects opened, ActionThread.Call call) {
        objects = Optional.of(opened);
        var running = ActionThread.start(call, action.loader());
        thread = Optional.of(running);
        revoked.ifPresent(this::withdraw); // the lease ended before the function began
        return running;
    }

    /** Takes keys and data away from the function, from any thread; its answer will not count. */
    synchronized void revoke(String reason) {
        if (revoked.isEmpty()) {
            revoked = Optional.of(reason);
            withdraw(reason);
        }
    }

    private void withdraw(String reason) {
        objects.ifPresent(opened -> opened.revoke("the lease has ended: " + reason));
        thread.ifPresent(ActionThread::interrupt);
    }

    private synchronized Optional<String> reasonOfRevocation() {
        return revoked;
    }

    private Answer logged(Release release, RunObjects opened, Instant started, boolean success, Answer answer) {
        var statement = new RunStatement(
                opened.stored(),
                new RunStatement.ContractRef(release.contractName(), release.contractId()),
                release.function(),
                sandbox.code(),
                parameters(release),
                opened.reads(),
                sandbox.by(),
                release.activation(),
                started,
                clock.instant(),
                success);
        long before = System.nanoTime();
        try {
            sandbox.logRun(statement);
            return answer;
        } catch (RefusedException | GatewayException e) {
            log.error("the run could not be logged: " + e.getMessage());
            return success ? Answer.applicationError("the run could not be logged: " + e.getMessage()) : answer;
        } finally {
            timing.add("statement", System.nanoTime() - before);
        }
    }

    /** All parties read the statement: it says names, and of values only what nobody can guess them from. */
    private static RunStatement.Parameters parameters(Release release) {
        var parameters = release.parameters();
        return new RunStatement.Parameters(
                List.copyOf(parameters.keySet()),
                release.detailsSalt().map(salt -> RunStatement.commitment(salt, parameters)));
    }

    private synchronized boolean stillRunning() {
        return thread.isPresent() && thread.get().running();
    }

    private static boolean hasError(JsonElement body) {
        return body instanceof JsonObject object && object.has("error");
    }
}
