package dev.husk.benchmark.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.benchmark.gateway.Flood.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Each part of the load, as small as it gets, against a real gateway: that it measures what it says, not how fast. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LoadIT {
    private final TemporaryGateway temporary;
    private final UnderLoad gateway;

    LoadIT() throws Exception {
        temporary = TemporaryGateway.start(Map.of());
        gateway = new UnderLoad(temporary.parts());
    }

    @BeforeAll
    void everyCycleIsABindingAndAReleaseInTheLog() throws Exception {
        int before = gateway.contract().events();
        try (var crew = new Crew(gateway, 2)) {
            var done = crew.times(3);
            assertThat(done.cycles()).hasSize(3).allSatisfy(waited -> {
                assertThat(waited.auth()).isPositive();
                assertThat(waited.attest()).isPositive();
                assertThat(waited.release()).isPositive();
            });
        }
        assertThat(gateway.contract().events()).isEqualTo(before + 6);
    }

    @AfterAll
    void stop() {
        temporary.close();
    }

    @Test
    void throughputCountsTheCyclesOfEachNumberOfThreads() throws Exception {
        int before = gateway.contract().events();

        var measured = Throughput.measure(gateway, 1, Duration.ofMillis(1));

        assertThat(measured.windows()).containsOnlyKeys(1, 4, 16);
        measured.windows().forEach((threads, windows) -> {
            assertThat(windows).hasSize(1);
            var window = windows.get(0);
            assertThat(window.cycles()).isEqualTo(threads);
            assertThat(window.cpu().gateway()).isPositive();
            assertThat(window.cpu().driver()).isPositive();
            assertThat(window.bareMillis()).isPositive();
            assertThat(window.sessions().looks()).isPositive();
        });
        // Those that counted, and as many before, to open the connections.
        assertThat(gateway.contract().events()).isEqualTo(before + 2 * 2 * (1 + 4 + 16));
        assertThat(printed(measured::print)).contains("gateway / bare cryptography", "busy cores");
    }

    @Test
    void memoryIsSampledAfterEveryTwentiethOfTheCycles() throws Exception {
        var measured = MemoryOverCycles.measure(gateway, 20);

        assertThat(measured.samples())
                .extracting(MemoryOverCycles.Sample::cycles)
                .hasSize(20)
                .endsWith(19L, 20L);
        assertThat(measured.samples()).allSatisfy(sample -> {
            assertThat(sample.heapKib()).isPositive();
            assertThat(sample.residentKib()).isGreaterThan(sample.heapKib());
        });
        assertThat(printed(measured::print)).contains("KiB that each 1000 cycles add");
    }

    @Test
    void attestedSandboxesReleaseWhileEveryKindOfStrangerFloodsTheGateway() throws Exception {
        int before = gateway.contract().events();
        var size = new Flood.Size(40, 4, Duration.ofMillis(100), Duration.ofMinutes(2));
        var moment = Duration.ofMillis(500);

        var measured = FloodedReleases.measure(
                gateway, new FloodedReleases.Plan(Duration.ofMillis(1), 1, moment, Duration.ofMillis(50), size));

        var turn = measured.turns().get(0);
        assertThat(turn.connected()).isEqualTo(40);
        assertThat(turn.failed()).isZero();
        assertThat(turn.quiet()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(turn.flooded()).hasSizeGreaterThanOrEqualTo(4);
        // Four bindings, four releases to warm up, and those that were measured.
        assertThat(gateway.contract().events())
                .isEqualTo(before + 8 + turn.quiet().size() + turn.flooded().size());
        assertThat(turn.flood().opened()).containsOnlyKeys(Kind.values());
        assertThat(turn.flood().opened().getOrDefault(Kind.SLOW, 0)).isGreaterThanOrEqualTo(10);
        assertThat(turn.flood().requests()).containsOnlyKeys(Kind.values());
        assertThat(turn.flood().statuses().keySet()).isNotEmpty().allMatch(status -> status < 500 || status == 503);
        assertThat(printed(measured::print)).contains("40 connections stood", "p99 during / p99 before");
    }

    private interface Printing {
        void to(PrintStream out);
    }

    private static String printed(Printing figures) {
        var bytes = new ByteArrayOutputStream();
        figures.to(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
