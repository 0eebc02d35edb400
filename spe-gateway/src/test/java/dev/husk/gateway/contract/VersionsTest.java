package dev.husk.gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.gateway.log.LoggedEvent;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

/** Where versions stand is what the events say, one after the other. */
class VersionsTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    private static final List<String> PARTIES = List.of("anna", "berta", "lab");
    private static final PartySigner SIGNER = PartySigner.generate();

    private static LoggedEvent event(long index, String name, long version, String party, String... members) {
        var statement = new JsonObject();
        statement.addProperty("time", NOON.plusSeconds(index).toString());
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", id(version));
        event.addProperty("party", party);
        event.addProperty("signed", SignedStatement.sign(SIGNER, statement));
        if (name.equals("proposed")) {
            event.addProperty("version", version);
        }
        for (var member : members) {
            if (member.startsWith("replaces ")) {
                event.addProperty("replaces", member.substring("replaces ".length()));
            } else {
                event.addProperty(member, true);
            }
        }
        return new LoggedEvent(index, "heart", event);
    }

    private static String id(long version) {
        return "sha256:" + version;
    }

    private static Versions fold(LoggedEvent... events) {
        var versions = Versions.NONE;
        for (var event : events) {
            versions = versions.after(event);
        }
        return versions;
    }

    private static State state(Versions versions, long version) {
        return versions.of(id(version)).orElseThrow().state();
    }

    /** What the design says of states, kept the plain way. */
    private static final class Model {
        final Map<Long, State> states = new HashMap<>();
        final Map<Long, Set<String>> accepted = new HashMap<>();
        final Set<String> resuming = new HashSet<>();
        long newest;
        long stopped = -1;

        long inForce() {
            return states.entrySet().stream()
                    .filter(one -> one.getValue() == State.ACTIVE || one.getValue() == State.SUSPENDED)
                    .mapToLong(Map.Entry::getKey)
                    .findFirst()
                    .orElse(0);
        }

        Set<String> of(long version) {
            return Objects.requireNonNull(accepted.get(version));
        }

        boolean ended() {
            return states.containsValue(State.ENDED);
        }
    }

    @Property(tries = 300)
    void everyHistoryThatCanHappenEndsWhereTheModelDoes(@ForAll long seed) {
        var random = new Random(seed);
        var model = new Model();
        var versions = Versions.NONE;
        for (long index = 0; index < 40; index++) {
            var party = PARTIES.get(random.nextInt(PARTIES.size()));
            var event = step(model, random.nextInt(6), index, party, random);
            if (event != null) {
                Statistics.label("event").collect(event.name());
                versions = versions.after(event);
            }
            assertThat(versions.newestFirst()).hasSize((int) model.newest);
            for (var version : versions.newestFirst()) {
                assertThat(version.state()).isEqualTo(model.states.get(version.number()));
                assertThat(version.accepted()).isEqualTo(model.accepted.get(version.number()));
                if (version.is(State.SUSPENDED)) {
                    assertThat(version.resuming()).isEqualTo(model.resuming);
                }
            }
            assertThat(versions.inForce().map(Version::number).orElse(0L)).isEqualTo(model.inForce());
            assertThat(versions.ended()).isEqualTo(model.ended());
            assertThat(versions.stopped()).isEqualTo(model.stopped);
        }
    }

    private static @org.jspecify.annotations.Nullable LoggedEvent step(
            Model model, int what, long index, String party, Random random) {
        long inForce = model.inForce();
        switch (what) {
            case 0 -> {
                if (model.ended() || model.newest > 5) {
                    return null;
                }
                model.newest++;
                model.states.put(model.newest, State.PROPOSED);
                model.accepted.put(model.newest, new HashSet<>());
                return event(index, "proposed", model.newest, party);
            }
            case 1, 2 -> {
                long version = model.newest == 0 ? 0 : 1 + random.nextInt((int) model.newest);
                if (model.ended()
                        || model.states.get(version) != State.PROPOSED
                        || !model.of(version).add(party)) {
                    return null;
                }
                if (model.of(version).size() < PARTIES.size()) {
                    return event(index, "accepted", version, party);
                }
                model.states.replaceAll((number, state) -> number < version ? State.SUPERSEDED : state);
                model.states.put(version, State.ACTIVE);
                model.resuming.clear();
                if (inForce == 0) {
                    return event(index, "accepted", version, party, "active");
                }
                model.stopped = index;
                return event(index, "accepted", version, party, "active", "replaces " + id(inForce));
            }
            case 3 -> {
                if (inForce == 0) {
                    return null;
                }
                model.states.put(inForce, State.SUSPENDED);
                model.resuming.clear();
                model.stopped = index;
                return event(index, "suspended", inForce, party);
            }
            case 4 -> {
                if (model.states.get(inForce) != State.SUSPENDED || !model.resuming.add(party)) {
                    return null;
                }
                if (model.resuming.size() < PARTIES.size()) {
                    return event(index, "resumed", inForce, party);
                }
                model.states.put(inForce, State.ACTIVE);
                return event(index, "resumed", inForce, party, "active");
            }
            default -> {
                if (inForce == 0 || random.nextInt(8) > 0) {
                    return null;
                }
                model.states.put(inForce, State.ENDED);
                model.stopped = index;
                return event(index, "ended", inForce, party);
            }
        }
    }

    @Test
    void theLastAcceptanceSaysThatTheVersionCountsAndNothingElseDoes() {
        var versions = fold(event(0, "proposed", 1, "lab"), event(1, "accepted", 1, "lab"));
        assertThat(state(versions, 1)).isEqualTo(State.PROPOSED);
        versions = versions.after(event(2, "accepted", 1, "anna", "active"));
        assertThat(state(versions, 1)).isEqualTo(State.ACTIVE);
        assertThat(versions.stopped()).isEqualTo(-1);
    }

    @Test
    void consentUnderAFormerKeyIsNoAcceptance() {
        var versions = fold(
                event(0, "proposed", 1, "lab"),
                event(1, "accepted", 1, "anna", "active"),
                event(2, "proposed", 2, "lab"),
                event(3, "accepted", 2, "anna", "formerKey"));
        var next = versions.of(id(2)).orElseThrow();
        assertThat(next.accepted()).isEmpty();
        assertThat(next.consenting()).containsExactly("anna");
        assertThat(versions.current().orElseThrow().number()).isEqualTo(1);
        versions = versions.after(event(4, "accepted", 2, "anna", "active", "replaces " + id(1)));
        assertThat(state(versions, 1)).isEqualTo(State.SUPERSEDED);
        assertThat(versions.stopped()).isEqualTo(4);
    }

    @Test
    void eachPartysLastTimeIsTheOneThatItSigned() {
        var versions = fold(event(0, "proposed", 1, "lab"), event(5, "accepted", 1, "lab"));
        assertThat(versions.of(id(1)).orElseThrow().said()).isEqualTo(Map.of("lab", NOON.plusSeconds(5)));
    }

    @Test
    void otherEventsChangeNothing() {
        var versions = fold(event(0, "proposed", 1, "lab"));
        assertThat(versions.after(event(1, "released", 1, "lab"))).isSameAs(versions);
    }

    @Test
    void whatDoesNotFollowIsNotGuessed() {
        var proposed = List.of(event(0, "proposed", 1, "lab"));
        var active = List.of(proposed.get(0), event(1, "accepted", 1, "lab", "active"));
        var suspended = List.of(active.get(0), active.get(1), event(2, "suspended", 1, "lab"));
        var wrong = new HashMap<LoggedEvent, List<LoggedEvent>>();
        wrong.put(event(9, "accepted", 2, "lab"), proposed);
        wrong.put(event(9, "proposed", 1, "lab"), proposed);
        wrong.put(event(9, "suspended", 1, "lab"), proposed);
        wrong.put(event(9, "resumed", 1, "lab"), active);
        wrong.put(event(9, "ended", 1, "lab"), proposed);
        wrong.put(event(8, "accepted", 1, "lab"), active);
        wrong.put(event(7, "accepted", 1, "lab", "active", "replaces " + id(7)), proposed);
        wrong.put(event(9, "suspended", 3, "lab"), suspended);
        wrong.forEach((event, before) -> assertThatThrownBy(() -> fold(with(before, event)))
                .as(event.toString())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("entry " + event.index() + " of the log")
                .hasMessageContaining("does not follow"));
        // A version that replaces another says which.
        var next = List.of(active.get(0), active.get(1), event(2, "proposed", 2, "lab"));
        assertThatThrownBy(() -> fold(with(next, event(3, "accepted", 2, "lab", "active"))))
                .hasMessageContaining("does not follow");
    }

    private static LoggedEvent[] with(List<LoggedEvent> before, LoggedEvent event) {
        var all = new ArrayList<>(before);
        all.add(event);
        return all.toArray(LoggedEvent[]::new);
    }

    @Test
    void anEventOfAnEarlierVersionOfTheGatewayIsNamed() {
        for (var member : List.of("signed", "party", "contract", "version")) {
            var event = event(3, "proposed", 1, "lab");
            event.event().remove(member);
            assertThatThrownBy(() -> Versions.NONE.after(event))
                    .hasMessageContaining("entry 3 of the log (proposed in heart) has no")
                    .hasMessageContaining(member)
                    .hasMessageContaining("another version of the gateway");
        }
        var timeless = event(4, "proposed", 1, "lab");
        timeless.event().addProperty("signed", SignedStatement.sign(SIGNER, new JsonObject()));
        assertThatThrownBy(() -> Versions.NONE.after(timeless)).hasMessageContaining("no statement with a time");
    }
}
