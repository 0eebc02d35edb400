package dev.husk.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.terminal.ProgressBar;
import dev.husk.cli.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** Invokes an action and waits for its end, with the progress that it logs. */
final class Invocation {
    private static final Pattern PROGRESS = Pattern.compile("HUSK progress (\\S.*)$");
    private static final Pattern FRACTION = Pattern.compile("(?<![\\w.])([01](?:\\.\\d+)?)(?![\\w.])");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private static final Gson PRETTY = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .create();

    /**
     * How an activation ended: its result, or what went wrong with a line for each reason.
     *
     * @param seen what OpenWhisk handed back
     * @param result what the function answered, which OpenWhisk could not read where the call was sealed
     */
    record Ended(String activationId, JsonElement seen, JsonElement result, List<String> errors) {
        Ended {
            errors = List.copyOf(errors);
        }

        /** Prints the result, or says what went wrong. */
        void print(PrintWriter out, String function, boolean json) throws CommandFailed {
            if (json) {
                out.println(result);
            } else if (errors.isEmpty()) {
                out.println(PRETTY.toJson(result));
            }
            if (!errors.isEmpty()) {
                throw CommandFailed.refused(
                        "%s (activation %s): %s".formatted(function, activationId, String.join("\n  - ", errors)));
            }
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
    Ended run(String action, Call call, ProgressBar bar, boolean watched) throws CommandFailed, IOException {
        var started = whisk.invoke(action, call.parameters(), !watched);
        var activation = started.activation();
        long deadline = System.nanoTime() + patience.toNanos();
        var pause = FIRST_PAUSE;
        while (activation.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw CommandFailed.unreachable(
                        "activation %s has not ended after %d s: it goes on; look later with `%s`"
                                .formatted(
                                        started.activationId(),
                                        patience.toSeconds(),
                                        call.leave(started.activationId())));
            }
            pause(pause);
            pause = pause.multipliedBy(3).dividedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
            activation = whisk.activation(started.activationId());
            if (activation.isEmpty()) {
                progress(whisk.logs(started.activationId()), bar);
            }
        }
        return ended(started.activationId(), activation.get(), call);
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

    static Ended ended(String id, JsonObject activation, Call call) throws CommandFailed {
        if (!(activation.get("response") instanceof JsonObject response)) {
            throw CommandFailed.unreachable("OpenWhisk's activation " + id + " has no response");
        }
        boolean success = !(response.get("success") instanceof JsonPrimitive said) || said.getAsBoolean();
        var seen = response.has("result") ? response.get("result") : new JsonObject();
        var result = call.read(seen, success);
        if (result instanceof JsonObject object && object.has("error")) {
            return new Ended(id, seen, result, errors(object.get("error"), object));
        }
        return new Ended(id, seen, result, success ? List.of() : List.of("the action failed without saying why"));
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
