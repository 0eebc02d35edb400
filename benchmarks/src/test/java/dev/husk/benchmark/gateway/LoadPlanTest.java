package dev.husk.benchmark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.husk.benchmark.gateway.LoadPlan.Part;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoadPlanTest {

    @Test
    void withoutArgumentsEverythingIsMeasuredAtItsFullSize() {
        var plan = LoadPlan.parse();

        assertThat(plan.parts()).containsExactlyInAnyOrder(Part.values());
        assertThat(plan.memoryCycles()).isEqualTo(100_000);
        assertThat(plan.connections()).isEqualTo(2_000);
        assertThat(plan.flood().rounds()).isEqualTo(5);
    }

    @Test
    void whatIsSaidStandsBesideTheShortSizes() {
        var plan = LoadPlan.parse(
                "-short", "memory", "-cycles", "40", "-env", "HUSK_LIMIT_SANDBOX=7", "-env", "JVM_ARGS=-Xmx1g -Da=b");

        assertThat(plan.parts()).containsExactly(Part.MEMORY);
        assertThat(plan.memoryCycles()).isEqualTo(40);
        assertThat(plan.window()).isEqualTo(Duration.ofSeconds(1));
        assertThat(plan.settings()).isEqualTo(Map.of("HUSK_LIMIT_SANDBOX", "7", "JVM_ARGS", "-Xmx1g -Da=b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-cycles", "-cycles 0", "-cycles ten", "-env NAME", "-long", "everything"})
    void whatIsNotUnderstoodIsNotMeasured(String line) {
        assertThatIllegalArgumentException().isThrownBy(() -> LoadPlan.parse(line.split(" ")));

        var problems = new ByteArrayOutputStream();
        var none = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
        var shown = new PrintStream(problems, true, StandardCharsets.UTF_8);
        assertThat(Load.run(none, shown, line.split(" "))).isEqualTo(2);
        assertThat(problems.toString(StandardCharsets.UTF_8)).contains("usage:");
    }

    @Test
    void aFloodIsBoundedAndGoesToThisMachineAlone() {
        var second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Flood.Size(10_001, 1, second, second));
        assertThatIllegalArgumentException().isThrownBy(() -> new Flood.Size(1, 1, second, Duration.ofMinutes(11)));
        assertThatIllegalArgumentException().isThrownBy(() -> new Flood.Size(1, 1, Duration.ZERO, second));
        // TEST-NET-1 (RFC 5737) as an address, so that no name is looked up; nothing is sent to it.
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Flood.start(URI.create("http://192.0.2.1:1/"), new Flood.Size(1, 1, second, second)));
    }
}
