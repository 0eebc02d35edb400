package dev.husk.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Linear;
import java.util.List;

/**
 * A trained network: scaled inputs through linear layers with ReLU between them; the last gives one number, whose
 * sigmoid is the probability that the label is 1.
 */
record Network(Scaling scaling, List<Layer> layers) {

    /** The probability of label 1, per row. */
    double[] probabilities(double[][] inputs) {
        if (inputs.length == 0) {
            return new double[0];
        }
        try (var manager = NDManager.newBaseManager(Device.cpu());
                var scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            var values = manager.create(
                    scaling.apply(inputs),
                    new Shape(inputs.length, layers.get(0).inputs()));
            for (int i = 0; i < layers.size(); i++) {
                var layer = layers.get(i);
                var weight = manager.create(layer.weight(), new Shape(layer.outputs(), layer.inputs()));
                var bias = manager.create(layer.bias(), new Shape(layer.outputs()));
                var sum = Linear.linear(values, weight, bias).singletonOrThrow();
                values = i + 1 < layers.size() ? Activation.relu(sum) : sum;
            }
            var scores = values.toFloatArray();
            var probabilities = new double[scores.length];
            for (int i = 0; i < scores.length; i++) {
                probabilities[i] = 1 / (1 + Math.exp(-scores[i]));
            }
            return probabilities;
        }
    }
}
