package dev.husk.train;

import java.util.List;

/**
 * A dataset in memory: rows of numbers and a label for each.
 *
 * @param columns names of the inputs, without the label
 * @param inputs one array per row, in the order of {@code columns}
 * @param labels 0 or 1 per row
 */
record Dataset(String name, List<String> columns, double[][] inputs, int[] labels) {

    int rows() {
        return labels.length;
    }

    /** The same rows with the columns in the order of another dataset, which must have the same ones. */
    Dataset inOrderOf(Dataset other) throws UnusableInputException {
        if (columns.equals(other.columns)) {
            return this;
        }
        requireColumnsOf(other, this);
        requireColumnsOf(this, other);
        var reordered = new double[rows()][columns.size()];
        for (int to = 0; to < columns.size(); to++) {
            int from = columns.indexOf(other.columns.get(to));
            for (int row = 0; row < rows(); row++) {
                reordered[row][to] = inputs[row][from];
            }
        }
        return new Dataset(name, other.columns, reordered, labels);
    }

    private static void requireColumnsOf(Dataset has, Dataset lacks) throws UnusableInputException {
        for (var column : has.columns) {
            if (!lacks.columns.contains(column)) {
                throw new UnusableInputException(
                        "columns differ: %s has '%s', which %s lacks".formatted(has.name, column, lacks.name));
            }
        }
    }

    @Override
    public String toString() {
        return "Dataset " + name + " of " + rows() + " rows";
    }
}
