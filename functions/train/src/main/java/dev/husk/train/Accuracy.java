package dev.husk.train;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Comparator;
import java.util.stream.IntStream;

/** How well probabilities fit labels. */
final class Accuracy {
    private Accuracy() {}

    /**
     * The part of right answers ({@code accuracy}) and the probability that a row with label 1 gets a higher probability
     * than one with label 0 ({@code auc}; null where the rows have one label only). Rounded to four digits.
     */
    static void report(double[] probabilities, int[] labels, JsonObject into) {
        into.add("accuracy", labels.length == 0 ? JsonNull.INSTANCE : rounded(accuracy(probabilities, labels)));
        double auc = auc(probabilities, labels);
        into.add("auc", Double.isNaN(auc) ? JsonNull.INSTANCE : rounded(auc));
    }

    static double accuracy(double[] probabilities, int[] labels) {
        return IntStream.range(0, labels.length)
                        .filter(row -> (probabilities[row] >= 0.5 ? 1 : 0) == labels[row])
                        .count()
                / (double) labels.length;
    }

    /** The area under the ROC curve, by the rank sum of Mann and Whitney; equal probabilities share their ranks. */
    static double auc(double[] probabilities, int[] labels) {
        var order = IntStream.range(0, labels.length)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> probabilities[row]))
                .mapToInt(Integer::intValue)
                .toArray();
        double rankSum = 0;
        double ones = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            int tied = 0;
            while (to < order.length && probabilities[order[to]] == probabilities[order[from]]) {
                tied += labels[order[to++]];
            }
            rankSum += tied * (from + 1 + to) / 2.0;
            ones += tied;
            from = to;
        }
        double zeros = labels.length - ones;
        return ones == 0 || zeros == 0 ? Double.NaN : (rankSum - ones * (ones + 1) / 2) / (ones * zeros);
    }

    private static JsonPrimitive rounded(double figure) {
        return new JsonPrimitive(Math.round(figure * 1e4) / 1e4);
    }
}
