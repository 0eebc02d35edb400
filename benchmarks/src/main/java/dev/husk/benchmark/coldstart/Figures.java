package dev.husk.benchmark.coldstart;

import dev.husk.benchmark.gateway.Quantiles;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The printout. */
final class Figures {
    private static final List<String> COLUMNS =
            List.of(Samples.READY, Samples.COLD, Samples.CPU, Samples.STEM, Samples.WARM, Samples.WARM_CONTRACT);

    private Figures() {}

    static void print(Samples samples, PrintStream out) {
        for (var column : COLUMNS) {
            out.printf("%n%-48s %9s %9s %9s %7s%n", column + ", ms", "median", "lowest", "highest", "to (a)");
            for (var subject : samples.values().keySet()) {
                samples.of(subject, column)
                        .ifPresent(ms -> out.printf(
                                Locale.ROOT,
                                "%-48s %9.2f %9.2f %9.2f %7s%n",
                                subject.letter + "  " + subject.title,
                                ms.median(),
                                ms.at(Double.MIN_VALUE),
                                ms.at(1),
                                ratio(ms, samples.of(Subject.STOCK, column))));
            }
        }
        overhead(samples, out);
        samples.steps().forEach((title, steps) -> {
            out.printf("%nmilliseconds by the runtime's own account, %s%n", title);
            steps.forEach((step, all) -> out.printf(
                    Locale.ROOT, "  %-46s %9.2f%n", step, Quantiles.of(all).median()));
        });
    }

    private static String ratio(Quantiles ms, Optional<Quantiles> stock) {
        return stock.map(other -> String.format(Locale.ROOT, "%.2f", ms.median() / other.median()))
                .orElse("-");
    }

    private static void overhead(Samples samples, PrintStream out) {
        var stock = samples.of(Subject.STOCK, Samples.WARM);
        if (stock.isEmpty()) {
            return;
        }
        out.println();
        for (var subject : List.of(Subject.PLAIN, Subject.ATTESTED)) {
            for (var what : List.of(Samples.WARM, Samples.WARM_CONTRACT)) {
                samples.of(subject, what)
                        .ifPresent(ms -> out.printf(
                                Locale.ROOT,
                                "%s of (%s) costs %+.2f ms over (a)%n",
                                what,
                                subject.letter,
                                ms.median() - stock.get().median()));
            }
        }
    }
}
