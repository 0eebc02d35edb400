package dev.husk.infer;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * Checks an ONNX file before ONNX Runtime sees it: protobuf's {@code ModelProto} (onnx.proto3), walked whole, field by
 * field. An ONNX file is a program by whoever made it; what is refused is all that would let it reach beyond itself:
 *
 * <ul>
 *   <li>tensors whose data lies elsewhere ({@code external_data}): files of this machine, addresses in memory;
 *   <li>operators other than ONNX's own, and functions made of operators, which can grow without bound when inlined;
 *   <li>sparse tensors, and tensors that claim more elements than the file has bits;
 *   <li>fields that are not known here, in every message, so that what is new is looked at before it is let in;
 *   <li>anything that two readers of protobuf could take in two ways: groups, wrong wire types, overlong numbers.
 * </ul>
 *
 * <p>What this does not do: bound what a model computes. A loop without end, or tensors larger than the memory, end with
 * the sandbox's limits.
 */
final class OnnxFile {
    /** Longest file, in bytes. */
    static final int LONGEST = 64 << 20;

    /** Messages within messages; one graph within another is three. */
    private static final int DEEPEST = 48;

    private static final Set<String> DOMAINS = Set.of("", "ai.onnx", "ai.onnx.ml");

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final byte[] file;
    private int position;

    private OnnxFile(byte[] file) {
        this.file = file;
    }

    /**
     * Whether a file begins as every ONNX exporter begins: with the field {@code ir_version}. The other format of models
     * begins with a length below 2^32, in eight bytes.
     */
    static boolean looksLike(byte[] file) {
        return file.length > Long.BYTES
                && file[0] == (1 << 3 | VARINT)
                && (file[4] != 0 || file[5] != 0 || file[6] != 0 || file[7] != 0);
    }

