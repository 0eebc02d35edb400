package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.local.whisk.Activation.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Invocations over HTTP: those that wait for the end and those that do not. */
final class Calls {
    private static final String ID_HEADER = "x-openwhisk-activation-id";

    private final Dispatcher dispatcher;
    private final Duration longestWait;

    Calls(Dispatcher dispatcher, Duration longestWait) {
        this.dispatcher = dispatcher;
        this.longestWait = longestWait;
    }

    Answer invoke(Call call, Callee callee) throws Refused, InterruptedException {
        boolean blocking = call.flag("blocking", false);
        boolean resultOnly = call.flag("result", false);
        var wait = Math.min(longestWait.toMillis(), call.number("timeout").orElse(Long.MAX_VALUE));
        var payload = call.json();
        if (payload instanceof JsonObject object) {
            callee.checkOverrides(object.keySet());
        } else if (!(payload instanceof JsonArray)) {
            throw Refused.malformed("parameters must be a JSON object or array");
        }
        var running = dispatcher.start(callee, payload, "", call.transaction());
        Optional<Activation> end = blocking ? await(running, Duration.ofMillis(wait)) : Optional.empty();
        var answer = end.map(activation -> Answer.json(
                        status(activation.status()), resultOnly ? activation.result() : activation.toJson()))
                .orElseGet(() -> accepted(running.id()));
        return answer.with(ID_HEADER, running.id());
    }

    /** The activation, if it ends in time. */
    Optional<Activation> await(Dispatcher.Running running, Duration time) throws Refused, InterruptedException {
        try {
            return Optional.of(running.end().get(time.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException | CancellationException e) {
            throw new Refused(500, "The activation " + running.id() + " was lost.");
        }
    }

    Duration longestWait() {
        return longestWait;
    }

    static Answer accepted(String id) {
        var json = new JsonObject();
        json.addProperty("activationId", id);
        return Answer.json(202, json);
    }

    private static int status(Status status) {
        return switch (status) {
            case SUCCESS -> 200;
            case APPLICATION_ERROR, DEVELOPER_ERROR -> 502;
            case WHISK_ERROR -> 500;
        };
    }
}
