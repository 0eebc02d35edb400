package dev.husk.benchmark.coldstart;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole measurement, as small as it gets: that each case answers and is reported, not how fast. */
class ColdStartsIT {
    @TempDir
    private Path folder;

    @Test
    void everyCaseAnswersAndStandsInTheReport() throws Exception {
        var printed = new ByteArrayOutputStream();
        var problems = new ByteArrayOutputStream();
        var json = folder.resolve("samples.json");

        int code = ColdStarts.run(
                new PrintStream(printed, true, StandardCharsets.UTF_8),
                new PrintStream(problems, true, StandardCharsets.UTF_8),
                "--short",
                "--cases",
                "a,a',b,c",
                "--json",
                json.toString());

        assertThat(problems.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(code).isZero();
        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("spawn to first result", "stem cell to first result", "warm run of (c) costs", "attest");
        var samples = JsonParser.parseString(Files.readString(json)).getAsJsonObject();
        for (var letter : new String[] {"a", "a'", "b", "c"}) {
            var subject = samples.getAsJsonObject(letter);
            for (var what : new String[] {Samples.READY, Samples.COLD, Samples.STEM}) {
                assertThat(subject.getAsJsonArray(what)).as(letter + " " + what).hasSize(1);
            }
            assertThat(subject.getAsJsonArray(Samples.WARM)).hasSize(2);
        }
        assertThat(samples.getAsJsonObject("c").getAsJsonArray(Samples.WARM_CONTRACT))
                .hasSize(2);
    }
}
