package dev.husk.cli.log;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.terminal.Figures;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.run.MalformedRunException;
import dev.husk.protocol.run.RunStatement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** An event in plain words: a line for what happened, and one for each reason of a refusal. */
public final class EventWords {
    private static final int SHORT_DIGEST = 19; // sha256: and twelve digits

    private final JsonObject event;

    private EventWords(JsonObject event) {
        this.event = event;
    }

    /** How the event calls itself. */
    static String name(JsonObject event) {
        return new EventWords(event).text("event");
    }

    /** The first line says when, what and who; more lines give reasons. Safe to print on a terminal. */
    public static List<String> of(JsonObject event) {
        var words = new EventWords(event);
        var lines = new ArrayList<String>();
        lines.add(words.text("time") + "  " + words.sentence());
        if (event.get("reasons") instanceof JsonArray reasons) {
            for (var reason : reasons) {
                lines.add(
                        reason instanceof JsonObject named
                                ? new EventWords(named).text("code") + ": " + new EventWords(named).text("detail")
                                : reason.toString());
            }
        }
        lines.replaceAll(Terminal::printable);
        return List.copyOf(lines);
    }

    private String sentence() {
        return switch (text("event")) {
            case "gateway-started" -> "the gateway started";
            case "proposed" -> text("party") + " proposed the contract, version " + text("version");
            case "accepted" ->
                text("party") + " accepted the contract" + (event.has("formerKey") ? ", under its former key" : "");
            case "suspended" -> text("party") + " SUSPENDED the contract";
            case "resumed" -> text("party") + " agreed to resume the contract";
            case "ended" -> text("party") + " ended the contract";
            case "key-deposited" ->
                "%s deposited the key of %s (%s, %s)"
                        .formatted(text("party"), text("dataset"), size(), digest("sha256"));
            case "sandbox-bound" ->
                said("initData")
                        ? "sandbox %s was bound to init-data %s%s"
                                .formatted(digest("sandbox"), shortened(text("initData"), 12), simulated())
                        : "sandbox %s was bound to code %s, entry %s%s"
                                .formatted(digest("sandbox"), digest("code"), text("entry"), simulated());
            case "sandbox-attested" -> "sandbox %s attested again, to the same init-data".formatted(digest("sandbox"));
            case "invocation-key" -> "requests to %s are sealed to key %s".formatted(text("function"), text("key"));
            case "released" -> released();
            case "result-read" ->
                "%s was given the key of result %s (%s)"
                        .formatted(text("party"), text("result"), shortened(digestOfObject(), SHORT_DIGEST));
            case "refused" -> refused();
            case "lease-ended" -> "the lease of sandbox %s ended: %s".formatted(digest("sandbox"), text("reason"));
            case "run" -> run();
            default -> "%s %s".formatted(text("event"), event);
        };
    }

    private String released() {
        return "keys RELEASED to %s%s%s: reads %s; writes %s%s%s; sandbox %s%s"
                .formatted(
                        text("function"),
                        said("caller") ? ", called by " + text("caller") : "",
                        said("resource") ? " by resource " + text("resource") : "",
                        list("reads"),
                        list("writes"),
                        parameters(),
                        said("activation") ? "; activation " + text("activation") : "",
                        digest("sandbox"),
                        simulated());
    }

    /** Of a sealed request the log knows the names alone; of another it tells the values to some parties. */
    private String parameters() {
        if (event.get("parameters") instanceof JsonArray names) {
            if (event.has("sealed")) {
                return "; sealed parameters " + list("parameters");
            }
            return names.isEmpty() ? "" : "; parameters " + list("parameters") + " (values withheld)";
        }
        return event.has("parameters") ? "; parameters " + event.get("parameters") : "";
    }

    private String refused() {
        return "REFUSED: %s%s%s%s%s%s"
                .formatted(
                        text("what"),
                        said("result") ? " " + text("result") : "",
                        said("party") ? " to " + text("party") : "",
                        said("function") ? " for " + text("function") : "",
                        said("activation") ? ", activation " + text("activation") : "",
                        said("sandbox") ? ", sandbox " + digest("sandbox") : "");
    }

    private String digestOfObject() {
        return event.get("object") instanceof JsonObject object ? new EventWords(object).text("sha256") : "?";
    }

    private boolean said(String member) {
        return event.get(member) instanceof JsonPrimitive value
                && !value.getAsString().isEmpty();
    }

    private String run() {
        var said = "sandbox " + digest("sandbox") + " reports a run, activation " + text("activation");
        try {
            return said + ": " + run(RunStatement.parse(event.getAsJsonObject("statement")));
        } catch (MalformedRunException | ClassCastException | NullPointerException e) {
            return said + ", in a form that is not known: " + event.get("statement");
        }
    }

    private static String run(RunStatement run) {
        return "%s %sread %s; wrote %s"
                .formatted(
                        run.function(),
                        run.success() ? "" : "FAILED; it ",
                        named(run.reads(), RunStatement.Read::name, RunStatement.Read::digest),
                        named(run.results(), RunStatement.Artifact::name, result -> Optional.of(result.digest())));
    }

    private static <T> String named(List<T> all, Function<T, String> name, Function<T, Optional<String>> digest) {
        return all.isEmpty()
                ? "nothing"
                : all.stream()
                        .map(one -> name.apply(one)
                                + digest.apply(one)
                                        .map(text -> " (" + shortened(text, SHORT_DIGEST) + ")")
                                        .orElse(""))
                        .collect(Collectors.joining(", "));
    }

    private String list(String member) {
        if (!(event.get(member) instanceof JsonArray array) || array.isEmpty()) {
            return "nothing";
        }
        return StreamSupport.stream(array.spliterator(), false)
                .map(entry -> entry instanceof JsonPrimitive value ? value.getAsString() : entry.toString())
                .collect(Collectors.joining(", "));
    }

    private String size() {
        return event.get("size") instanceof JsonPrimitive value && value.isNumber()
                ? Figures.bytes(value.getAsLong())
                : "size " + text("size");
    }

    private String simulated() {
        return event.get("simulated") instanceof JsonPrimitive value
                        && value.getAsString().equals("true")
                ? " (SIMULATED)"
                : "";
    }

    private String digest(String member) {
        return shortened(text(member), SHORT_DIGEST);
    }

    private static String shortened(String text, int length) {
        return text.length() <= length ? text : text.substring(0, length) + "..";
    }

    private String text(String member) {
        var value = event.get(member);
        return value == null ? "?" : value instanceof JsonPrimitive ? value.getAsString() : value.toString();
    }
}
