package dev.husk.benchmark.coldstart;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A network of 30 inputs, 16 hidden units and one output in Husk's model format, as {@code train} writes it. */
final class SmallModel {
    static final int INPUTS = 30;
    private static final int HIDDEN = 16;

    private SmallModel() {}

    static byte[] pytorch() {
        var columns = new StringBuilder();
        for (int i = 0; i < INPUTS; i++) {
            columns.append(i == 0 ? "" : ",").append("\\\"c").append(i).append("\\\"");
        }
        int scaling = Double.BYTES * INPUTS;
        int first = 2 * scaling;
        int firstBias = first + Float.BYTES * INPUTS * HIDDEN;
        int second = firstBias + Float.BYTES * HIDDEN;
        int secondBias = second + Float.BYTES * HIDDEN;
        var header = """
                {"__metadata__":{"format":"husk-model/1 mlp-relu-sigmoid","columns":"[%s]","label":"ill"},\
                "input.mean":{"dtype":"F64","shape":[30],"data_offsets":[0,%d]},\
                "input.deviation":{"dtype":"F64","shape":[30],"data_offsets":[%2$d,%3$d]},\
                "layers.0.weight":{"dtype":"F32","shape":[16,30],"data_offsets":[%3$d,%4$d]},\
                "layers.0.bias":{"dtype":"F32","shape":[16],"data_offsets":[%4$d,%5$d]},\
                "layers.1.weight":{"dtype":"F32","shape":[1,16],"data_offsets":[%5$d,%6$d]},\
                "layers.1.bias":{"dtype":"F32","shape":[1],"data_offsets":[%6$d,%7$d]}}""".formatted(columns, scaling, first, firstBias, second, secondBias, secondBias + Float.BYTES);
        header += " ".repeat(-header.getBytes(StandardCharsets.UTF_8).length & 7);
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var file = ByteBuffer.allocate(Long.BYTES + text.length + secondBias + Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        for (int i = 0; i < INPUTS; i++) {
            file.putDouble(i);
        }
        for (int i = 0; i < INPUTS; i++) {
            file.putDouble(1 + i);
        }
        for (int i = 0; file.hasRemaining(); i++) {
            file.putFloat((i % 7 - 3) / 8f);
        }
        return file.array();
    }

    /** A row of parameter {@code rows}. */
    static String row() {
        var row = new StringBuilder("[[0");
        for (int i = 1; i < INPUTS; i++) {
            row.append(',').append(i);
        }
        return row.append("]]").toString();
    }
}
