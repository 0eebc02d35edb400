package dev.husk.gateway.operate;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;

/**
 * One line of JSON on the console for each decision: what, about which sandbox, contract and activation, and why not.
 * The event log is the record; this is for operators, who may read neither parameters nor names of callers.
 */
@ApplicationScoped
public class DecisionLog {
    private static final String UNSAID = "[^\\x20-\\x7e]";
    private static final int LONGEST = 128;

    @Inject
    private Clock clock;

    void write(Decided decided) {
        // The server leaves lines alone that are JSON already.
        System.out.println(line(decided, clock));
    }

    static String line(Decided decided, Clock clock) {
        var line = new JsonObject();
        line.addProperty("type", "husk_decision");
        line.addProperty("time", clock.instant().toString());
        line.addProperty("what", decided.what());
        line.addProperty("outcome", decided.outcome());
        add(line, "verdict", decided.verdict());
        add(line, "sandbox", decided.sandbox());
        add(line, "contract", decided.contract());
        add(line, "function", decided.function());
        add(line, "activation", decided.activation());
        if (!decided.reasons().isEmpty()) {
            var reasons = new JsonArray();
            decided.reasons().forEach(reasons::add);
            line.add("reasons", reasons);
        }
        return line.toString();
    }

    /** Names come from requests: what could break a line, or fill a disk, is left out. */
    private static void add(JsonObject line, String name, String value) {
        if (!value.isEmpty()) {
            var shown = value.replaceAll(UNSAID, "?");
            line.addProperty(name, shown.length() > LONGEST ? shown.substring(0, LONGEST) : shown);
        }
    }
}
