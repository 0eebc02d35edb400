package dev.husk.infer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A model file written by hand, byte by byte, so that the format stands still while the code moves. */
final class SmallModel {
    /** Two columns, two hidden units, one output. */
    static final String HEADER = """
            {"__metadata__":{"format":"husk-model/1 mlp-relu-sigmoid","columns":"[\\"size\\",\\"age\\"]","label":"ill"},\
            "input.mean":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},\
            "input.deviation":{"dtype":"F64","shape":[2],"data_offsets":[16,32]},\
            "layers.0.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[32,48]},\
            "layers.0.bias":{"dtype":"F32","shape":[2],"data_offsets":[48,56]},\
            "layers.1.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[56,64]},\
            "layers.1.bias":{"dtype":"F32","shape":[1],"data_offsets":[64,68]}}""";

    static final double[] SCALING = {10, 50, 2, 20};
    static final float[] WEIGHTS = {1, 0, -1, 2, 0.5f, -0.25f, 3, -1, 0.125f};

    private SmallModel() {}

    static byte[] file() {
        return file(HEADER, SCALING, WEIGHTS);
    }

    static byte[] file(String header, double[] scaling, float[] weights) {
        var text = header.getBytes(StandardCharsets.UTF_8);
        int padding = -text.length & 7;
        return assemble(header + " ".repeat(padding), scaling, weights);
    }

    /** Without padding the header. */
    static byte[] assemble(String header, double[] scaling, float[] weights) {
        var text = header.getBytes(StandardCharsets.UTF_8);
        var file = ByteBuffer.allocate(8 + text.length + 8 * scaling.length + 4 * weights.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        for (double one : scaling) {
            file.putDouble(one);
        }
        for (float one : weights) {
            file.putFloat(one);
        }
        return file.array();
    }

    /** What the model answers, computed with pencil and paper's formula. */
    static double probability(double size, double age) {
        double x = (size - 10) / 2;
        double y = (age - 50) / 20;
        double first = Math.max(0, x + 0.5);
        double second = Math.max(0, -x + 2 * y - 0.25);
        return 1 / (1 + Math.exp(-(3 * first - second + 0.125)));
    }
}
