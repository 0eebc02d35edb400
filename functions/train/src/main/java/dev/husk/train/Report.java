package dev.husk.train;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;

/** The answer of a training run. */
final class Report {
    private final NetworkTrainer.Trained trained;
    private final JsonObject answer = new JsonObject();
    private final JsonObject model = new JsonObject();

    Report(Settings settings, NetworkTrainer.Trained trained, int modelBytes) {
        this.trained = trained;
        model.addProperty("result", settings.result());
        model.addProperty("label", settings.label());
        model.addProperty("columns", trained.network().scaling().mean().length);
        model.addProperty("bytes", modelBytes);
    }

    /**
     * Adds the figures of each dataset.
     *
     * @param alone a network per dataset, or none
     */
    Report add(List<Dataset> datasets, List<Split> splits, List<Network> alone) {
        var test = Rows.together(splits.stream().map(Split::test).toList());
        var list = new JsonArray();
        for (int i = 0; i < datasets.size(); i++) {
            var figures = new JsonObject();
            figures.addProperty("name", datasets.get(i).name());
            add(splits.get(i).training(), splits.get(i).test(), figures);
            if (!alone.isEmpty()) {
                var own = new JsonObject();
                Accuracy.report(alone.get(i).probabilities(test.inputs()), test.labels(), own);
                figures.add("alone", own);
            }
            list.add(figures);
        }
        answer.add("datasets", list);
        return this;
    }

    /** Adds the figures of all datasets together. */
    Report add(Rows training, Rows test) {
        var figures = new JsonObject();
        add(training, test, figures);
        answer.add("pooled", figures);
        return this;
    }

    private void add(Rows training, Rows test, JsonObject figures) {
        figures.addProperty("rows", training.size() + test.size());
        figures.addProperty("trainingRows", training.size());
        figures.addProperty("testRows", test.size());
        Accuracy.report(trained.network().probabilities(test.inputs()), test.labels(), figures);
    }

    JsonObject finish(Stopwatch watch) {
        var losses = new JsonArray();
        trained.losses().forEach(loss -> losses.add(Math.round(loss * 1e6) / 1e6));
        answer.addProperty("epochs", trained.losses().size());
        answer.add("losses", losses);
        answer.add("model", model);
        answer.add("ms", watch.laps());
        return answer;
    }
}
