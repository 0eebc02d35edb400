package dev.husk.infer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX models as datasets of a grant, with ONNX Runtime at work; numbers are held against Java's own arithmetic. */
class OnnxModelTest {
    private static final Offset<Double> CLOSE = Offset.offset(2e-6);

    private static JsonObject answer(byte[] model, String rows, String name) throws IOException {
        var parameters = new JsonObject();
        parameters.addProperty("rows", rows);
        parameters.addProperty("model", name);
        return InferAction.main(parameters, new FakeContext().with(name, model));
    }

    private static JsonObject answer(byte[] model, String rows) throws IOException {
        var answer = answer(model, rows, "acme-model");
        assertThat(answer.has("error")).as(answer.toString()).isFalse();
        return answer;
    }

    private static String error(byte[] model, String rows) throws IOException {
        var answer = answer(model, rows, "acme-model");
        assertThat(answer.keySet()).containsExactly("error");
        return answer.get("error").getAsString();
    }

    private static JsonObject prediction(JsonObject answer, int row) {
        return answer.getAsJsonArray("predictions").get(row).getAsJsonObject();
    }

    private static double probability(JsonObject answer, int row) {
        return prediction(answer, row).get("probability").getAsDouble();
    }

    /** One operator from {@code x}, of two columns, to {@code y}. */
    private static Proto one(Proto node, Proto input, Proto output) {
        return Onnx.graph().message(1, node).message(11, input).message(12, output);
    }

    private static Proto copy(Proto input, Proto output) {
        return one(Onnx.node("Identity", "x", "y"), input, output);
    }

    @Test
    void aModelThatAPartyBroughtAsADatasetAnswersLikeOneThatWasTrainedHere() throws Exception {
        var answer = answer(
                Onnx.named(Onnx.logistic("probability", Onnx.ANY), "[\"size\",\"age\"]"),
                "[{\"age\":2,\"size\":1},[-3,4.5]]");

        assertThat(answer.keySet()).containsExactly("predictions", "model", "rows");
        assertThat(answer.get("model"))
                .isEqualTo(JsonParser.parseString("{\"name\":\"acme-model\",\"format\":\"onnx\",\"columns\":2}"));
        assertThat(prediction(answer, 0).keySet()).containsExactly("label", "probability");
        assertThat(probability(answer, 0)).isCloseTo(Onnx.logistic(1, 2), CLOSE);
        assertThat(prediction(answer, 0).get("label").getAsInt()).isEqualTo(1);
        assertThat(probability(answer, 1)).isCloseTo(Onnx.logistic(-3, 4.5), CLOSE);
        assertThat(prediction(answer, 1).get("label").getAsInt()).isZero();
    }

    @Test
    void severalClassesAreAnsweredWithTheModelsOwnLabelsAndAProbabilityEach() throws Exception {
        var answer = answer(Onnx.file(Onnx.classifier()), "[[4,1],[1,4],[-4,-4]]");

        double[][] given = {{4, 1}, {1, 4}, {-4, -4}};
        for (int row = 0; row < given.length; row++) {
            var expected = Onnx.classes(given[row][0], given[row][1]);
            var probabilities = prediction(answer, row).getAsJsonArray("probabilities");
            int largest = 0;
            for (int i = 0; i < 3; i++) {
                assertThat(probabilities.get(i).getAsDouble()).isCloseTo(expected[i], CLOSE);
                largest = expected[i] > expected[largest] ? i : largest;
            }
            assertThat(prediction(answer, row).get("label").getAsInt()).isEqualTo(10 * (largest + 1));
            assertThat(prediction(answer, row).has("probability")).isFalse();
        }
    }

    @Test
    void ofTwoClassesTheSecondOnesProbabilityIsNamedAsWell() throws Exception {
        var model = one(
                Onnx.node("Softmax", "x", "probabilities", Onnx.integer("axis", 1)),
                Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2),
                Onnx.value("probabilities", Onnx.FLOAT, Onnx.ANY, 2));

        var prediction = prediction(answer(Onnx.file(model), "[[0,2]]"), 0);

