package dev.husk.cli.log;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Which events a reader wants to see. What is checked is another matter.
 *
 * @param since the first moment that counts
 * @param until the first that does not any more
 * @param kinds names of events; empty for all
 * @param refusals refusals alone
 * @param alarms alarms alone
 * @param party who acted, or called
 */
public record EventFilter(
        Optional<Instant> since,
        Optional<Instant> until,
        Set<String> kinds,
        boolean refusals,
        boolean alarms,
        Optional<String> function,
        Optional<String> party) {

    /** Shows everything. */
    public static final EventFilter ALL = new EventFilter(
            Optional.empty(), Optional.empty(), Set.of(), false, false, Optional.empty(), Optional.empty());

    public EventFilter {
        kinds = Set.copyOf(kinds);
    }

    /** Whether the event is a refusal. */
    public static boolean isRefusal(JsonObject event) {
        return is(event, "event", "refused");
    }

    /** Whether the event tells of an attack: a sandbox that was bound asked to be bound again. */
    public static boolean isAlarm(JsonObject event) {
        return isRefusal(event)
                && event.get("reasons") instanceof JsonArray reasons
                && StreamSupport.stream(reasons.spliterator(), false)
                        .anyMatch(reason -> reason instanceof JsonObject named && is(named, "code", "BOUND_BEFORE"));
    }

    public boolean shows(JsonObject event) {
        return (since.isEmpty()
                        || time(event)
                                .filter(time -> !time.isBefore(since.get()))
                                .isPresent())
                && (until.isEmpty() || time(event).filter(until.get()::isAfter).isPresent())
                && (kinds.isEmpty() || kinds.stream().anyMatch(kind -> is(event, "event", kind)))
                && (!refusals || isRefusal(event))
                && (!alarms || isAlarm(event))
                && function.map(name -> is(event, "function", name)).orElse(true)
                && party.map(name -> Stream.of("party", "caller", "holder").anyMatch(member -> is(event, member, name)))
                        .orElse(true);
    }

    private static Optional<Instant> time(JsonObject event) {
        try {
            return event.get("time") instanceof JsonPrimitive text
                    ? Optional.of(Instant.parse(text.getAsString()))
                    : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static boolean is(JsonObject event, String member, String text) {
        return event.get(member) instanceof JsonPrimitive value
                && value.getAsString().equals(text);
    }
}
