package dev.husk.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs all benchmarks in rounds, a fresh process for each benchmark in each round, and prints the ratio of each to its
 * baseline: the median over the rounds, the lowest and the highest. Rounds spread what else the machine does over all.
 */
public final class Main {
    /** Benchmark and baseline, by method. */
    static final Map<String, String> BASELINES = baselines();

    private static final int UNUSABLE = 2;

    private Main() {}

    public static void main(String... arguments) throws RunnerException {
        boolean brief = List.of(arguments).contains("-short");
        if (arguments.length > (brief ? 1 : 0)) {
            System.err.println("usage: java -jar benchmarks.jar [-short]");
            System.exit(UNUSABLE);
        }
        int rounds = brief ? 1 : 5;
        var ratios = new TreeMap<String, List<Double>>();
        for (int round = 1; round <= rounds; round++) {
            System.err.printf("round %d of %d%n", round, rounds);
            ratiosOf(scores(brief))
                    .forEach((name, ratio) ->
                            ratios.computeIfAbsent(name, n -> new ArrayList<>()).add(ratio));
        }
        System.out.printf("%-58s %8s %8s %8s%n", "time / time of the baseline", "median", "lowest", "highest");
        ratios.forEach((name, all) -> {
            var sorted = all.stream().sorted().toList();
            System.out.printf(
                    "%-58s %8.2f %8.2f %8.2f%n",
                    name, sorted.get(sorted.size() / 2), sorted.get(0), sorted.get(sorted.size() - 1));
        });
    }

    private static Map<String, String> baselines() {
        var baselines = new LinkedHashMap<String, String>();
        baselines.put("SealedObjects.seal", "SealedObjects.bareSeal");
        baselines.put("SealedObjects.open", "SealedObjects.bareOpen");
        baselines.put("ReportVerification.cachedChain", "ReportVerification.bareBouncyCastle");
        baselines.put("ReportVerification.coldChain", "ReportVerification.bareBouncyCastle");
        baselines.put("ReportVerification.parseAndAppraise", "ReportVerification.bareBouncyCastle");
        baselines.put("ReportVerification.bareJdk", "ReportVerification.bareBouncyCastle");
        baselines.put("Contracts.parse", "Contracts.bareParse");
        baselines.put("Contracts.canonical", "Contracts.bareWrite");
        baselines.put("InclusionProofs.verify", "InclusionProofs.bareHashes");
        return baselines;
    }

    /** Microseconds by benchmark and parameters. */
    private static Map<String, Double> scores(boolean brief) throws RunnerException {
        var time = brief ? TimeValue.milliseconds(100) : TimeValue.seconds(1);
        var options = new OptionsBuilder()
                .include("^dev\\.husk\\.benchmark\\.")
                .forks(1)
                .warmupIterations(brief ? 1 : 2)
                .warmupTime(time)
                .measurementIterations(brief ? 1 : 2)
                .measurementTime(time)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build();
        var scores = new TreeMap<String, Double>();
        for (var result : new Runner(options).run()) {
            scores.put(name(result), result.getPrimaryResult().getScore());
        }
        return scores;
    }

    private static String name(RunResult result) {
        var parameters = result.getParams();
        var size = parameters.getParam("size");
        var method = parameters.getBenchmark().substring("dev.husk.benchmark.".length());
        return size == null ? method : method + " " + size;
    }

    static Map<String, Double> ratiosOf(Map<String, Double> scores) {
        var ratios = new TreeMap<String, Double>();
        scores.forEach((name, score) -> {
            var method = name.split(" ")[0];
            var baseline = BASELINES.get(method);
            if (baseline != null) {
                var other = scores.get(name.replace(method, baseline));
                if (other == null) {
                    throw new IllegalStateException("no score of " + baseline);
                }
                ratios.put(name, score / other);
            }
        });
        return ratios;
    }
}
