package dev.husk.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxFileTest {
    private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(byte[] file) {
        return assertThatThrownBy(() -> OnnxFile.check(file))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageStartingWith("the model file cannot be read: ");
    }

    private static Proto external(String location) {
        return Onnx.tensor("w", Onnx.FLOAT, 2, 1)
                .message(13, Onnx.entry("location", location))
                .number(14, 1);
    }

    private static Proto weights(Proto tensor) {
        return Onnx.graph()
                .message(1, Onnx.node("MatMul", "x,w", "probability"))
                .message(5, tensor)
                .message(11, Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2))
                .message(12, Onnx.value("probability", Onnx.FLOAT, Onnx.ANY, 1));
    }

    private static Proto constant(Proto tensor) {
        return Onnx.node("Constant", new String[0], new String[] {"w"}, attribute(5, tensor));
    }

    private static Proto attribute(int field, Proto value) {
        return new Proto().text(1, "value").message(field, value);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weights.bin",
                "../../../../etc/hostname",
                "/etc/hostname",
                "/proc/self/environ",
                "*/_ORT_MEM_ADDR_/*",
                ""
            })
    void aTensorWhoseDataLiesElsewhereIsRefusedWhereverItIsSaidToLie(String location) {
        assertRefused(Onnx.file(weights(external(location)))).hasMessageContaining("outside the file");
    }

    static Stream<Arguments> hidingPlaces() {
        var tensor = external("/etc/hostname");
        var inner = Onnx.graph().message(5, tensor);
        return Stream.of(
                Arguments.of(
                        "location alone",
                        weights(Onnx.tensor("w", Onnx.FLOAT, 2, 1).number(14, 1))),
                Arguments.of(
                        "entries alone",
                        weights(Onnx.floats("w", new long[] {2, 1}, 1, 2).message(13, Onnx.entry("location", "x")))),
                Arguments.of(
                        "unknown location",
                        weights(Onnx.floats("w", new long[] {2, 1}, 1, 2).number(14, 7))),
                Arguments.of("attribute", Onnx.graph().message(1, constant(tensor))),
                Arguments.of(
                        "attribute's list", Onnx.graph().message(1, Onnx.node("X", "a", "b", attribute(10, tensor)))),
                Arguments.of("subgraph", Onnx.graph().message(1, Onnx.node("If", "c", "y", attribute(6, inner)))),
                Arguments.of("subgraphs", Onnx.graph().message(1, Onnx.node("If", "c", "y", attribute(11, inner)))),
                Arguments.of(
                        "subgraph of a subgraph",
                        Onnx.graph()
                                .message(
                                        1,
                                        Onnx.node(
                                                "If",
                                                "c",
                                                "y",
                                                attribute(
                                                        6,
                                                        Onnx.graph()
                                                                .message(
                                                                        1,
                                                                        Onnx.node(
                                                                                "Loop",
                                                                                "c",
                                                                                "y",
                                                                                attribute(
                                                                                        6,
                                                                                        Onnx.graph()
                                                                                                .message(
                                                                                                        1,
                                                                                                        constant(
                                                                                                                tensor))))))))),
                Arguments.of(
                        "second attribute of a node",
                        Onnx.graph().message(1, Onnx.node("X", "a", "b", Onnx.integer("i", 1), attribute(5, tensor)))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hidingPlaces")
    void dataOutsideTheFileIsFoundWhereverItHides(String place, Proto graph) {
        assertRefused(Onnx.file(graph)).hasMessageContaining("outside the file");
    }

    static Stream<Arguments> refusedParts() {
        var good = Onnx.logistic("probability", Onnx.ANY);
        var sparse = new Proto().message(1, Onnx.floats("v", new long[] {1}, 1)).number(3, 1L << 40);
        var foreign = Onnx.node("EPContext", "x", "y").text(7, "com.microsoft");
        var deep = Onnx.graph();
        for (int i = 0; i < 17; i++) {
            deep = Onnx.graph().message(1, Onnx.node("If", "c", "y", attribute(6, deep)));
        }
        var type = new Proto().message(1, new Proto().number(1, 1));
        for (int i = 0; i < 60; i++) {
            type = new Proto().message(4, new Proto().message(1, type));
        }
        return Stream.of(
                Arguments.of("training", Onnx.model(good).message(20, new Proto()), "for inference"),
                Arguments.of("functions", Onnx.model(good).message(25, new Proto().text(1, "f")), "inline them"),
                Arguments.of("second graph", Onnx.model(good).message(7, good), "stands twice"),
                Arguments.of("unknown field", Onnx.model(good).text(99, "x"), "not known here"),
                Arguments.of("large field", Onnx.model(good).number(1 << 27, 1), "not known here"),
                Arguments.of("field 0", Onnx.model(good).raw((byte) 0, (byte) 0), "without a number"),
                Arguments.of("group", Onnx.model(good).raw((byte) (2 << 3 | 3), (byte) (2 << 3 | 4)), "twice"),
                Arguments.of("group alone", new Proto().number(1, 8).raw((byte) (6 << 3 | 3)), "not protobuf"),
                Arguments.of("text as a number", new Proto().number(1, 8).number(2, 8), "not protobuf"),
                Arguments.of("number as a text", new Proto().text(1, "eight"), "not protobuf"),
                Arguments.of("graph as a number", new Proto().number(1, 8).number(7, 8), "not protobuf"),
                Arguments.of(
                        "location as a text",
                        Onnx.model(weights(
                                Onnx.floats("w", new long[] {2, 1}, 1, 2).text(14, "x"))),
                        "not protobuf"),
                Arguments.of(
                        "half a float",
                        Onnx.model(weights(Onnx.tensor("w", Onnx.FLOAT, 1).bytes(4, new byte[6]))),
                        "not protobuf"),
                Arguments.of(
                        "overlong number",
                        new Proto().raw((byte) 8, (byte) 0x88, (byte) 0x80, (byte) 0),
                        "written too long"),
                Arguments.of(
                        "number of eleven bytes",
                        new Proto().raw((byte) 8).raw(new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}),
                        "written too long"),
                Arguments.of("sparse tensor", Onnx.model(Onnx.graph().message(15, sparse)), "sparse"),
                Arguments.of(
                        "sparse attribute",
                        Onnx.model(Onnx.graph().message(1, Onnx.node("Constant", "x", "y", attribute(22, sparse)))),
                        "sparse"),
                Arguments.of("foreign operator", Onnx.model(Onnx.graph().message(1, foreign)), "ONNX's own"),
                Arguments.of(
                        "foreign operators",
                        Onnx.model(good).message(8, new Proto().text(1, "ai.onnx.ml.but.longer.than.that")),
                        "ONNX's own"),
                Arguments.of(
                        "tensor of a terabyte",
                        Onnx.model(weights(
                                Onnx.tensor("w", Onnx.FLOAT, 1 << 19, 1 << 19).bytes(9, new byte[8]))),
                        "more elements"),
                Arguments.of(
                        "tensor of 2^93",
                        Onnx.model(weights(Onnx.tensor("w", Onnx.FLOAT, 2147483647L, 2147483647L, 2147483647L))),
                        "more elements"),
                Arguments.of(
                        "packed sizes",
                        Onnx.model(weights(new Proto().bytes(1, new byte[] {127, 127, 127}))),
                        "more elements"),
                Arguments.of(
                        "negative size",
                        Onnx.model(weights(Onnx.tensor("w", Onnx.FLOAT, -1).bytes(9, new byte[4]))),
                        "negative"),
                Arguments.of("graphs in graphs", Onnx.model(deep), "too deep"),
                Arguments.of(
                        "types in types",
                        Onnx.model(Onnx.graph()
                                .message(11, new Proto().text(1, "x").message(2, type))),
                        "too deep"),
                Arguments.of(
                        "two gigabytes said",
                        new Proto()
                                .number(1, 8)
                                .raw((byte) (7 << 3 | 2), (byte) -1, (byte) -1, (byte) -1, (byte) -1, (byte) 7),
                        "cut short"),
                Arguments.of(
                        "negative length",
                        new Proto().number(1, 8).raw((byte) (7 << 3 | 2)).raw(new byte[] {
                            -1, -1, -1, -1, -1, -1, -1, -1, -1, 1
                        }),
                        "cut short"),
                Arguments.of(
                        "ORT's format in a name",
                        new Proto().number(1, 8).text(2, "ORTM and more"),
                        "ORT's own format"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedParts")
    void whatReachesBeyondTheModelOrCanBeReadInTwoWaysIsRefused(String part, Proto file, String why) {
        assertRefused(file.encoded()).hasMessageContaining(why);
    }

    @Test
    void modelsAsTheyAreExportedPass() {
        assertThatCode(() -> {
                    OnnxFile.check(Onnx.file(Onnx.logistic("probability", Onnx.ANY)));
                    OnnxFile.check(Onnx.file(Onnx.classifier()));
                    OnnxFile.check(Onnx.named(Onnx.classifier(), "[\"size\",\"age\"]"));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void numbersMayStandPackedOrOneByOne() {
        var packed =
                new Proto().bytes(1, new byte[] {2, 1}).number(2, Onnx.FLOAT).bytes(4, new byte[8]);
        var single = Onnx.tensor("w", Onnx.FLOAT, 2, 1).fixed(4, 1).fixed(4, 2);

        assertThatCode(() -> {
                    OnnxFile.check(Onnx.file(weights(packed)));
                    OnnxFile.check(Onnx.file(weights(single)));
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aTensorWithoutElementsPassesWhateverItsOtherSizes() {
        assertThatCode(() -> OnnxFile.check(Onnx.file(weights(Onnx.tensor("w", Onnx.FLOAT, 1 << 30, 1 << 30, 0)))))
                .doesNotThrowAnyException();
    }

    @Test
    void everyTruncationIsRefusedButThoseBetweenTwoFieldsOfTheModel() {
        var file = Onnx.file(Onnx.classifier());
        int passed = 0;
        for (int length = 0; length < file.length; length++) {
            try {
                OnnxFile.check(Arrays.copyOf(file, length));
                passed++;
            } catch (UnusableInputException e) {
                assertThat(e).hasMessageContaining("cut short");
            }
        }
        // An empty file; one with the version; with the producer; with the graph; with one set of operators.
        assertThat(passed).isEqualTo(5);
    }

    @Test
    void anOversizedFileIsRefused() {
        assertRefused(new byte[OnnxFile.LONGEST + 1]).hasMessageContaining("longer than 67108864 bytes");
    }

    @Test
    void theFormatIsToldFromHowAFileBegins() {
        assertThat(OnnxFile.looksLike(Onnx.file(Onnx.classifier()))).isTrue();
        assertThat(OnnxFile.looksLike(SmallModel.file())).isFalse();
        assertThat(OnnxFile.looksLike(new byte[] {8, 1, 0, 0, 0, 0, 0, 0, '{'})).isFalse();
        assertThat(OnnxFile.looksLike(new byte[] {8, 8, 18, 4})).isFalse();
        assertThat(OnnxFile.looksLike("PK\003\004 TorchScript".getBytes(StandardCharsets.ISO_8859_1)))
                .isFalse();
    }

    @Test
    void twentyThousandDamagedFilesNeverDoWorseThanBeRefused() {
        var random = new Random(20_25);
        var whole = Onnx.file(Onnx.classifier());
        int refused = 0;
        for (int run = 0; run < 20_000; run++) {
            var file = whole.clone();
            for (int change = 1 + random.nextInt(4); change > 0; change--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt(256);
            }
            try {
                OnnxFile.check(file);
            } catch (UnusableInputException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(10_000);
    }
}
