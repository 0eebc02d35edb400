package dev.husk.benchmark.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogGrowthTest {
    @Test
    void aLogGrowsAndItsProofsHold() throws Exception {
        var out = new ByteArrayOutputStream();
        LogGrowth.run(10_000, 20, new PrintStream(out, true, StandardCharsets.UTF_8));
        var lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(2).strip()).startsWith("1000 ");
        // A tree of 10 000 is 14 levels high.
        assertThat(lines.get(3).strip()).matches("10000 +14 +448 .*");
    }
}
