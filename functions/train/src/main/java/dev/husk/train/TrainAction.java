package dev.husk.train;

import com.google.gson.JsonObject;
import dev.husk.function.DatasetNotGrantedException;
import dev.husk.function.FunctionContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The action: trains a network that tells label 1 from label 0 on several datasets of the same columns, joined by rows.
 *
 * <p>Parameters: {@code datasets} (names with commas between; must be given), {@code result} ({@code risk-model}),
 * {@code label} ({@code malignant}), {@code epochs} (40), {@code learningRate} (0.005), {@code seed} (1),
 * {@code testFraction} (0.25), {@code patience} (0: no early stopping). A part of each dataset is held out; the inputs
 * are scaled by training rows only.
 *
 * <p>The answer has, under {@code pooled}, rows, accuracy and AUC of the network on all held-out rows; under
 * {@code datasets} the same per dataset, and {@code alone}: what a network that was trained on this dataset only reaches
 * on <em>all</em> held-out rows. Input that cannot be used is answered with {@code {"error": ..}} before anything is
 * written.
 */
public final class TrainAction {
    private TrainAction() {}

    /**
     * @throws IOException if a dataset cannot be read whole or the model cannot be written: the run has failed, and the
     *     former model stays
     */
    public static synchronized JsonObject main(JsonObject parameters, FunctionContext context) throws IOException {
        try {
            return run(Settings.parse(parameters), context);
        } catch (UnusableInputException | DatasetNotGrantedException e) {
            var answer = new JsonObject();
            answer.addProperty("error", e.getMessage());
            return answer;
        }
    }

    private static JsonObject run(Settings settings, FunctionContext context)
            throws IOException, UnusableInputException {
        var watch = new Stopwatch();
        var datasets = read(settings, context);
        watch.lap("read");
        var splits = datasets.stream()
                .map(dataset -> Split.of(dataset, settings.testFraction(), settings.seed()))
                .toList();
        var training = Rows.together(splits.stream().map(Split::training).toList());
        var test = Rows.together(splits.stream().map(Split::test).toList());
        if (!training.hasBothLabels() || !test.hasBothLabels()) {
            throw new UnusableInputException(
                    "too few rows: both labels must be among those to train on and among those held out");
        }
        NetworkTrainer.loadEngine();
        watch.lap("engine");

        var columns = datasets.get(0).columns();
        var trainer = new NetworkTrainer(settings);
        var progress = new Progress(context, settings.epochs(), datasets.size() > 1 ? 1 + datasets.size() : 1);
        var together = trainer.train(training, columns, progress.of("together"));
        watch.lap("training");
        var alone = new ArrayList<Network>();
        if (datasets.size() > 1) {
            for (int i = 0; i < datasets.size(); i++) {
                progress.next();
                var own = splits.get(i).training();
                if (own.size() == 0) {
                    throw new UnusableInputException(datasets.get(i).name() + ": too few rows");
                }
                alone.add(
                        trainer.train(own, columns, progress.of(datasets.get(i).name() + " alone"))
                                .network());
            }
            watch.lap("trainingAlone");
        }

        var model = ModelFile.encode(together.network(), columns, settings.label());
        try (var out = context.result(settings.result())) {
            out.write(model);
        }
        context.progress("model written", 1);
        watch.lap("write");
        return new Report(settings, together, model.length)
                .add(datasets, splits, alone)
                .add(training, test)
                .finish(watch);
    }

    private static List<Dataset> read(Settings settings, FunctionContext context)
            throws IOException, UnusableInputException {
        var reader = new DatasetReader(settings.label(), DatasetReader.MOST_NUMBERS);
        var datasets = new ArrayList<Dataset>();
        for (var name : settings.datasets()) {
            try (var csv = context.dataset(name)) {
                var dataset = reader.read(name, csv);
                datasets.add(datasets.isEmpty() ? dataset : dataset.inOrderOf(datasets.get(0)));
            }
        }
        return List.copyOf(datasets);
    }
}
