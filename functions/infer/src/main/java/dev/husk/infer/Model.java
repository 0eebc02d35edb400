package dev.husk.infer;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import java.util.List;

/**
 * A model: inputs are scaled by {@code (input - mean) / deviation} and go through linear layers with ReLU between them;
 * the last gives one number, whose sigmoid is the probability that the label is 1.
 */
record Model(List<String> columns, String label, double[] mean, double[] deviation, List<Layer> layers) {

    /**
     * The probability of label 1, per row.
     *
     * @param rows values in the order of {@code columns}; at least one row
     */
    double[] probabilities(double[][] rows) throws UnusableInputException {
        try (var manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            var values = manager.create(scaled(rows), new Shape(rows.length, columns.size()));
            for (int i = 0; i < layers.size(); i++) {
                var layer = layers.get(i);
                var weight = manager.create(layer.weight(), new Shape(layer.outputs(), layer.inputs()));
                var bias = manager.create(layer.bias(), new Shape(layer.outputs()));
                var sum = Linear.linear(values, weight, bias).singletonOrThrow();
                values = i + 1 < layers.size() ? Activation.relu(sum) : sum;
            }
            return sigmoid(values.toFloatArray());
        }
    }

    private float[] scaled(double[][] rows) {
        var scaled = new float[rows.length * columns.size()];
        int next = 0;
        for (var row : rows) {
            for (int i = 0; i < row.length; i++) {
                scaled[next++] = (float) ((row[i] - mean[i]) / deviation[i]);
            }
        }
        return scaled;
    }

    private static double[] sigmoid(float[] scores) throws UnusableInputException {
        var probabilities = new double[scores.length];
        for (int i = 0; i < scores.length; i++) {
            probabilities[i] = 1 / (1 + Math.exp(-scores[i]));
            if (Double.isNaN(probabilities[i])) {
                throw new UnusableInputException(
                        "parameter rows, row " + (i + 1) + ": values too far from any that the model was trained on");
            }
        }
        return probabilities;
    }

    @Override
    public String toString() {
        return "Model of " + columns.size() + " columns for " + label;
    }
}
