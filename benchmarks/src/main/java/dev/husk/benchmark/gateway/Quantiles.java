package dev.husk.benchmark.gateway;

import java.util.Arrays;
import java.util.Collection;

/** Values in order. */
public final class Quantiles {
    private final double[] sorted;

    private Quantiles(double[] sorted) {
        this.sorted = sorted;
    }

    /** @throws IllegalArgumentException for no values */
    public static Quantiles of(Collection<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no values");
        }
        var sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return new Quantiles(sorted);
    }

    int count() {
        return sorted.length;
    }

    /** The smallest value that at least this share of all does not exceed; above 0, at most 1. */
    public double at(double share) {
        return sorted[(int) Math.ceil(share * sorted.length) - 1];
    }

    public double median() {
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