        double second = 1 / (1 + Math.exp(-2));
        assertThat(prediction.get("label").getAsInt()).isEqualTo(1);
        assertThat(prediction.get("probability").getAsDouble()).isCloseTo(second, CLOSE);
        assertThat(prediction.getAsJsonArray("probabilities").get(0).getAsDouble())
                .isCloseTo(1 - second, CLOSE);
    }

    @Test
    void labelsMayBeTexts() throws Exception {
        var names = Onnx.tensor("names", Onnx.STRING, 2).text(6, "benign").text(6, "malignant");
        var model = Onnx.graph()
                .messages(
                        1,
                        Onnx.node("ArgMax", "x", "index", Onnx.integer("axis", 1), Onnx.integer("keepdims", 0)),
                        Onnx.node("Gather", "names,index", "output_label"))
                .message(5, names)
                .message(11, Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2))
                .message(12, Onnx.value("output_label", Onnx.STRING, Onnx.ANY));

        assertThat(answer(Onnx.file(model), "[[1,2],[2,1]]").get("predictions"))
                .isEqualTo(JsonParser.parseString("[{\"label\":\"malignant\"},{\"label\":\"benign\"}]"));
    }

    @Test
    void anOutputOfAnotherNameIsANumberAndNoProbability() throws Exception {
        var sum = one(
                Onnx.node("ReduceSum", "x", "variable", Onnx.integer("keepdims", 1)),
                Onnx.value("x", Onnx.FLOAT, 1, 2),
                Onnx.value("variable", Onnx.FLOAT, 1, 1));
        var same = copy(Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2), Onnx.value("y", Onnx.FLOAT, Onnx.ANY, 2));

        assertThat(answer(Onnx.file(sum), "[[0.1,0.25],[7,8]]").get("predictions"))
                .isEqualTo(JsonParser.parseString("[{\"value\":0.35},{\"value\":15.0}]"));
        assertThat(answer(Onnx.file(same), "[[0.1,-8]]").get("predictions"))
                .isEqualTo(JsonParser.parseString("[{\"values\":[0.1,-8.0]}]"));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4, 7, Onnx.ANY})
    void aModelForAFixedNumberOfRowsAnswersAnyNumber(long batch) throws Exception {
        for (int rows : new int[] {1, 2, 5, 8}) {
            var given = IntStream.range(0, rows).mapToObj(i -> "[" + i + ",2]").collect(Collectors.joining(","));
            var answer = answer(Onnx.file(Onnx.logistic("probability", batch)), "[" + given + "]");

            assertThat(answer.get("rows").getAsInt()).isEqualTo(rows);
            for (int i = 0; i < rows; i++) {
                assertThat(probability(answer, i)).isCloseTo(Onnx.logistic(i, 2), CLOSE);
            }
        }
    }

    @Test
    void tenThousandRowsAreAnsweredInTheirOrder() throws Exception {
        var given = IntStream.range(0, Rows.MOST)
                .mapToObj(i -> "[" + i / 1e4 + ",0]")
                .collect(Collectors.joining(","));

        var answer = answer(Onnx.file(Onnx.logistic("probability", Onnx.ANY)), "[" + given + "]");

        assertThat(answer.get("rows").getAsInt()).isEqualTo(Rows.MOST);
        for (int i = 0; i < Rows.MOST; i += 511) {
            assertThat(probability(answer, i)).isCloseTo(Onnx.logistic(i / 1e4, 0), CLOSE);
        }
    }

    @Test
    void oneInputPerColumnNamesTheColumns() throws Exception {
        var model = Onnx.graph()
                .message(1, Onnx.node("Concat", "size,age", "y", Onnx.integer("axis", 1)))
                .message(11, Onnx.value("size", Onnx.DOUBLE, Onnx.ANY, 1))
                .message(11, Onnx.value("age", Onnx.DOUBLE, Onnx.ANY, 1))
                .message(12, Onnx.value("y", Onnx.DOUBLE, Onnx.ANY, 2));

        assertThat(answer(Onnx.file(model), "[{\"age\":2,\"size\":1e300}]").get("predictions"))
                .isEqualTo(JsonParser.parseString("[{\"values\":[1.0E300,2.0]}]"));
    }

    @Test
    void columnsWithoutNamesAreCountedFromZero() throws Exception {
        var model = Onnx.file(Onnx.logistic("probability", Onnx.ANY));

        assertThat(answer(model, "[{\"x1\":2,\"x0\":1}]")).isEqualTo(answer(model, "[[1,2]]"));
        assertThat(error(model, "[{\"size\":2,\"age\":1}]"))
                .isEqualTo("parameter rows, row 1: names a column that the model does not have");
    }

    @ParameterizedTest
    @ValueSource(ints = {Onnx.INT32, Onnx.INT64})
    void wholeNumbersAreTakenWhereTheModelWantsThemAndNothingIsRounded(int type) throws Exception {
        var model = Onnx.file(copy(Onnx.value("x", type, Onnx.ANY, 2), Onnx.value("y", type, Onnx.ANY, 2)));

        assertThat(answer(model, "[[1.0,-2147483647]]").get("predictions"))
                .isEqualTo(JsonParser.parseString("[{\"values\":[1.0,-2.147483647E9]}]"));
        assertThat(error(model, "[[1,2],[3,4.5]]"))
                .startsWith("parameter rows, row 2, column 'x1': the model takes whole numbers up to ");
        assertThat(error(model, "[[1e16,2]]")).contains("row 1, column 'x0': the model takes whole numbers up to ");
    }

    @Test
    void valuesBeyondWhatTheModelCanComputeGiveAnErrorAndNotANumberThatIsNone() throws Exception {
        var log = one(
                Onnx.node("Log", "x", "y"),
                Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2),
                Onnx.value("y", Onnx.FLOAT, Onnx.ANY, 2));

        assertThat(error(Onnx.file(Onnx.logistic("probability", Onnx.ANY)), "[[1,2],[1e300,1]]"))
                .isEqualTo("parameter rows, row 2: values too far from any that the model was trained on");
        assertThat(error(Onnx.file(log), "[[1,2],[0,1]]"))
                .isEqualTo("parameter rows, row 2: values too far from any that the model was trained on");
    }

    static Stream<Arguments> unusableModels() {
        var x = Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2);
        var y = Onnx.value("y", Onnx.FLOAT, Onnx.ANY, 2);
        var map = new Proto()
                .message(
                        4,
                        new Proto()
                                .message(
                                        1,
                                        new Proto()
                                                .message(
                                                        5,
                                                        new Proto()
                                                                .number(1, Onnx.INT64)
                                                                .message(
                                                                        2,
                                                                        new Proto()
                                                                                .message(
                                                                                        1,
                                                                                        new Proto()
                                                                                                .number(
                                                                                                        1,
                                                                                                        Onnx
                                                                                                                .FLOAT))))));
        var zipMap = one(
                new Proto()
                        .text(1, "x")
                        .text(2, "output_probability")
                        .text(4, "ZipMap")
                        .text(7, "ai.onnx.ml")
                        .message(
                                5,
                                new Proto()
                                        .text(1, "classlabels_int64s")
                                        .number(8, 0)
                                        .number(8, 1)
                                        .number(20, 7)),
                x,
                new Proto().text(1, "output_probability").message(2, map));
        var cycle = Onnx.graph()
                .messages(1, Onnx.node("Add", "x,b", "a"), Onnx.node("Add", "x,a", "b"))
                .message(11, x)
                .message(12, Onnx.value("b", Onnx.FLOAT, Onnx.ANY, 2));
        return Stream.of(
                Arguments.of("maps", zipMap, "zipmap"),
                Arguments.of("a cycle", cycle, "ONNX Runtime refuses it"),
                Arguments.of("unknown operator", one(Onnx.node("Steal", "x", "y"), x, y), "ONNX Runtime refuses it"),
                Arguments.of("an empty graph", Onnx.graph(), "ONNX Runtime refuses it"),
                Arguments.of(
                        "no input",
                        Onnx.graph()
                                .message(1, Onnx.node("Identity", "w", "y"))
                                .message(5, Onnx.floats("w", new long[] {1, 1}, 1))
                                .message(12, Onnx.value("y", Onnx.FLOAT, 1, 1)),
                        "no input"),
                Arguments.of(
                        "less data than said",
                        Onnx.graph()
                                .message(5, Onnx.floats("w", new long[] {2, 1}, 1))
                                .message(1, Onnx.node("MatMul", "x,w", "y"))
                                .message(11, x)
                                .message(12, Onnx.value("y", Onnx.FLOAT, Onnx.ANY, 1)),
                        "ONNX Runtime refuses it"),
                Arguments.of(
                        "texts",
                        copy(Onnx.value("x", Onnx.STRING, Onnx.ANY, 2), Onnx.value("y", Onnx.STRING, Onnx.ANY, 2)),
                        "an input of type STRING"),
                Arguments.of(
                        "pictures",
                        copy(Onnx.value("x", Onnx.FLOAT, 1, 3, 8, 8), Onnx.value("y", Onnx.FLOAT, 1, 3, 8, 8)),
                        "not a tensor [rows, columns]"),
                Arguments.of(
                        "no columns",
                        copy(Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 0), Onnx.value("y", Onnx.FLOAT, Onnx.ANY, 0)),
                        "not a tensor [rows, columns]"),
                Arguments.of(
                        "open columns",
                        copy(
                                Onnx.value("x", Onnx.FLOAT, Onnx.ANY, Onnx.ANY),
                                Onnx.value("y", Onnx.FLOAT, Onnx.ANY, Onnx.ANY)),
                        "leaves the number of columns open"),
                Arguments.of(
                        "no rows",
                        copy(Onnx.value("x", Onnx.FLOAT, 0, 2), Onnx.value("y", Onnx.FLOAT, 0, 2)),
                        "fixed number of rows"),
                Arguments.of(
                        "too many rows",
                        copy(Onnx.value("x", Onnx.FLOAT, 5000, 2), Onnx.value("y", Onnx.FLOAT, 5000, 2)),
                        "fixed number of rows"),
                Arguments.of(
                        "two wide inputs",
                        Onnx.graph()
                                .message(1, Onnx.node("Add", "x,z", "y"))
                                .messages(11, x, Onnx.value("z", Onnx.FLOAT, Onnx.ANY, 2))
                                .message(12, y),
                        "not of one column each"),
                Arguments.of(
                        "two outputs",
                        Onnx.graph()
                                .messages(1, Onnx.node("Identity", "x", "y"), Onnx.node("Identity", "x", "z"))
                                .message(11, x)
                                .messages(12, y, Onnx.value("z", Onnx.FLOAT, Onnx.ANY, 2)),
                        "several outputs"),
                Arguments.of(
                        "probabilities that are whole numbers",
                        one(
                                Onnx.node("ArgMax", "x", "probability", Onnx.integer("axis", 1)),
                                x,
                                Onnx.value("probability", Onnx.INT64, Onnx.ANY, 1)),
                        "an output of type INT64"),
                Arguments.of(
                        "labels that are floats",
                        one(Onnx.node("Identity", "x", "label"), x, Onnx.value("label", Onnx.FLOAT, Onnx.ANY, 2)),
                        "an output of type FLOAT"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unusableModels")
    void aModelThatCannotBeUsedSaysWhy(String name, Proto graph, String why) throws Exception {
        assertThat(error(Onnx.file(graph), "[[1,2]]"))
                .startsWith("the model file cannot be read: ")
                .contains(why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"size\"]", "[\"size\",\"size\"]", "[\"size\",7]", "size,age", "[]", "[\"size\",\"\"]"})
    void namesOfColumnsMustBeThoseOfTheInput(String columns) throws Exception {
        assertThat(error(Onnx.named(Onnx.logistic("probability", Onnx.ANY), columns), "[[1,2]]"))
                .startsWith("the model file cannot be read: ");
    }

    @Test
    void namesOfColumnsSayHowManyThereAreWhereTheInputDoesNot() throws Exception {
        var open =
                copy(Onnx.value("x", Onnx.FLOAT, Onnx.ANY, Onnx.ANY), Onnx.value("y", Onnx.FLOAT, Onnx.ANY, Onnx.ANY));

        assertThat(answer(Onnx.named(open, "[\"a\",\"b\",\"c\"]"), "[[1,2,3]]").get("predictions"))
                .isEqualTo(JsonParser.parseString("[{\"values\":[1.0,2.0,3.0]}]"));
    }

    @Test
    void numbersThatAreNoProbabilitiesAreNotPassedOffAsSome() throws Exception {
        var model = one(
                Onnx.node("Identity", "x", "probabilities"),
                Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2),
                Onnx.value("probabilities", Onnx.FLOAT, Onnx.ANY, 2));

        assertThat(error(Onnx.file(model), "[[0.5,1.5]]")).contains("not between 0 and 1");
    }

    @Test
    void aModelThatFailsOnARowSaysNothingOfTheRow() throws Exception {
        var model = Onnx.graph()
                .messages(1, Onnx.node("Gather", "names,x", "y"))
                .message(5, Onnx.longs("names", 1, 2, 3))
                .message(11, Onnx.value("x", Onnx.INT64, Onnx.ANY, 2))
                .message(12, Onnx.value("y", Onnx.INT64, Onnx.ANY, 2));

        assertThat(error(Onnx.file(model), "[[0,7325]]"))
                .startsWith("the model cannot be run on these rows: ONNX Runtime stopped it (")
                .doesNotContain("7325");
    }

    @Test
    void anOutputWithoutARowForEachRowIsRefused() throws Exception {
        var model = one(
                Onnx.node("Transpose", "x", "y"),
                Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2),
                Onnx.value("y", Onnx.FLOAT, 2, Onnx.ANY));

        assertThat(error(Onnx.file(model), "[[1,2]]")).startsWith("the model's outputs are not one row of ");
    }

    @Test
    void anAnswerOfMillionsOfNumbersIsRefusedWithTheirCount() throws Exception {
        var model = Onnx.graph()
                .message(1, Onnx.node("Gemm", "x,w", "y"))
                .message(5, Onnx.floats("w", new long[] {2, 512}, new float[1024]))
                .message(11, Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2))
                .message(12, Onnx.value("y", Onnx.FLOAT, Onnx.ANY, 512));

        assertThat(error(Onnx.file(model), "[" + "[1,2],".repeat(1999) + "[1,2]]"))
                .isEqualTo("parameter rows: the answer would hold more than 1000000 numbers, 512 per row: "
                        + "send fewer rows");
    }

    /** What ONNX Runtime 1.21.1 did: answer with the bytes of a file that the model names. */
    @Test
    void noFileOfThisMachineIsReadForAModel(@TempDir Path folder) throws Exception {
        var secret = Files.writeString(folder.resolve("secret"), "12345678");
        for (var location : List.of(
                secret.toString(),
                "../".repeat(40) + secret,
                secret.getFileName().toString())) {
            var stolen = Onnx.graph()
                    .message(1, Onnx.node("Add", "x,w", "y"))
                    .message(
                            5,
                            Onnx.tensor("w", Onnx.FLOAT, 2)
                                    .message(13, Onnx.entry("location", location))
                                    .message(13, Onnx.entry("length", "8"))
                                    .number(14, 1))
                    .message(11, Onnx.value("x", Onnx.FLOAT, Onnx.ANY, 2))
                    .message(12, Onnx.value("y", Onnx.FLOAT, Onnx.ANY, 2));

            assertThat(error(Onnx.file(stolen), "[[0,0]]")).contains("data lies outside the file");
        }
    }

    @Test
    void anotherModelTakesThePlaceOfTheLastWhateverItsFormat() throws Exception {
        var onnx = Onnx.file(Onnx.logistic("probability", Onnx.ANY));
        for (int i = 0; i < 3; i++) {
            assertThat(probability(answer(onnx, "[[1,2]]"), 0)).isCloseTo(Onnx.logistic(1, 2), CLOSE);
            assertThat(probability(answer(SmallModel.file(), "[[1,2]]"), 0))
                    .isCloseTo(SmallModel.probability(1, 2), CLOSE);
            assertThat(error(new byte[100], "[[1,2]]")).startsWith("the model file cannot be read: ");
        }
    }
}
