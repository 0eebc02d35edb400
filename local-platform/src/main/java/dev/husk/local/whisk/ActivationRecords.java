package dev.husk.local.whisk;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * {@code /namespaces/_/activations}: what ran, how it ended and what it printed. Unlike OpenWhisk, the logs of an
 * activation that still runs can be read, as far as they go.
 */
final class ActivationRecords implements Resource {
    private final Activations activations;

    private final Function<String, Optional<List<String>>> logsSoFar;

    /** @param logsSoFar what a running activation has written */
    ActivationRecords(Activations activations, Function<String, Optional<List<String>>> logsSoFar) {
        this.activations = activations;
        this.logsSoFar = logsSoFar;
    }

    @Override
    public Answer answer(Call call, List<String> rest) throws Refused {
        if (!call.method().equals("GET")) {
            throw Refused.method("GET");
        }
        if (rest.isEmpty() || rest.equals(List.of(""))) {
            return list(call);
        }
        if (rest.size() > 2) {
            throw Refused.missing();
        }
        if (!rest.get(0).matches("[0-9a-f]{32}")) {
            throw new Refused(400, "An activation id has 32 lower-case hex digits.");
        }
        var unfinished = logsSoFar.apply(rest.get(0));
        if (unfinished.isPresent() && rest.size() == 2 && rest.get(1).equals("logs")) {
            return logs(unfinished.get());
        }
        var activation = activations.find(rest.get(0)).orElseThrow(Refused::missing);
        if (rest.size() == 1) {
            return Answer.json(200, activation.toJson());
        }
        return switch (rest.get(1)) {
            case "" -> Answer.json(200, activation.toJson());
            case "result" -> Answer.json(200, activation.response());
            case "logs" -> logs(activation.logs());
            default -> throw Refused.missing();
        };
    }

    private static Answer logs(List<String> lines) {
        var all = new JsonArray();
        lines.forEach(all::add);
        var json = new JsonObject();
        json.add("logs", all);
        return Answer.json(200, json);
    }

    private Answer list(Call call) throws Refused {
        var name = call.query().getOrDefault("name", "");
        var found = activations.list(name, call.number("since"), call.number("upto"));
        if (call.flag("count", false)) {
            return Answer.count("activations", found.size());
        }
        boolean docs = call.flag("docs", false);
        return Answer.list(call.page(found).stream()
                .map(docs ? Activation::toJson : Activation::row)
                .toList());
    }
}
