package dev.husk.infer;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.TensorInfo;
import com.google.gson.JsonPrimitive;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * The inputs of an ONNX model that takes rows: one tensor {@code [rows, columns]}, or one {@code [rows, 1]} per column,
 * which then names the column. Columns of the one tensor have the names of the metadata {@value #COLUMNS}, a JSON array,
 * or else {@code x0}, {@code x1} and so on, which is how scikit-learn counts features.
 *
 * @param batch how many rows the model takes at once, or empty for any number
 */
record OnnxInputs(List<String> columns, List<Input> inputs, OptionalInt batch) {
    static final String COLUMNS = "husk.columns";

    private static final int LARGEST_BATCH = 4096;

    /** Whole numbers up to here are the same as a double. */
    private static final double EXACT = 1L << 53;

    /** @param width its columns, or -1 where the model leaves them open */
    private record Input(String name, OnnxJavaType type, int width) {}

    static OnnxInputs of(Map<String, NodeInfo> described, Map<String, String> metadata) throws UnusableInputException {
        var inputs = new ArrayList<Input>();
        long batch = -1;
        for (var node : described.values()) {
            var input = input(node);
            long rows = ((TensorInfo) node.getInfo()).getShape()[0];
            if (!inputs.isEmpty() && rows != batch) {
                throw UnusableInputException.ofModel("inputs for different numbers of rows");
            }
            batch = rows;
            inputs.add(input);
        }
        if (batch == 0 || batch > LARGEST_BATCH) {
            throw UnusableInputException.ofModel(
                    "its inputs take a fixed number of rows that is not 1 to " + LARGEST_BATCH);
        }
        return switch (inputs.size()) {
            case 0 -> throw UnusableInputException.ofModel("no input");
            case 1 -> one(inputs.get(0), metadata, rows(batch));
            default -> many(inputs, rows(batch));
        };
    }

    private static OptionalInt rows(long batch) {
        return batch < 0 ? OptionalInt.empty() : OptionalInt.of((int) batch);
    }

    private static Input input(NodeInfo node) throws UnusableInputException {
        if (node.getInfo() instanceof TensorInfo tensor) {
            var shape = tensor.getShape();
            switch (tensor.type) {
                case FLOAT, DOUBLE, INT32, INT64 -> {}
                default ->
                    throw UnusableInputException.ofModel(
                            "an input of type " + tensor.type + "; FLOAT, DOUBLE, INT32 and INT64 are taken");
            }
            if (shape.length == 2 && shape[1] != 0 && shape[1] <= ColumnNames.MOST) {
                return new Input(node.getName(), tensor.type, (int) shape[1]);
            }
        }
        throw UnusableInputException.ofModel(
                "an input that is not a tensor [rows, columns] of 1 to " + ColumnNames.MOST + " columns");
    }

    private static OnnxInputs one(Input input, Map<String, String> metadata, OptionalInt batch)
            throws UnusableInputException {
        var names = metadata.get(COLUMNS);
        if (names == null && input.width < 0) {
            throw UnusableInputException.ofModel(
                    "its input leaves the number of columns open, and no metadata " + COLUMNS + " names them");
        }
        var columns = names == null
                ? IntStream.range(0, input.width).mapToObj(i -> "x" + i).toList()
                : ColumnNames.parse(names);
        if (input.width >= 0 && columns.size() != input.width) {
            throw UnusableInputException.ofModel("its metadata %s names %d columns, and its input has %d"
                    .formatted(COLUMNS, columns.size(), input.width));
        }
        return new OnnxInputs(columns, List.of(new Input(input.name, input.type, columns.size())), batch);
    }

    private static OnnxInputs many(List<Input> inputs, OptionalInt batch) throws UnusableInputException {
        if (inputs.size() > ColumnNames.MOST) {
            throw UnusableInputException.ofModel("more than " + ColumnNames.MOST + " inputs");
        }
        var columns = new ArrayList<String>();
        for (var input : inputs) {
            if (input.width != 1) {
                throw UnusableInputException.ofModel("several inputs, and not of one column each");
            }
            columns.add(ColumnNames.name(new JsonPrimitive(input.name)));
        }
        return new OnnxInputs(ColumnNames.distinct(columns), List.copyOf(inputs), batch);
    }

    /**
     * Makes the tensors of these rows, by name; the caller closes them, also when this fails.
     *
     * @param first how many rows come before these
     */
    void fill(Map<String, OnnxTensor> tensors, OrtEnvironment environment, double[][] rows, int first)
            throws OrtException, UnusableInputException {
        int column = 0;
        for (var input : inputs) {
            var values = new double[rows.length * input.width];
            for (int i = 0; i < values.length; i++) {
                int row = i / input.width;
                int place = column + i % input.width;
                values[i] = rows[row][place];
                requireTaken(input.type, values[i], first + row, place);
            }
            tensors.put(input.name, tensor(environment, input, values, rows.length));
            column += input.width;
        }
    }

    private void requireTaken(OnnxJavaType type, double value, int row, int column) throws UnusableInputException {
        if (type == OnnxJavaType.FLOAT && Float.isInfinite((float) value)) {
            throw UnusableInputException.tooFar(row);
        }
        boolean whole = type == OnnxJavaType.INT32 || type == OnnxJavaType.INT64;
        double largest = type == OnnxJavaType.INT32 ? Integer.MAX_VALUE : EXACT;
        if (whole && (value != Math.rint(value) || Math.abs(value) > largest)) {
            throw new UnusableInputException(
                    "parameter rows, row %d, column '%s': the model takes whole numbers up to %.0f"
                            .formatted(row + 1, columns.get(column), largest));
        }
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Input input, double[] values, int rows)
            throws OrtException {
        long[] shape = {rows, input.width};
        switch (input.type) {
            case FLOAT -> {
                var floats = FloatBuffer.allocate(values.length);
                for (double value : values) {
                    floats.put((float) value);
                }
                return OnnxTensor.createTensor(environment, floats.flip(), shape);
            }
            case DOUBLE -> {
                return OnnxTensor.createTensor(environment, DoubleBuffer.wrap(values), shape);
            }
            case INT32 -> {
                var ints = IntBuffer.allocate(values.length);
                for (double value : values) {
                    ints.put((int) value);
                }
                return OnnxTensor.createTensor(environment, ints.flip(), shape);
            }
            case INT64 -> {
                var longs = LongBuffer.allocate(values.length);
                for (double value : values) {
                    longs.put((long) value);
                }
                return OnnxTensor.createTensor(environment, longs.flip(), shape);
            }
            default -> throw new IllegalStateException("refused when the model was opened: " + input.type);
        }
    }
}
