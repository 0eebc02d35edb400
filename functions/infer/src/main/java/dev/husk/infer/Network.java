package dev.husk.infer;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code train} writes: inputs are scaled by {@code (input - mean) / deviation} and go through linear layers with ReLU between them;
 * the last gives one number, whose sigmoid is the probability that the label is 1.
 */
record Network(List<String> columns, String label, double[] mean, double[] deviation, List<Layer> layers)
        implements Model {

    @Override
    public JsonObject about() {
        var about = new JsonObject();
        about.addProperty("label", label);
        about.addProperty("columns", columns.size());
        about.addProperty("layers", layers.size());
        return about;
    }

    @Override
    public List<JsonObject> predict(double[][] rows) throws UnusableInputException {
        var predictions = new ArrayList<JsonObject>();
        for (double probability : probabilities(rows)) {
            predictions.add(Model.prediction(probability));
        }
        return predictions;
    }

    @Override
    public void close() {}

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
                throw UnusableInputException.tooFar(i);
            }
        }
        return probabilities;
    }

    @Override
    public String toString() {
        return "Network of " + columns.size() + " columns for " + label;
    }
}
