package dev.husk.gateway.contract;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * One version of a contract as the log has it. Immutable.
 *
 * @param id identity of its bytes
 * @param accepted parties that have accepted it under its own keys, in order
 * @param consenting parties that have accepted it under the keys of the version that it is to replace
 * @param resuming parties that have agreed to resume since anybody suspended it last
 * @param said times of each party's last statement about it
 */
record Version(
        String id,
        long number,
        State state,
        Set<String> accepted,
        Set<String> consenting,
        Set<String> resuming,
        Map<String, Instant> said) {

    static Version proposed(String id, long number) {
        return new Version(id, number, State.PROPOSED, Set.of(), Set.of(), Set.of(), Map.of());
    }

    boolean is(State other) {
        return state == other;
    }

    /** Active or suspended. */
    boolean inForce() {
        return is(State.ACTIVE) || is(State.SUSPENDED);
    }

    Version in(State next) {
        return new Version(id, number, next, accepted, consenting, resuming, said);
    }

    Version saidBy(String party, Instant time) {
        var times = new LinkedHashMap<>(said);
        times.put(party, time);
        return new Version(id, number, state, accepted, consenting, resuming, Collections.unmodifiableMap(times));
    }

    Version acceptedBy(String party) {
        return new Version(id, number, state, and(accepted, party), consenting, resuming, said);
    }

    Version consentedBy(String party) {
        return new Version(id, number, state, accepted, and(consenting, party), resuming, said);
    }

    Version resumedBy(String party) {
        return new Version(id, number, state, accepted, consenting, and(resuming, party), said);
    }

    /** Whoever suspends, also again, takes back every agreement to resume. */
    Version suspended() {
        return new Version(id, number, State.SUSPENDED, accepted, consenting, Set.of(), said);
    }

    private static Set<String> and(Set<String> parties, String party) {
        var more = new LinkedHashSet<>(parties);
        more.add(party);
        return Collections.unmodifiableSet(more);
    }
}
