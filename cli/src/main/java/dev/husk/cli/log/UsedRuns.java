package dev.husk.cli.log;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.contract.Contract;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** What was used of the limits of a contract's grants, counted from its events as the gateway counts it. */
public final class UsedRuns {
    private UsedRuns() {}

    /** A line for each grant whose runs are limited. */
    public static List<String> of(Contract contract, List<JsonObject> events, Instant now) {
        var today = now.atOffset(ZoneOffset.UTC).toLocalDate().toString();
        var lines = new ArrayList<String>();
        for (var grant : contract.grants()) {
            var runs = events.stream()
                    .filter(event -> is(event, "event", "released")
                            && is(event, "run", "true")
                            && is(event, "function", grant.function()))
                    .toList();
            var parts = new ArrayList<String>();
            grant.limits().runs().ifPresent(limit -> parts.add(used(runs.size(), limit) + " in all"));
            grant.limits()
                    .perDay()
                    .ifPresent(limit -> parts.add(used(
                                    runs.stream()
                                            .filter(event -> begins(event, today))
                                            .count(),
                                    limit)
                            + " today (UTC)"));
            if (!parts.isEmpty()) {
                lines.add("Runs of %s: %s".formatted(grant.function(), String.join(", ", parts)));
            }
        }
        return lines;
    }

    private static String used(long used, long limit) {
        return "%d of %d used, %d left".formatted(used, limit, Math.max(0, limit - used));
    }

    private static boolean is(JsonObject event, String member, String text) {
        return event.get(member) instanceof JsonPrimitive value
                && value.getAsString().equals(text);
    }

    private static boolean begins(JsonObject event, String day) {
        return event.get("time") instanceof JsonPrimitive value
                && value.getAsString().startsWith(day);
    }
}
