package dev.husk.infer;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The outputs of an ONNX model, which say by their names what they mean:
 *
 * <ul>
 *   <li>{@code probability}, {@code probabilities}, {@code output_probability}: of one column, the probability of label
 *       1, answered as {@code probability}; of several, one per class, answered as {@code probabilities}, and of two also
 *       that of the second as {@code probability}. The label is the class of the largest, counted from 0;
 *   <li>{@code label}, {@code output_label}: the label, a whole number or a text, in place of that;
 *   <li>one output of any other name: numbers, answered as {@code value}, or {@code values} where a row has several.
 * </ul>
 *
 * Other outputs beside the named ones are not computed. Maps, as scikit-learn's converters make unless told
 * {@code zipmap=False}, are refused.
 */
record OnnxOutputs(Optional<String> label, Optional<String> probabilities, Optional<String> values) {
    private static final Set<String> LABELS = Set.of("label", "output_label");
    private static final Set<String> PROBABILITIES = Set.of("probability", "probabilities", "output_probability");

    /** Most numbers of a row, and of an answer. */
    private static final int WIDEST = 4096;

    private static final int MOST_NUMBERS = 1_000_000;

    /** How far a sum of floats may lie outside 0 to 1. */
    private static final double ROUNDING = 1e-4;

    static OnnxOutputs of(Map<String, NodeInfo> described) throws UnusableInputException {
        var label = named(LABELS, described);
        var probabilities = named(PROBABILITIES, described);
        if (label.isPresent()) {
            requireType(
                    described,
                    label.get(),
                    "INT32, INT64 or STRING",
                    Set.of(OnnxJavaType.INT32, OnnxJavaType.INT64, OnnxJavaType.STRING));
        }
        if (probabilities.isPresent()) {
            requireType(
                    described, probabilities.get(), "FLOAT or DOUBLE", Set.of(OnnxJavaType.FLOAT, OnnxJavaType.DOUBLE));
        }
        if (label.isPresent() || probabilities.isPresent()) {
            return new OnnxOutputs(label, probabilities, Optional.empty());
        }
        if (described.size() != 1) {
            throw UnusableInputException.ofModel(
                    "several outputs, none of them called label or probabilities: call them so, or leave one");
        }
        var values = described.keySet().iterator().next();
        requireType(
                described,
                values,
                "FLOAT, DOUBLE, INT32 or INT64",
                Set.of(OnnxJavaType.FLOAT, OnnxJavaType.DOUBLE, OnnxJavaType.INT32, OnnxJavaType.INT64));
        return new OnnxOutputs(label, probabilities, Optional.of(values));
    }

    private static Optional<String> named(Set<String> names, Map<String, NodeInfo> described)
            throws UnusableInputException {
        var found = described.keySet().stream().filter(names::contains).toList();
        if (found.size() > 1) {
            throw UnusableInputException.ofModel("two outputs that mean the same");
        }
        return found.stream().findFirst();
    }

    private static void requireType(
            Map<String, NodeInfo> described, String name, String wanted, Set<OnnxJavaType> types)
            throws UnusableInputException {
        var node = described.get(name);
        if (node == null || !(node.getInfo() instanceof TensorInfo tensor)) {
            throw UnusableInputException.ofModel(
                    "an output that is no tensor: export it with options={'zipmap': False}");
        }
        if (!types.contains(tensor.type)) {
            throw UnusableInputException.ofModel(
                    "an output of type " + tensor.type + "; " + wanted + " is taken there");
        }
    }

    /** Those that are to be computed. */
    Set<String> names() {
        var names = new LinkedHashSet<String>();
        label.ifPresent(names::add);
        probabilities.ifPresent(names::add);
        values.ifPresent(names::add);
        return names;
    }

    /**
     * One prediction per row of a batch.
     *
     * @param first how many rows come before these
     */
    List<JsonObject> predictions(OrtSession.Result result, int rows, int first)
            throws OrtException, UnusableInputException {
        var predictions = new ArrayList<JsonObject>();
        for (int row = 0; row < rows; row++) {
            predictions.add(new JsonObject());
        }
        if (probabilities.isPresent()) {
            var table = table(tensor(result, probabilities.get()), rows);
            for (int row = 0; row < rows; row++) {
                add(predictions.get(row), table[row], first + row);
            }
        }
        if (label.isPresent()) {
            var labels = labels(tensor(result, label.get()), rows);
            for (int row = 0; row < rows; row++) {
                predictions.get(row).add("label", labels[row]);
            }
        }
        if (values.isPresent()) {
            var table = table(tensor(result, values.get()), rows);
            for (int row = 0; row < rows; row++) {
                var numbers = array(table[row], first + row, false);
                if (numbers.size() == 1) {
                    predictions.get(row).add("value", numbers.get(0));
                } else {
                    predictions.get(row).add("values", numbers);
                }
            }
        }
        return predictions;
    }

