package dev.husk.train;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes a model as a safetensors file: numbers and names, no code. {@code docs/protocol.md}, "Model file", has the
 * table that readers go by; a given model has exactly one file.
 *
 * <p>Layout: the header's length (8 bytes, little-endian), the header (JSON, padded with spaces to 8 bytes), the
 * tensors one after the other, little-endian. The header's {@code __metadata__} holds {@code format}, {@code columns},
 * {@code label}; the tensors are {@code input.mean}, {@code input.deviation} (F64), then {@code layers.N.weight},
 * {@code layers.N.bias} (F32).
 */
final class ModelFile {
    private static final String FORMAT = "husk-model/1 mlp-relu-sigmoid";

    private ModelFile() {}

    static byte[] encode(Network network, List<String> columns, String label) {
        var header = new Header(columns, label);
        header.tensor("input.mean", "F64", 8, columns.size());
        header.tensor("input.deviation", "F64", 8, columns.size());
        for (int i = 0; i < network.layers().size(); i++) {
            var layer = network.layers().get(i);
            header.tensor("layers." + i + ".weight", "F32", 4, layer.outputs(), layer.inputs());
            header.tensor("layers." + i + ".bias", "F32", 4, layer.outputs());
        }
        var text = header.encode();
        var file = ByteBuffer.allocate(Long.BYTES + text.length + header.dataLength)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(text.length).put(text);
        put(file, network.scaling().mean());
        put(file, network.scaling().deviation());
        for (var layer : network.layers()) {
            put(file, layer.weight());
            put(file, layer.bias());
        }
        return file.array();
    }

    private static void put(ByteBuffer file, double[] numbers) {
        for (double number : numbers) {
            file.putDouble(number);
        }
    }

    private static void put(ByteBuffer file, float[] numbers) {
        for (float number : numbers) {
            file.putFloat(number);
        }
    }

    private static final class Header {
        private final JsonObject json = new JsonObject();
        private int dataLength;

        Header(List<String> columns, String label) {
            var names = new JsonArray();
            columns.forEach(names::add);
            var metadata = new JsonObject();
            metadata.addProperty("format", FORMAT);
            metadata.addProperty("columns", names.toString());
            metadata.addProperty("label", label);
            json.add("__metadata__", metadata);
        }

        void tensor(String name, String type, int bytes, int... shape) {
            var sizes = new JsonArray();
            int length = bytes;
            for (int size : shape) {
                sizes.add(size);
                length *= size;
            }
            var offsets = new JsonArray();
            offsets.add(dataLength);
            dataLength += length;
            offsets.add(dataLength);
            var tensor = new JsonObject();
            tensor.addProperty("dtype", type);
            tensor.add("shape", sizes);
            tensor.add("data_offsets", offsets);
            json.add(name, tensor);
        }

        byte[] encode() {
            var text = json.toString();
            int length = text.getBytes(StandardCharsets.UTF_8).length;
            return (text + " ".repeat(-length & 7)).getBytes(StandardCharsets.UTF_8);
        }
    }
}
