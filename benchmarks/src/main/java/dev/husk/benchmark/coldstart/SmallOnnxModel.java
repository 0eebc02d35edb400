package dev.husk.benchmark.coldstart;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The network of {@link SmallModel} without its scaling, as an ONNX file: the messages of onnx.proto3, by hand. */
final class SmallOnnxModel {
    private static final int HIDDEN = 16;
    private static final int FLOAT = 1;
    private static final int OPSET = 17;

    private SmallOnnxModel() {}

    static byte[] file() {
        var graph = new Message().text(2, "small");
        graph.message(1, node("Gemm", "h", "x", "w0", "b0"));
        graph.message(1, node("Relu", "r", "h"));
        graph.message(1, node("Gemm", "z", "r", "w1", "b1"));
        graph.message(1, node("Sigmoid", "probability", "z"));
        graph.message(5, tensor("w0", SmallModel.INPUTS, HIDDEN)).message(5, tensor("b0", HIDDEN));
        graph.message(5, tensor("w1", HIDDEN, 1)).message(5, tensor("b1", 1));
        graph.message(11, value("x", SmallModel.INPUTS)).message(12, value("probability", 1));
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, new Message().text(1, "").number(2, OPSET))
                .bytes();
    }

    private static Message node(String type, String output, String... inputs) {
        var node = new Message();
        List.of(inputs).forEach(input -> node.text(1, input));
        return node.text(2, output).text(4, type);
    }

    private static Message tensor(String name, int... dimensions) {
        var tensor = new Message();
        int size = 1;
        for (int dimension : dimensions) {
            tensor.number(1, dimension);
            size *= dimension;
        }
        var values = ByteBuffer.allocate(Float.BYTES * size).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < size; i++) {
            values.putFloat((i % 7 - 3) / 8f);
        }
        return tensor.number(2, FLOAT).text(8, name).bytes(9, values.array());
    }

    /** Of any number of rows. */
    private static Message value(String name, int columns) {
        var shape =
                new Message().message(1, new Message().text(2, "rows")).message(1, new Message().number(1, columns));
        var type = new Message().number(1, FLOAT).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, type));
    }

    /** A message of protobuf, with the two wire types that the model has. */
    private static final class Message {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Message number(int field, int value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint(field << 3 | 2);
            varint(value.length);
            out.writeBytes(value);
            return this;
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.bytes());
        }

        private void varint(int value) {
            int rest = value;
            while (rest > 0x7f) {
                out.write(rest & 0x7f | 0x80);
                rest >>>= 7;
            }
            out.write(rest);
        }

        byte[] bytes() {
            return out.toByteArray();
        }
    }
}