    /** Refuses an answer that gets too long, once its first rows are known. */
    void requireAnswerable(List<JsonObject> predictions, int rows) throws UnusableInputException {
        long width = 1;
        for (var member : predictions.get(0).entrySet()) {
            if (member.getValue() instanceof JsonArray array) {
                width = array.size();
            }
        }
        if (width * rows > MOST_NUMBERS) {
            throw new UnusableInputException("parameter rows: the answer would hold more than " + MOST_NUMBERS
                    + " numbers, " + width + " per row: send fewer rows");
        }
    }

    private static void add(JsonObject prediction, double[] probabilities, int row) throws UnusableInputException {
        var numbers = array(probabilities, row, true);
        int largest = 0;
        for (int i = 1; i < probabilities.length; i++) {
            largest = probabilities[i] > probabilities[largest] ? i : largest;
        }
        prediction.addProperty("label", probabilities.length == 1 ? (probabilities[0] >= 0.5 ? 1 : 0) : largest);
        if (numbers.size() <= 2) {
            prediction.add("probability", numbers.get(numbers.size() - 1));
        }
        if (numbers.size() >= 2) {
            prediction.add("probabilities", numbers);
        }
    }

    private static JsonArray array(double[] numbers, int row, boolean probabilities) throws UnusableInputException {
        var array = new JsonArray();
        for (double number : numbers) {
            if (!Double.isFinite(number)) {
                throw UnusableInputException.tooFar(row);
            }
            if (probabilities && (number < -ROUNDING || number > 1 + ROUNDING)) {
                throw new UnusableInputException("the model's probabilities are not between 0 and 1: end it in a "
                        + "sigmoid or softmax, or give that output another name");
            }
            array.add(probabilities ? Model.rounded(Math.min(Math.max(number, 0), 1)) : number);
        }
        return array;
    }

    private static OnnxTensor tensor(OrtSession.Result result, String name) throws UnusableInputException {
        if (result.get(name).orElse(null) instanceof OnnxTensor tensor) {
            return tensor;
        }
        throw otherShape();
    }

    /** A row of numbers per row: {@code [rows]} or {@code [rows, width]}. */
    private static double[][] table(OnnxTensor tensor, int rows) throws OrtException, UnusableInputException {
        int width = width(tensor, rows);
        var table = new double[rows][width];
        var numbers = numbers(tensor);
        for (int row = 0; row < rows; row++) {
            System.arraycopy(numbers, row * width, table[row], 0, width);
        }
        return table;
    }

    private static JsonPrimitive[] labels(OnnxTensor tensor, int rows) throws OrtException, UnusableInputException {
        if (width(tensor, rows) != 1) {
            throw otherShape();
        }
        var labels = new JsonPrimitive[rows];
        switch (tensor.getInfo().type) {
            case INT64 -> {
                var numbers = tensor.getLongBuffer();
                for (int row = 0; row < rows; row++) {
                    labels[row] = new JsonPrimitive(numbers.get(row));
                }
            }
            case INT32 -> {
                var numbers = tensor.getIntBuffer();
                for (int row = 0; row < rows; row++) {
                    labels[row] = new JsonPrimitive(numbers.get(row));
                }
            }
            default -> {
                var texts = tensor.getValue();
                for (int row = 0; row < rows; row++) {
                    labels[row] = new JsonPrimitive(
                            texts instanceof String[][] table ? table[row][0] : ((String[]) texts)[row]);
                }
            }
        }
        return labels;
    }

    private static int width(OnnxTensor tensor, int rows) throws UnusableInputException {
        var shape = tensor.getInfo().getShape();
        if (shape.length == 1 && shape[0] == rows) {
            return 1;
        }
        if (shape.length == 2 && shape[0] == rows && shape[1] >= 1 && shape[1] <= WIDEST) {
            return (int) shape[1];
        }
        throw otherShape();
    }

    private static double[] numbers(OnnxTensor tensor) {
        return switch (tensor.getInfo().type) {
            case FLOAT -> doubles(tensor.getFloatBuffer());
            case DOUBLE -> doubles(tensor.getDoubleBuffer());
            case INT32 -> doubles(tensor.getIntBuffer());
            case INT64 -> doubles(tensor.getLongBuffer());
            default -> throw new IllegalStateException("refused when the model was opened");
        };
    }

    /** With the digits that the float has, and no more. */
    private static double[] doubles(FloatBuffer floats) {
        var doubles = new double[floats.remaining()];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = Double.parseDouble(Float.toString(floats.get(i)));
        }
        return doubles;
    }

    private static double[] doubles(DoubleBuffer numbers) {
        var doubles = new double[numbers.remaining()];
        numbers.get(doubles);
        return doubles;
    }

    private static double[] doubles(IntBuffer numbers) {
        var doubles = new double[numbers.remaining()];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = numbers.get(i);
        }
        return doubles;
    }

    private static double[] doubles(LongBuffer numbers) {
        var doubles = new double[numbers.remaining()];
        for (int i = 0; i < doubles.length; i++) {
            doubles[i] = numbers.get(i);
        }
        return doubles;
    }

    private static UnusableInputException otherShape() {
        return new UnusableInputException(
                "the model's outputs are not one row of 1 to " + WIDEST + " numbers for each row that it is given");
    }
}
