package dev.husk.infer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Small ONNX models, made of the messages of onnx.proto3. */
final class Onnx {
    static final int FLOAT = 1;
    static final int INT32 = 6;
    static final int INT64 = 7;
    static final int STRING = 8;
    static final int DOUBLE = 11;

    /** Any number of rows. */
    static final long ANY = -1;

    /** {@code weight[column][class]} of {@link #classifier}. */
    static final float[][] WEIGHT = {{0.5f, -1, 0.25f}, {0.125f, 0.5f, -0.75f}};

    static final float[] BIAS = {0.1f, -0.2f, 0.3f};

    private Onnx() {}

    static byte[] file(Proto graph) {
        return model(graph).encoded();
    }

    static Proto model(Proto graph) {
        return new Proto()
                .number(1, 8)
                .text(2, "test")
                .message(7, graph)
                .message(8, new Proto().text(1, "").number(2, 17))
                .message(8, new Proto().text(1, "ai.onnx.ml").number(2, 3));
    }

    static byte[] named(Proto graph, String columns) {
        return model(graph).message(14, entry("husk.columns", columns)).encoded();
    }

    static Proto entry(String key, String value) {
        return new Proto().text(1, key).text(2, value);
    }

    static Proto graph() {
        return new Proto().text(2, "graph");
    }

    static Proto node(String type, String[] inputs, String[] outputs, Proto... attributes) {
        var node = new Proto();
        for (var input : inputs) {
            node.text(1, input);
        }
        for (var output : outputs) {
            node.text(2, output);
        }
        return node.text(4, type).messages(5, attributes);
    }

    static Proto node(String type, String input, String output, Proto... attributes) {
        return node(type, input.split(","), new String[] {output}, attributes);
    }

    static Proto integer(String name, long value) {
        return new Proto().text(1, name).number(3, value).number(20, 2);
    }

    static Proto floats(String name, long[] dims, float... values) {
        var bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return tensor(name, FLOAT, dims).bytes(9, bytes.array());
    }

    static Proto longs(String name, long... values) {
        var tensor = tensor(name, INT64, values.length);
        for (long value : values) {
            tensor.number(7, value);
        }
        return tensor;
    }

    static Proto tensor(String name, int type, long... dims) {
        var tensor = new Proto();
        for (long dim : dims) {
            tensor.number(1, dim);
        }
        return tensor.number(2, type).text(8, name);
    }

    static Proto value(String name, int type, long... dims) {
        var shape = new Proto();
        for (long dim : dims) {
            shape.message(1, dim == ANY ? new Proto().text(2, "n") : new Proto().number(1, dim));
        }
        return new Proto()
                .text(1, name)
                .message(2, new Proto().message(1, new Proto().number(1, type).message(2, shape)));
    }

    /** What PyTorch's exporter makes of two columns, one linear layer and a sigmoid. */
    static Proto logistic(String output, long rows) {
        return graph().messages(1, node("Gemm", "x,w,b", "z"), node("Sigmoid", "z", output))
                .messages(5, floats("w", new long[] {2, 1}, 0.5f, -0.25f), floats("b", new long[] {1}, 0.125f))
                .message(11, value("x", FLOAT, rows, 2))
                .message(12, value(output, FLOAT, rows, 1));
    }

    static double logistic(double size, double age) {
        return 1 / (1 + Math.exp(-(0.5 * size - 0.25 * age + 0.125)));
    }

    /** Three classes, with the outputs that scikit-learn's converter gives without maps. */
    static Proto classifier() {
        return graph().messages(
                        1,
                        node("Gemm", "x,w,b", "z"),
                        node("Softmax", "z", "probabilities", integer("axis", 1)),
                        node("ArgMax", "z", "index", integer("axis", 1), integer("keepdims", 0)),
                        node("Gather", "names,index", "label"))
                .messages(5, floats("w", new long[] {2, 3}, flat(WEIGHT)), floats("b", new long[] {3}, BIAS))
                .message(5, longs("names", 10, 20, 30))
                .message(11, value("x", FLOAT, ANY, 2))
                .message(12, value("label", INT64, ANY))
                .message(12, value("probabilities", FLOAT, ANY, 3));
    }

    private static float[] flat(float[][] rows) {
        var flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = rows[i / rows[0].length][i % rows[0].length];
        }
        return flat;
    }

    static double[] classes(double size, double age) {
        var scores = new double[3];
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            scores[i] = Math.exp(WEIGHT[0][i] * size + WEIGHT[1][i] * age + BIAS[i]);
            sum += scores[i];
        }
        for (int i = 0; i < 3; i++) {
            scores[i] /= sum;
        }
        return scores;
    }
}
