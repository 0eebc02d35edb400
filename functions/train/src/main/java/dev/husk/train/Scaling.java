package dev.husk.train;

import java.util.Arrays;
import java.util.List;

/** Mean and standard deviation per column, of training rows only. A column that never varies counts as deviating by 1. */
record Scaling(double[] mean, double[] deviation) {

    static Scaling of(Rows rows, List<String> columns) throws UnusableInputException {
        var mean = new double[columns.size()];
        var deviation = new double[columns.size()];
        for (int i = 0; i < mean.length; i++) {
            int column = i;
            double average = Arrays.stream(rows.inputs())
                    .mapToDouble(row -> row[column] / rows.size())
                    .sum();
            double spread = Math.sqrt(Arrays.stream(rows.inputs())
                    .mapToDouble(row -> (row[column] - average) * (row[column] - average) / rows.size())
                    .sum());
            if (!Double.isFinite(average) || !Double.isFinite(spread)) {
                throw new UnusableInputException("column '" + columns.get(i) + "': numbers too large to average");
            }
            mean[i] = average;
            // Below this, the spread is rounding.
            deviation[i] = spread > 1e-12 * Math.max(1e-12, Math.abs(average)) ? spread : 1;
        }
        return new Scaling(mean, deviation);
    }

    /** The rows in units of deviation, one after the other. */
    float[] apply(double[][] inputs) {
        var scaled = new float[inputs.length * mean.length];
        int next = 0;
        for (var row : inputs) {
            for (int i = 0; i < mean.length; i++) {
                scaled[next++] = (float) ((row[i] - mean[i]) / deviation[i]);
            }
        }
        return scaled;
    }
}
