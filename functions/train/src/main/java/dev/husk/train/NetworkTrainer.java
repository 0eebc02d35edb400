package dev.husk.train;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Trains networks with PyTorch through DJL: Adam on the cross entropy, in batches of {@value #BATCH}. On one machine,
 * the same rows and settings give the same weights. One training at a time in a JVM, as DJL's gradients demand.
 */
final class NetworkTrainer {
    private static final String ENGINE = "PyTorch";
    private static final int[] HIDDEN = {16, 8};
    private static final int BATCH = 32;
    private static final float WEIGHT_DECAY = 1e-3f;
    private static final double VALIDATION_PART = 0.2;

    private final Settings settings;

    NetworkTrainer(Settings settings) {
        this.settings = settings;
    }

    /** A network, and the mean loss of each epoch on the rows it was trained on. */
    record Trained(Network network, List<Double> losses) {}

    /** Loads libtorch, which takes most of a second, so that a first training's time is its own. */
    static void loadEngine() {
        Engine.getEngine(ENGINE);
    }

    /**
     * Trains a network.
     *
     * @param epochDone called after each epoch
     */
    Trained train(Rows rows, List<String> columns, Runnable epochDone) throws UnusableInputException {
        var random = new Random(settings.seed());
        var order = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        Collections.shuffle(order, random);
        int kept = settings.patience() > 0 ? (int) (rows.size() * VALIDATION_PART) : 0;
        var validation = chosen(rows, order.subList(0, kept));
        var training = chosen(rows, order.subList(kept, order.size()));
        var scaling = Scaling.of(training, columns);
        var losses = new ArrayList<Double>();

        Engine.getEngine(ENGINE).setRandomSeed(settings.seed());
        try (var model = Model.newInstance("husk", Device.cpu(), ENGINE)) {
            var block = block();
            model.setBlock(block);
            try (var trainer = model.newTrainer(configuration())) {
                trainer.initialize(new Shape(1, columns.size()));
                var best = new EarlyStop(settings.patience());
                for (int epoch = 0; epoch < settings.epochs() && !best.isOver(); epoch++) {
                    double loss = epoch(trainer, training, scaling, random);
                    if (!Double.isFinite(loss)) {
                        throw new UnusableInputException("the training diverged; a smaller learningRate may help");
                    }
                    losses.add(loss);
                    if (validation.size() > 0) {
                        best.offer(network(block, scaling), validation);
                    }
                    epochDone.run();
                }
                return new Trained(best.network().orElse(network(block, scaling)), List.copyOf(losses));
            }
        }
    }

    private static double epoch(Trainer trainer, Rows rows, Scaling scaling, Random random) {
        var order = new ArrayList<>(IntStream.range(0, rows.size()).boxed().toList());
        Collections.shuffle(order, random);
        double sum = 0;
        for (int from = 0; from < order.size(); from += BATCH) {
            var batch = chosen(rows, order.subList(from, Math.min(order.size(), from + BATCH)));
            sum += step(trainer, batch, scaling) * batch.size();
        }
        return sum / rows.size();
    }

    private static float step(Trainer trainer, Rows batch, Scaling scaling) {
        try (var manager = trainer.getManager().newSubManager()) {
            var inputs = manager.create(scaling.apply(batch.inputs()), new Shape(batch.size(), scaling.mean().length));
            var labels = new float[batch.size()];
            for (int i = 0; i < labels.length; i++) {
                labels[i] = batch.labels()[i];
            }
            var wanted = new NDList(manager.create(labels, new Shape(batch.size(), 1)));
            float loss;
            try (var gradients = trainer.newGradientCollector()) {
                var difference = trainer.getLoss().evaluate(wanted, trainer.forward(new NDList(inputs)));
                gradients.backward(difference);
                loss = difference.getFloat();
            }
            trainer.step();
            return loss;
        }
    }

    private DefaultTrainingConfig configuration() {
        return new DefaultTrainingConfig(Loss.sigmoidBinaryCrossEntropyLoss())
                .optDevices(new Device[] {Device.cpu()})
                .optOptimizer(Optimizer.adam()
                        .optLearningRateTracker(Tracker.fixed((float) settings.learningRate()))
                        .optWeightDecays(WEIGHT_DECAY)
                        .build());
    }

    private static Block block() {
        var block = new SequentialBlock();
        for (int units : HIDDEN) {
            block.add(Linear.builder().setUnits(units).build()).add(Activation.reluBlock());
        }
        return block.add(Linear.builder().setUnits(1).build());
    }

    /** A copy of the weights as they are now. */
    private static Network network(Block block, Scaling scaling) {
        var layers = new ArrayList<Layer>();
        for (var linear : block.getChildren().values()) {
            var parameters = linear.getDirectParameters();
            if (!parameters.isEmpty()) {
                var weight = parameters.get("weight").getArray();
                layers.add(new Layer(
                        (int) weight.getShape().get(1),
                        (int) weight.getShape().get(0),
                        weight.toFloatArray(),
                        parameters.get("bias").getArray().toFloatArray()));
            }
        }
        return new Network(scaling, List.copyOf(layers));
    }

    private static Rows chosen(Rows rows, List<Integer> which) {
        return new Rows(
                which.stream().map(row -> rows.inputs()[row]).toArray(double[][]::new),
                which.stream().mapToInt(row -> rows.labels()[row]).toArray());
    }
}