    /** @throws UnusableInputException if the file is to be given to nobody; the message says where and why */
    static void check(byte[] file) throws UnusableInputException {
        if (file.length > LONGEST) {
            throw UnusableInputException.ofModel("longer than " + LONGEST + " bytes");
        }
        // The mark of ORT's own format, which would be read in place of what was checked.
        if (file.length >= 8 && new String(file, 4, 4, StandardCharsets.ISO_8859_1).equals("ORTM")) {
            throw UnusableInputException.ofModel("ORT's own format; ONNX is wanted");
        }
        new OnnxFile(file).message(Message.MODEL, file.length, 0);
    }

    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        ATTRIBUTE,
        TENSOR,
        VALUE,
        TYPE,
        TENSOR_TYPE,
        SHAPE,
        DIMENSION,
        SEQUENCE_TYPE,
        MAP_TYPE,
        OPERATOR_SET,
        ANNOTATION,
        ENTRY
    }

    /** What a known field holds. Numbers may stand packed or one by one, as protobuf has it. */
    private enum Kind {
        INTEGER,
        INTEGERS,
        FLOAT,
        FLOATS,
        DOUBLES,
        TEXT,
        DOMAIN,
        DIMENSIONS,
        LOCATION
    }

    /** A {@link Kind}, or the {@link Message} that stands in the field. */
    private Enum<?> field(Message message, int number) throws UnusableInputException {
        Enum<?> known = switch (message) {
            case MODEL ->
                switch (number) {
                    case 1, 5 -> Kind.INTEGER;
                    case 2, 3, 4, 6 -> Kind.TEXT;
                    case 7 -> Message.GRAPH;
                    case 8 -> Message.OPERATOR_SET;
                    case 14 -> Message.ENTRY;
                    case 20 -> throw refused("made for training: export it for inference");
                    case 25 -> throw refused("functions of its own: inline them, as onnx.inliner does");
                    default -> null;
                };
            case GRAPH ->
                switch (number) {
                    case 1 -> Message.NODE;
                    case 2, 10 -> Kind.TEXT;
                    case 5 -> Message.TENSOR;
                    case 11, 12, 13 -> Message.VALUE;
                    case 14 -> Message.ANNOTATION;
                    case 15 -> throw refused("a sparse tensor");
                    case 16 -> Message.ENTRY;
                    default -> null;
                };
            case NODE ->
                switch (number) {
                    case 1, 2, 3, 4, 6, 8 -> Kind.TEXT;
                    case 5 -> Message.ATTRIBUTE;
                    case 7 -> Kind.DOMAIN;
                    case 9 -> Message.ENTRY;
                    default -> null;
                };
            case ATTRIBUTE ->
                switch (number) {
                    case 1, 4, 9, 13, 21 -> Kind.TEXT;
                    case 2 -> Kind.FLOAT;
                    case 3, 20 -> Kind.INTEGER;
                    case 5, 10 -> Message.TENSOR;
                    case 6, 11 -> Message.GRAPH;
                    case 7 -> Kind.FLOATS;
                    case 8 -> Kind.INTEGERS;
                    case 14, 15 -> Message.TYPE;
                    case 22, 23 -> throw refused("a sparse tensor");
                    default -> null;
                };
            case TENSOR ->
                switch (number) {
                    case 1 -> Kind.DIMENSIONS;
                    case 2 -> Kind.INTEGER;
                    case 4 -> Kind.FLOATS;
                    case 5, 7, 11 -> Kind.INTEGERS;
                    case 6, 8, 9, 12 -> Kind.TEXT;
                    case 10 -> Kind.DOUBLES;
                    case 13 -> throw external();
                    case 14 -> Kind.LOCATION;
                    case 16 -> Message.ENTRY;
                    default -> null;
                };
            case VALUE ->
                switch (number) {
                    case 1, 3 -> Kind.TEXT;
                    case 2 -> Message.TYPE;
                    case 4 -> Message.ENTRY;
                    default -> null;
                };
            case TYPE ->
                switch (number) {
                    case 1 -> Message.TENSOR_TYPE;
                    case 4, 9 -> Message.SEQUENCE_TYPE;
                    case 5 -> Message.MAP_TYPE;
                    case 6 -> Kind.TEXT;
                    default -> null;
                };
            case TENSOR_TYPE ->
                switch (number) {
                    case 1 -> Kind.INTEGER;
                    case 2 -> Message.SHAPE;
                    default -> null;
                };
            case SHAPE -> number == 1 ? Message.DIMENSION : null;
            case DIMENSION ->
                switch (number) {
                    case 1 -> Kind.INTEGER;
                    case 2, 3 -> Kind.TEXT;
                    default -> null;
                };
            case SEQUENCE_TYPE -> number == 1 ? Message.TYPE : null;
            case MAP_TYPE ->
                switch (number) {
                    case 1 -> Kind.INTEGER;
                    case 2 -> Message.TYPE;
                    default -> null;
                };
            case OPERATOR_SET ->
                switch (number) {
                    case 1 -> Kind.DOMAIN;
                    case 2 -> Kind.INTEGER;
                    default -> null;
                };
            case ANNOTATION ->
                switch (number) {
                    case 1 -> Kind.TEXT;
                    case 2 -> Message.ENTRY;
                    default -> null;
                };
            case ENTRY -> number == 1 || number == 2 ? Kind.TEXT : null;
        };
        if (known == null) {
            throw refused("field " + number + " of a message " + message + " is not known here");
        }
        return known;
    }

    private static boolean repeated(Message message, int number) {
        return switch (message) {
            case MODEL -> number == 8 || number == 14;
            case GRAPH -> number != 2 && number != 10;
            case NODE -> number == 1 || number == 2 || number == 5 || number == 9;
            case ATTRIBUTE -> number >= 7 && number <= 11 || number == 15;
            case TENSOR -> number == 1 || number >= 4 && number <= 7 || number == 10 || number == 11 || number == 16;
            case VALUE -> number == 4;
            case SHAPE -> number == 1;
            case ANNOTATION -> number == 2;
            case TYPE, TENSOR_TYPE, DIMENSION, SEQUENCE_TYPE, MAP_TYPE, OPERATOR_SET, ENTRY -> false;
        };
    }

    private void message(Message message, int end, int depth) throws UnusableInputException {
        if (depth > DEEPEST) {
            throw refused("nested too deep");
        }
        int start = position;
        long elements = 1;
        long seen = 0;
        while (position < end) {
            long tag = varint(end);
            if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE >>> 2) {
                throw refused("a field without a number");
            }
            int wire = (int) (tag & 7);
            int number = (int) (tag >>> 3);
            var field = field(message, number);
            // Every known number is below 64. A second one would replace the first, or be merged with it.
            if ((seen & 1L << number) != 0 && !repeated(message, number)) {
                throw refused("a field that stands twice");
            }
            seen |= 1L << number;
            if (field == Kind.DIMENSIONS) {
                elements = dimensions(wire, end, elements);
            } else if (field instanceof Message inner) {
                message(inner, length(wire, end), depth + 1);
            } else {
                value((Kind) field, wire, end);
            }
        }
        // Elements of less than one bit do not exist, and a text takes two bytes at the least.
        if (elements / 8 > end - start) {
            throw refused("a tensor that claims more elements than the file has bits");
        }
    }

    private void value(Kind kind, int wire, int end) throws UnusableInputException {
        switch (kind) {
            case TEXT -> position = length(wire, end);
            case DOMAIN -> domain(wire, end);
            case LOCATION -> {
                require(wire == VARINT);
                if (varint(end) != 0) {
                    throw external();
                }
            }
            case INTEGER -> {
                require(wire == VARINT);
                varint(end);
            }
            case INTEGERS -> {
                if (wire == VARINT) {
                    varint(end);
                    return;
                }
                for (int stop = length(wire, end); position < stop; ) {
                    varint(stop);
                }
            }
            case FLOAT -> {
                require(wire == FIXED32);
                skip(Float.BYTES, end);
            }
            case FLOATS -> numbers(Float.BYTES, FIXED32, wire, end);
            case DOUBLES -> numbers(Double.BYTES, FIXED64, wire, end);
            case DIMENSIONS -> throw new IllegalStateException("counted where the message is read");
        }
    }

    private void numbers(int size, int alone, int wire, int end) throws UnusableInputException {
        if (wire == alone) {
            skip(size, end);
            return;
        }
        int stop = length(wire, end);
        require((stop - position) % size == 0);
        position = stop;
    }

    private long dimensions(int wire, int end, long elements) throws UnusableInputException {
        if (wire == VARINT) {
            return times(elements, varint(end));
        }
        long product = elements;
        for (int stop = length(wire, end); position < stop; ) {
            product = times(product, varint(stop));
        }
        return product;
    }

    /** Past any file's bits a product stays there, unless a size of zero follows. */
    private long times(long elements, long size) throws UnusableInputException {
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw refused("a tensor with a size that is negative or too large");
        }
        return Math.min(elements, Integer.MAX_VALUE) * size;
    }

    private void domain(int wire, int end) throws UnusableInputException {
        int stop = length(wire, end);
        var domain = new String(file, position, Math.min(stop - position, 20), StandardCharsets.UTF_8);
        if (!DOMAINS.contains(domain)) {
            throw refused("operators that are not ONNX's own: only the domains ai.onnx and ai.onnx.ml are run");
        }
        position = stop;
    }

    /** Where a part that begins with its length ends. */
    private int length(int wire, int end) throws UnusableInputException {
        require(wire == BYTES);
        long length = varint(end);
        if (length < 0 || length > end - position) {
            throw refused("cut short");
        }
        return position + (int) length;
    }

    private void skip(int bytes, int end) throws UnusableInputException {
        if (bytes > end - position) {
            throw refused("cut short");
        }
        position += bytes;
    }

    private long varint(int end) throws UnusableInputException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position >= end) {
                throw refused("cut short");
            }
            byte next = file[position++];
            if (shift == 63 && next > 1 || shift > 0 && next == 0) {
                break;
            }
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw refused("a number that is written too long");
    }

    private void require(boolean wireType) throws UnusableInputException {
        if (!wireType) {
            throw refused("not protobuf as ONNX has it");
        }
    }

    private UnusableInputException external() {
        return refused("a tensor whose data lies outside the file: save the model with everything in one file");
    }

    private UnusableInputException refused(String problem) {
        return UnusableInputException.ofModel("ONNX, byte " + position + ": " + problem);
    }
}
