package dev.husk.benchmark.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.husk.benchmark.gateway.DatabaseSessions.Doing;
import dev.husk.benchmark.gateway.MemoryOverCycles.Sample;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How figures are made of what was measured. */
class FiguresTest {

    @Test
    void aQuantileIsTheSmallestValueThatSoManyDoNotExceed() {
        var hundred = Quantiles.of(
                DoubleStream.iterate(100, value -> value - 1).limit(100).boxed().toList());

        assertThat(hundred.at(0.99)).isEqualTo(99);
        assertThat(hundred.at(1)).isEqualTo(100);
        assertThat(hundred.at(0.5)).isEqualTo(50);
        assertThat(hundred.median()).isEqualTo(50.5);
        assertThat(Quantiles.of(List.of(7.0)).at(0.99)).isEqualTo(7);
        assertThat(Quantiles.of(List.of(3.0, 1.0, 2.0)).median()).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> Quantiles.of(List.of()));
    }

    @Test
    void memoryThatGrowsByMoreThanAFifthIsNotFlat() {
        var flat = memory(cycles -> 100_000, cycles -> 50_000 + 7 * (cycles % 2));
        assertThat(flat.flat()).isTrue();
        assertThat(flat.slope(Sample::residentKib)).isCloseTo(0, within(1e-9));

        var growing = memory(cycles -> 100_000, cycles -> 10_000 + 20.0 * cycles);
        assertThat(growing.flat()).isFalse();
        assertThat(growing.slope(Sample::heapKib)).isCloseTo(20_000, within(1e-6));
        // (10,000 + 20 * 1550) / (10,000 + 20 * 550)
        assertThat(growing.growth(Sample::heapKib)).isCloseTo(41_000 / 21_000.0, within(1e-9));

        assertThat(memory(cycles -> 10_000 + 20.0 * cycles, cycles -> 1).flat()).isFalse();
    }

    private static MemoryOverCycles memory(LongToDoubleFunction resident, LongToDoubleFunction heap) {
        return new MemoryOverCycles(LongStream.rangeClosed(1, 20)
                .map(i -> 100 * i)
                .mapToObj(cycles -> new Sample(cycles, resident.applyAsDouble(cycles), heap.applyAsDouble(cycles)))
                .toList());
    }

    @Test
    void timesOfAProcessAndItsEndedChildrenAddUpWhateverItsName() {
        var stat = "42 (a) (b c) S 1 42 42 0 -1 4194304 100 200 0 0 150 50 25 75 20 0 1 0 100 1000 10 0 0";

        assertThat(ProcessTree.seconds(stat)).isEqualTo(3.0);
        assertThat(ProcessTree.seconds("")).isZero();
    }

    @Test
    void theLiveHeapIsTheHistogramsTotal() throws Exception {
        var histogram = " num     #instances         #bytes  class name (module)\n"
                + "   1:         12345        2048000  [B (java.base@17)\n"
                + "Total         99999        4194304\n";

        assertThat(LiveHeap.total(histogram)).isEqualTo(4096);
        assertThatExceptionOfType(LoadFailedException.class)
                .isThrownBy(() -> LiveHeap.total("42: No such process\n"))
                .withMessageContaining("No such process");
    }

    @Test
    void aSessionsWaitNamesWhatItWaitsFor() {
        assertThat(DatabaseSessions.doing("Lock", "transactionid", "active")).isEqualTo(Doing.WAITS_FOR_LOCK);
        assertThat(DatabaseSessions.doing("IO", "WalSync", "active")).isEqualTo(Doing.WAITS_FOR_DISK);
        assertThat(DatabaseSessions.doing("LWLock", "WALWrite", "active")).isEqualTo(Doing.WAITS_FOR_DISK);
        assertThat(DatabaseSessions.doing("Client", "ClientRead", "idle in transaction"))
                .isEqualTo(Doing.WAITS_FOR_GATEWAY);
        assertThat(DatabaseSessions.doing("", "", "active")).isEqualTo(Doing.WORKS);
    }

    @Test
    void theBareCycleVerifiesWhatItIsTimedFor(@TempDir Path folder) throws Exception {
        assertThat(new BareCycle(SimulatedProcessor.open(folder)).run()).isEqualTo(4);
    }
}
