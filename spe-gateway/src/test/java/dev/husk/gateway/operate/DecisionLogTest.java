package dev.husk.gateway.operate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class DecisionLogTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);

    @Test
    void whatIsKnownStandsInOneLineOfJson() {
        assertThat(DecisionLog.line(
                        new Decided(
                                "release",
                                "refused",
                                "",
                                List.of("RUNS_SPENT", "EXPIRED"),
                                "sha256:ab",
                                "heart-risk",
                                "train",
                                ""),
                        CLOCK))
                .isEqualTo("{\"type\":\"husk_decision\",\"time\":\"2026-11-25T12:00:00Z\",\"what\":\"release\","
                        + "\"outcome\":\"refused\",\"sandbox\":\"sha256:ab\",\"contract\":\"heart-risk\","
                        + "\"function\":\"train\",\"reasons\":[\"RUNS_SPENT\",\"EXPIRED\"]}");
    }

    @Test
    void aNameFromARequestNeitherBreaksTheLineNorFillsTheDisk() throws Exception {
        var line = DecisionLog.line(
                new Decided(
                        "release",
                        "refused",
                        "",
                        List.of(),
                        "",
                        "x\n{\"type\":\"husk_decision\"}\u001b[2J",
                        "y".repeat(5000),
                        ""),
                CLOCK);
        assertThat(line).doesNotContain("\n", "\u001b");
        var json = (JsonObject) Json.parse(line.getBytes(StandardCharsets.UTF_8), 1 << 16);
        assertThat(json.get("function").getAsString()).hasSize(128);
        assertThat(json.get("outcome").getAsString()).isEqualTo("refused");
    }
}
