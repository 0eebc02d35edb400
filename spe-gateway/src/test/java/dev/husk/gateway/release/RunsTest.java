package dev.husk.gateway.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.gateway.log.LoggedEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RunsTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:00Z");
    private final Runs runs = new Runs();
    private long index;

    private void released(String contract, String function, Instant time, boolean run) {
        runs.take(event(index++, contract, "released", function, time, run));
    }

    private static LoggedEvent event(
            long index, String contract, String name, String function, Instant time, boolean run) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("function", function);
        event.addProperty("time", time.toString());
        if (run) {
            event.addProperty("run", true);
        }
        return new LoggedEvent(index, contract, event);
    }

    /** What the log says, counted anew each time. */
    @Property(tries = 200)
    void usageIsWhatTheLogSays(@ForAll @Size(max = 60) List<@IntRange(min = 0, max = 200) Integer> choices) {
        var fresh = new Runs();
        var log = new ArrayList<LoggedEvent>();
        var now = NOON;
        for (int choice : choices) {
            // Times go on, and now and then back a little, as those of several replicas do.
            now = now.plus(Duration.ofHours(choice % 11)).minus(Duration.ofHours(choice % 7 == 0 ? 3 : 0));
            var event = event(
                    log.size(),
                    choice % 2 == 0 ? "heart" : "lung",
                    choice % 13 == 0 ? "refused" : "released",
                    choice % 3 == 0 ? "infer" : "train",
                    now,
                    choice % 5 != 0);
            log.add(event);
            fresh.take(event);
        }
        for (var contract : List.of("heart", "lung")) {
            for (var function : List.of("train", "infer")) {
                var mine = log.stream()
                        .filter(event -> event.chain().equals(contract)
                                && event.name().equals("released")
                                && event.event().has("run")
                                && event.text("function").equals(function))
                        .toList();
                var today = now.atOffset(ZoneOffset.UTC).toLocalDate().toString();
                assertThat(fresh.counted(contract, function, now))
                        .isEqualTo(new Usage(
                                mine.size(),
                                mine.stream()
                                        .filter(event -> event.text("time").startsWith(today))
                                        .count()));
            }
        }
    }

    @Test
    void whatBelongsToARunThatHasBegunIsNotCounted() {
        released("heart", "train", NOON, true);
        released("heart", "train", NOON, false);
        assertThat(runs.counted("heart", "train", NOON)).isEqualTo(new Usage(1, 1));
    }

    @Test
    void aDayEndsAtMidnightUtcByTheTimeOfTheEvent() {
        var midnight = Instant.parse("2026-11-26T00:00:00Z");
        released("heart", "train", midnight.minusMillis(1), true);
        released("heart", "train", midnight, true);
        released("heart", "train", midnight, true);
        assertThat(runs.counted("heart", "train", midnight.minusMillis(1))).isEqualTo(new Usage(3, 1));
        assertThat(runs.counted("heart", "train", midnight)).isEqualTo(new Usage(3, 2));
        assertThat(runs.counted("heart", "train", midnight.plus(Duration.ofDays(1))))
                .isEqualTo(new Usage(3, 0));
    }

    @Test
    void aClockThatIsDaysBehindTheLogDecidesNothing() {
        for (int day = 0; day < 10; day++) {
            released("heart", "train", NOON.plus(Duration.ofDays(day)), true);
        }
        assertThat(runs.counted("heart", "train", NOON.plus(Duration.ofDays(9))))
                .isEqualTo(new Usage(10, 1));
        assertThat(runs.counted("heart", "train", NOON.plus(Duration.ofDays(2))))
                .isEqualTo(new Usage(10, 1));
        assertThatThrownBy(() -> runs.counted("heart", "train", NOON)).hasMessageContaining("days behind");
    }
}
