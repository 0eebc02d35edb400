package dev.husk.benchmark.gateway;

import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** The gateway's memory after every twentieth of many cycles: resident, and what the heap holds after a full collection. */
record MemoryOverCycles(List<Sample> samples) {
    private static final int SAMPLES = 20;
    private static final int THREADS = 4;

    /** How much larger the second half's median may be than the first half's. */
    private static final double ALLOWED = 1.2;

    /** What was found after so many cycles. */
    record Sample(long cycles, double residentKib, double heapKib) {}

    /** @param cycles at least 20 */
    static MemoryOverCycles measure(UnderLoad gateway, long cycles)
            throws LoadFailedException, IOException, InterruptedException {
        if (cycles < SAMPLES) {
            throw new IllegalArgumentException("at least " + SAMPLES + " cycles");
        }
        long pid = gateway.java();
        var heap = new LiveHeap(pid);
        var samples = new ArrayList<Sample>();
        long done = 0;
        try (var crew = new Crew(gateway, THREADS)) {
            for (int i = 1; i <= SAMPLES; i++) {
                done += crew.times(cycles * i / SAMPLES - done).cycles().size();
                double live = heap.kib();
                samples.add(new Sample(done, ProcessTree.residentKib(pid), live));
            }
        }
        return new MemoryOverCycles(List.copyOf(samples));
    }

    /** Whether neither kind of memory grew by more than a fifth from one half to the other. */
    boolean flat() {
        return growth(Sample::residentKib) <= ALLOWED && growth(Sample::heapKib) <= ALLOWED;
    }

    /** The median of the second half, in parts of the first half's. */
    double growth(ToDoubleFunction<Sample> kind) {
        int half = samples.size() / 2;
        return median(samples.subList(half, samples.size()), kind) / median(samples.subList(0, half), kind);
    }

    /** KiB that each 1000 cycles add: the slope of the least squares' line. */
    double slope(ToDoubleFunction<Sample> kind) {
        double meanX = samples.stream().mapToDouble(Sample::cycles).average().orElseThrow();
        double meanY = samples.stream().mapToDouble(kind).average().orElseThrow();
        double above = 0;
        double below = 0;
        for (var sample : samples) {
            double x = sample.cycles() - meanX;
            above += x * (kind.applyAsDouble(sample) - meanY);
            below += x * x;
        }
        return 1000 * above / below;
    }

    private static double median(List<Sample> some, ToDoubleFunction<Sample> kind) {
        return Quantiles.of(some.stream().map(kind::applyAsDouble).toList()).median();
    }

    void print(PrintStream out) {
        out.printf("%nMemory of the gateway, MiB%n  %10s %10s %10s%n", "cycles", "resident", "live heap");
        samples.forEach(sample -> out.printf(
                "  %10d %10.1f %10.1f%n", sample.cycles(), sample.residentKib() / 1024, sample.heapKib() / 1024));
        out.printf(
                "  KiB that each 1000 cycles add: resident %.1f, live heap %.1f%n",
                slope(Sample::residentKib), slope(Sample::heapKib));
        out.printf(
                "  second half / first half: resident %.2f, live heap %.2f: %s%n",
                growth(Sample::residentKib),
                growth(Sample::heapKib),
                flat() ? "flat" : "NOT FLAT, more than %.2f".formatted(ALLOWED));
    }
}
