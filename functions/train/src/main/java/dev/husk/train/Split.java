package dev.husk.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * The rows to train on, and those held out to test with. The same seed, dataset name and labels give the same split,
 * whatever else is trained on; each label is held out in the same part.
 */
record Split(Rows training, Rows test) {

    static Split of(Dataset dataset, double testFraction, int seed) {
        var random = new Random(31L * seed + dataset.name().hashCode());
        var training = new ArrayList<Integer>();
        var test = new ArrayList<Integer>();
        for (int label = 0; label <= 1; label++) {
            var rows = new ArrayList<Integer>();
            for (int row = 0; row < dataset.rows(); row++) {
                if (dataset.labels()[row] == label) {
                    rows.add(row);
                }
            }
            Collections.shuffle(rows, random);
            int held = (int) Math.round(rows.size() * testFraction);
            test.addAll(rows.subList(0, held));
            training.addAll(rows.subList(held, rows.size()));
        }
        return new Split(Rows.of(dataset, indices(training)), Rows.of(dataset, indices(test)));
    }

    private static int[] indices(List<Integer> rows) {
        return rows.stream().mapToInt(Integer::intValue).sorted().toArray();
    }
}
