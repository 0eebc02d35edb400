package dev.husk.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class SpentTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    private final Spent spent = new Spent();

    private static LoggedEvent using(long index, Instant time, String... digests) {
        var event = new JsonObject();
        event.addProperty("event", "released");
        event.addProperty("time", time.toString());
        Spent.add(event, List.of(digests));
        return new LoggedEvent(index, "heart", event);
    }

    private static String digest(int nonce) {
        return Spent.digest("release", "sandbox", "nonce-" + nonce);
    }

    @Test
    void whatAnEventUsedIsSpentAndNothingElse() {
        spent.take(using(0, NOON, digest(1), digest(2)), NOON);
        assertThat(spent.knows(digest(1))).isTrue();
        assertThat(spent.knows(digest(2))).isTrue();
        assertThat(spent.knows(digest(3))).isFalse();
        assertThat(spent.knows(Spent.digest("release", "sandbox2", "nonce-1"))).isFalse();
        assertThat(spent.knows(Spent.digest("invocation", "sandbox", "nonce-1")))
                .isFalse();
    }

    @Test
    void theBordersOfScopeAndNameCount() {
        assertThat(Spent.digest("a", "bc")).isNotEqualTo(Spent.digest("ab", "c"));
        assertThat(Spent.digest("a", "b")).isNotEqualTo(Spent.digest("a", "b", ""));
    }

    @Test
    void aStatementIsTheSameWhateverItsSignature() {
        assertThat(Spent.statement("header.payload.one")).isEqualTo(Spent.statement("header.payload.other"));
        assertThat(Spent.statement("header.payload.one")).isNotEqualTo(Spent.statement("header.changed.one"));
    }

    @Test
    void aLogOfYearsCostsNoMemoryAtTheStart() {
        for (int i = 0; i < 1_000; i++) {
            spent.take(using(i, NOON.minus(Duration.ofHours(2)), digest(i)), NOON);
        }
        assertThat(spent.size()).isZero();
    }

    /** Everything that could still be shown again is known: half an hour, whatever else is used meanwhile. */
    @Property(tries = 50)
    void nothingIsForgottenWithinAnHour(
            @ForAll @Size(max = 300) List<@IntRange(min = 0, max = 60) Integer> minutesBetween) {
        var fresh = new Spent();
        var used = new HashMap<Integer, Instant>();
        var now = NOON;
        for (int i = 0; i < minutesBetween.size(); i++) {
            now = now.plus(Duration.ofMinutes(minutesBetween.get(i)));
            fresh.take(using(i, now, digest(i)), now);
            used.put(i, now);
        }
        for (var one : used.entrySet()) {
            if (one.getValue().plus(Duration.ofHours(1)).isAfter(now)) {
                assertThat(fresh.knows(digest(one.getKey()))).isTrue();
            }
        }
    }

    @Test
    void anHourOfUsesIsWhatMemoryHolds() {
        for (int i = 0; i < 50_000; i++) {
            var now = NOON.plusSeconds(10L * i);
            spent.take(using(i, now, digest(i)), now);
        }
        // An hour has 360 of them; what has expired goes when room is needed.
        assertThat(spent.size()).isLessThan(1_000);
    }
}
