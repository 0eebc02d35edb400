package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.terminal.ProgressBar;
import dev.husk.cli.terminal.Terminal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Invokes an action and waits for its end, with the progress that it logs. */
final class Invocation {
    private static final Pattern PROGRESS = Pattern.compile("HUSK progress (\\S.*)$");
    private static final Pattern FRACTION = Pattern.compile("(?<![\\w.])([01](?:\\.\\d+)?)(?![\\w.])");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** How an activation ended: its result, or what went wrong with a line for each reason. */
    record Ended(String activationId, JsonObject result, List<String> errors) {
        Ended {
            errors = List.copyOf(errors);
        }
    }

    private final WhiskClient whisk;
    private final Duration patience;

    /** @param patience how long to wait for the end */
    Invocation(WhiskClient whisk, Duration patience) {
        this.whisk = whisk;
        this.patience = patience;
    }

    /** @param watched whether somebody looks at the bar; then the call does not block, so that logs can be read */
    Ended run(String action, JsonObject parameters, ProgressBar bar, boolean watched) throws CommandFailed {
        var started = whisk.invoke(action, parameters, !watched);
        var activation = started.activation();
        long deadline = System.nanoTime() + patience.toNanos();
        var pause = FIRST_PAUSE;
        while (activation.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw CommandFailed.unreachable(
                        "activation %s has not ended after %d s: it goes on; look later with `wsk activation get %s`"
                                .formatted(started.activationId(), patience.toSeconds(), started.activationId()));
            }
            pause(pause);
            pause = pause.multipliedBy(3).dividedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            activation = whisk.activation(started.activationId());
            if (activation.isEmpty()) {
                progress(whisk.logs(started.activationId()), bar);
            }
        }
        return ended(started.activationId(), activation.get());
    }

    private static void pause(Duration time) throws CommandFailed {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted while waiting for the activation");
        }
    }

    /** Shows the newest progress of the log. */
    static void progress(List<String> log, ProgressBar bar) {
        for (int i = log.size() - 1; i >= 0; i--) {
            var line = PROGRESS.matcher(log.get(i));
            if (line.find()) {
                var fraction = FRACTION.matcher(line.group(1));
                if (fraction.find()) {
                    var step = line.group(1).substring(0, fraction.start())
                            + line.group(1).substring(fraction.end());
                    bar.update(Double.parseDouble(fraction.group(1)), step.strip());
                    return;
                }
            }
        }
    }

    static Ended ended(String id, JsonObject activation) throws CommandFailed {
        if (!(activation.get("response") instanceof JsonObject response)) {
            throw CommandFailed.unreachable("OpenWhisk's activation " + id + " has no response");
        }
        var result = response.get("result") instanceof JsonObject object ? object : new JsonObject();
        var error = Optional.<JsonElement>ofNullable(result.get("error"));
        if (error.isEmpty() && response.get("success") instanceof JsonPrimitive success && !success.getAsBoolean()) {
            return new Ended(id, result, List.of("the action failed without saying why"));
        }
        return new Ended(id, result, error.map(said -> errors(said, result)).orElse(List.of()));
    }

    /** The error, then its reasons; the runtime writes them as {@code refused: CODE: detail; CODE: detail}. */
    private static List<String> errors(JsonElement said, JsonObject result) {
        var text = said instanceof JsonPrimitive primitive ? primitive.getAsString() : said.toString();
        var lines = new java.util.ArrayList<String>();
        if (said instanceof JsonObject object && object.has("detail")) {
            text = object.get("detail") instanceof JsonPrimitive detail ? detail.getAsString() : text;
        }
        if (text.startsWith("refused: ")) {
            lines.add("refused");
            lines.addAll(List.of(text.substring("refused: ".length()).split("; (?=[A-Za-z][\\w.-]*: )")));
        } else {
            lines.add(text);
        }
        var reasons = said instanceof JsonObject object && object.has("reasons")
                ? object.get("reasons")
                : result.get("reasons");
        if (reasons instanceof JsonArray array) {
            array.forEach(reason -> lines.add(
                    reason instanceof JsonObject named && named.has("code") && named.has("detail")
                            ? named.get("code").getAsString() + ": "
                                    + named.get("detail").getAsString()
                            : reason.toString()));
        }
        lines.replaceAll(Terminal::printable);
        return lines;
    }
}
