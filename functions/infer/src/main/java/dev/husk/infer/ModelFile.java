package dev.husk.infer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a model file: safetensors of one given form ({@code docs/protocol.md}, "Model file"). Only names and sizes are
 * taken from the header; then the header that these must have is made anew and compared, so whatever is added, left
 * out, doubled, moved or written in another way is refused.
 */
final class ModelFile {
    /** Longest file, in bytes. */
    static final int LONGEST = 16 << 20;

    private static final int LONGEST_HEADER = 4 << 20;
    private static final int MOST_UNITS = 4096;
    private static final int MOST_LAYERS = 8;

    private ModelFile() {}

    /** Reads a whole file. */
    static Network parse(byte[] file) throws UnusableInputException {
        if (file.length > LONGEST) {
            throw malformed("longer than " + LONGEST + " bytes");
        }
        var in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (in.remaining() < Long.BYTES) {
            throw malformed("cut short");
        }
        long length = in.getLong();
        if (length < 2 || length > LONGEST_HEADER) {
            throw malformed("the header's length is not one");
        }
        if (length > in.remaining()) {
            throw malformed("cut short in its header");
        }
        var text = text(in.slice(in.position(), (int) length));
        in.position(in.position() + (int) length);

        var shape = Shape.of(ColumnNames.json(text));
        if (!shape.header().equals(text)) {
            throw malformed("the header is not the one that its names and sizes give");
        }
        if (shape.dataLength() != in.remaining()) {
            throw malformed("not as long as its header says");
        }
        return model(shape, in);
    }

    private static Network model(Shape shape, ByteBuffer in) throws UnusableInputException {
        int width = shape.columns().size();
        var mean = doubles(in, width);
        var deviation = doubles(in, width);
        for (double one : deviation) {
            if (one <= 0) {
                throw malformed("a deviation that is not above zero");
            }
        }
        var layers = new ArrayList<Layer>();
        int inputs = width;
        for (int outputs : shape.units()) {
            layers.add(new Layer(inputs, outputs, floats(in, inputs * outputs), floats(in, outputs)));
            inputs = outputs;
        }
        return new Network(shape.columns(), shape.label(), mean, deviation, List.copyOf(layers));
    }

    private static double[] doubles(ByteBuffer in, int count) throws UnusableInputException {
        var numbers = new double[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = in.getDouble();
            requireFinite(numbers[i]);
        }
        return numbers;
    }

    private static float[] floats(ByteBuffer in, int count) throws UnusableInputException {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = in.getFloat();
            requireFinite(numbers[i]);
        }
        return numbers;
    }

    private static void requireFinite(double number) throws UnusableInputException {
        if (!Double.isFinite(number)) {
            throw malformed("a number that is infinite or none");
        }
    }

    private static String text(ByteBuffer utf8) throws UnusableInputException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw malformed("the header is not UTF-8");
        }
    }

    private static UnusableInputException malformed(String problem) {
        return UnusableInputException.ofModel(problem);
    }

    /**
     * What a header may say.
     *
     * @param units outputs of each layer; the last is 1
     */
    private record Shape(List<String> columns, String label, List<Integer> units) {
        private static final String FORMAT = "husk-model/1 mlp-relu-sigmoid";

        static Shape of(JsonElement header) throws UnusableInputException {
            var metadata = object(header, "__metadata__");
            if (!string(metadata, "format").equals(FORMAT)) {
                throw malformed("its format is not '" + FORMAT + "', the one that is known here");
            }
            var columns = ColumnNames.parse(string(metadata, "columns"));
            var label = ColumnNames.name(metadata.get("label"));
            var units = new ArrayList<Integer>();
            while (header.getAsJsonObject().has("layers." + units.size() + ".weight")) {
                units.add(units(object(header, "layers." + units.size() + ".weight")));
                if (units.size() > MOST_LAYERS) {
                    throw malformed("more than " + MOST_LAYERS + " layers");
                }
            }
            if (units.isEmpty() || units.get(units.size() - 1) != 1) {
                throw malformed("its last layer does not give one number");
            }
            return new Shape(columns, label, List.copyOf(units));
        }

        /** Bytes of all tensors. */
        long dataLength() {
            long length = 2L * Double.BYTES * columns.size();
            long inputs = columns.size();
            for (int outputs : units) {
                length += Float.BYTES * (inputs + 1) * outputs;
                inputs = outputs;
            }
            return length;
        }

        String header() {
            var names = new JsonArray();
            columns.forEach(names::add);
            var metadata = new JsonObject();
            metadata.addProperty("format", FORMAT);
            metadata.addProperty("columns", names.toString());
            metadata.addProperty("label", label);
            var header = new JsonObject();
            header.add("__metadata__", metadata);
            long offset = add(header, "input.mean", "F64", 0, columns.size());
            offset = add(header, "input.deviation", "F64", offset, columns.size());
            int inputs = columns.size();
            for (int i = 0; i < units.size(); i++) {
                offset = add(header, "layers." + i + ".weight", "F32", offset, units.get(i), inputs);
                offset = add(header, "layers." + i + ".bias", "F32", offset, units.get(i));
                inputs = units.get(i);
            }
            var text = header.toString();
            return text + " ".repeat(-text.getBytes(StandardCharsets.UTF_8).length & 7);
        }

        private static long add(JsonObject header, String name, String type, long offset, int... shape) {
            long length = type.equals("F64") ? Double.BYTES : Float.BYTES;
            var sizes = new JsonArray();
            for (int size : shape) {
                sizes.add(size);
                length *= size;
            }
            var offsets = new JsonArray();
            offsets.add(offset);
            offsets.add(offset + length);
            var tensor = new JsonObject();
            tensor.addProperty("dtype", type);
            tensor.add("shape", sizes);
            tensor.add("data_offsets", offsets);
            header.add(name, tensor);
            return offset + length;
        }

        private static int units(JsonObject weight) throws UnusableInputException {
            if (weight.get("shape") instanceof JsonArray shape
                    && !shape.isEmpty()
                    && shape.get(0) instanceof JsonPrimitive size
                    && size.getAsString().matches("[1-9][0-9]{0,3}")
                    && size.getAsInt() <= MOST_UNITS) {
                return size.getAsInt();
            }
            throw malformed("a layer without a size from 1 to " + MOST_UNITS);
        }

        private static JsonObject object(JsonElement parent, String member) throws UnusableInputException {
            if (parent instanceof JsonObject object && object.get(member) instanceof JsonObject child) {
                return child;
            }
            throw malformed("no object '" + member + "' in its header");
        }

        private static String string(JsonObject parent, String member) throws UnusableInputException {
            if (parent.get(member) instanceof JsonPrimitive value && value.isString()) {
                return value.getAsString();
            }
            throw malformed("no text '" + member + "' in its header");
        }
    }
}
