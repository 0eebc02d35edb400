package dev.husk.train;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Rows to train on or to test with. */
record Rows(double[][] inputs, int[] labels) {

    static Rows of(Dataset dataset, int[] chosen) {
        return new Rows(
                Arrays.stream(chosen).mapToObj(row -> dataset.inputs()[row]).toArray(double[][]::new),
                Arrays.stream(chosen).map(row -> dataset.labels()[row]).toArray());
    }

    static Rows together(List<Rows> parts) {
        return new Rows(
                parts.stream().flatMap(part -> Stream.of(part.inputs)).toArray(double[][]::new),
                parts.stream().flatMapToInt(part -> Arrays.stream(part.labels)).toArray());
    }

    int size() {
        return labels.length;
    }

    boolean hasBothLabels() {
        return Arrays.stream(labels).distinct().count() == 2;
    }

    @Override
    public String toString() {
        return size() + " rows";
    }
}
