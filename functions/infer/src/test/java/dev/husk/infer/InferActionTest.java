package dev.husk.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.function.FunctionContext;
import dev.husk.train.TrainAction;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The function as the runtime calls it, with PyTorch at work. */
class InferActionTest {
    private static final Path PATIENTS = Path.of("../../cli/src/main/resources/dev/husk/cli/demo/breast_cancer.csv");

    private static JsonObject rows(String rows) {
        var parameters = new JsonObject();
        parameters.addProperty("rows", rows);
        return parameters;
    }

    private static FakeContext small() {
        return new FakeContext().with("risk-model", SmallModel.file());
    }

    private static double probability(JsonObject answer, int row) {
        return answer.getAsJsonArray("predictions")
                .get(row)
                .getAsJsonObject()
                .get("probability")
                .getAsDouble();
    }

    private static String errorOf(JsonObject parameters, FunctionContext context) throws IOException {
        var answer = InferAction.main(parameters, context);
        assertThat(answer.keySet()).containsExactly("error");
        return answer.get("error").getAsString();
    }

    @Test
    void aNetworkSmallEnoughForPencilAndPaperIsComputedRight() throws Exception {
        var answer = InferAction.main(rows("[{\"size\":9.5,\"age\":51},{\"age\":90.25,\"size\":7},[13,20]]"), small());

        assertThat(answer.get("rows").getAsInt()).isEqualTo(3);
        double[][] given = {{9.5, 51}, {7, 90.25}, {13, 20}};
        for (int row = 0; row < 3; row++) {
            double expected = SmallModel.probability(given[row][0], given[row][1]);
            assertThat(probability(answer, row)).isCloseTo(expected, Offset.offset(1e-6));
            assertThat(answer.getAsJsonArray("predictions")
                            .get(row)
                            .getAsJsonObject()
                            .get("label")
                            .getAsInt())
                    .isEqualTo(expected >= 0.5 ? 1 : 0);
        }
        assertThat(answer.getAsJsonObject("model").get("label").getAsString()).isEqualTo("ill");
        assertThat(answer.getAsJsonObject("model").get("columns").getAsInt()).isEqualTo(2);
    }

    @Test
    void whatTrainLearntIsRightAboutPatientsThatItNeverSaw() throws Exception {
        var lines = Files.readAllLines(PATIENTS);
        var header = IntStream.range(0, 30).mapToObj(i -> "c" + i + ",").collect(Collectors.joining());
        var known = lines.subList(1, 500).stream()
                .map(line -> line.substring(0, line.length() - 1) + (line.endsWith("0") ? 1 : 0))
                .collect(Collectors.joining("\n"));
        var context =
                new FakeContext().with("anna-2025", (header + "malignant\n" + known).getBytes(StandardCharsets.UTF_8));
        var parameters = new JsonObject();
        parameters.addProperty("datasets", "anna-2025");
        assertThat(TrainAction.main(parameters, context).has("error")).isFalse();

        var unseen = lines.subList(500, lines.size());
        var arrays = new JsonArray();
        var objects = new JsonArray();
        for (var line : unseen) {
            var array = new JsonArray();
            var object = new JsonObject();
            var values = List.of(line.split(","));
            for (int i = 29; i >= 0; i--) {
                object.addProperty("c" + i, Double.parseDouble(values.get(i)));
            }
            for (int i = 0; i < 30; i++) {
                array.add(Double.parseDouble(values.get(i)));
            }
            arrays.add(array);
            objects.add(object);
        }
        var answer = InferAction.main(rows(arrays.toString()), context);

        assertThat(InferAction.main(rows(objects.toString()), context)).isEqualTo(answer);
        long right = IntStream.range(0, unseen.size())
                .filter(i -> (probability(answer, i) >= 0.5) == unseen.get(i).endsWith(",0"))
                .count();
        assertThat(right / (double) unseen.size()).isGreaterThanOrEqualTo(0.94);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                    | parameter rows: must hold a JSON array of rows as a text, such as "[{\\"age\\": 51}]"
            {"rows":""}                           | parameter rows: must hold a JSON array of rows as a text, such as "[{\\"age\\": 51}]"
            {"rows":[[1,2]]}                      | parameter rows: not a text
            {"rows":"[[1,2]]","model":"../x"}     | parameter model: a name is lower-case letters, digits and dashes, at most 63 characters
            {"rows":"[[1,2]]","model":7}          | parameter model: not a text
            {"rows":"[[1,2]]","model":"other"}    | other: not granted (reads does not name it)
            """)
    void aWrongParameterIsNamed(String parameters, String error) throws Exception {
        assertThat(errorOf(JsonParser.parseString(parameters).getAsJsonObject(), small()))
                .isEqualTo(error);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                                    | no rows
            {"size":1,"age":2}                    | not an array of rows
            7                                     | not an array of rows
            [7]                                   | row 1: neither an object nor an array
            [[1,2],null]                          | row 2: neither an object nor an array
            [[1,2],{"size":1}]                    | row 2: no value for 'age'
            [{}]                                  | row 1: no value for 'size', 'age'
            [{"size":1,"age":2,"name":73.25}]     | row 1: names a column that the model does not have
            [{"size":1,"age":2,"age":2}]          | row 1: column 'age' stands twice
            [{"size":1,"age":"73.25"}]            | row 1, column 'age': not a number
            [{"size":1,"age":null}]               | row 1, column 'age': not a number
            [{"size":1,"age":[73.25]}]            | row 1, column 'age': not a number
            [{"size":1,"age":1e999}]              | row 1, column 'age': not a number
            [[1,true]]                            | row 1, column 'age': not a number
            [[1]]                                 | row 1: 1 values for the model's 2 columns
            [[1,2],[1,2,3]]                       | row 2: more values than the model's 2 columns
            [[1,2]] 73                            | not JSON, as far as it could be read
            [[1,2]],[]                            | not JSON, as far as it could be read
            [[1,2]                                | not JSON, as far as it could be read
            [[1,NaN]]                             | not JSON, as far as it could be read
            [[1,2],]                              | not JSON, as far as it could be read
            size,age                              | not JSON, as far as it could be read
            [[[[[[73.25]]]]]]                     | row 1, column 'size': not a number
            """)
    void anUnusableRowIsExplainedWithoutQuotingAValue(String rows, String error) throws Exception {
        assertThat(errorOf(rows(rows), small()))
                .isEqualTo("parameter rows" + (error.startsWith("row ") ? ", " : ": ") + error)
                .doesNotContain("73");
    }

    @Test
    void valuesBeyondWhatTheNetworkCanComputeGiveAnErrorAndNotANumberThatIsNone() throws Exception {
        assertThat(errorOf(rows("[[1,2],[1e300,1e300]]"), small()))
                .isEqualTo("parameter rows, row 2: values too far from any that the model was trained on");
    }

    @Test
    void tenThousandRowsAreAnsweredAndOneMoreIsNot() throws Exception {
        var most = "[1,2],".repeat(Rows.MOST - 1) + "[1,2]";

        assertThat(InferAction.main(rows("[" + most + "]"), small()).get("rows").getAsInt())
                .isEqualTo(Rows.MOST);
        assertThat(errorOf(rows("[" + most + ",[1,2]]"), small())).isEqualTo("parameter rows: more than 10000 rows");
    }

    @Test
    void aDamagedModelIsAnErrorAndTheNextGoodOneWorks() throws Exception {
        var context = small().with("risk-model", new byte[100]);

        assertThat(errorOf(rows("[[1,2]]"), context)).startsWith("the model file cannot be read: ");
        assertThat(InferAction.main(rows("[[1,2]]"), small()).has("error")).isFalse();
    }

    @Test
    void everyRunReadsTheModelThroughItsOwnGrant() throws Exception {
        InferAction.main(rows("[[1,2]]"), small());

        assertThat(errorOf(rows("[[1,2]]"), new FakeContext()))
                .isEqualTo("risk-model: not granted (reads does not name it)");
    }

    @Test
    void aModelIsParsedAgainOnlyWhenItsBytesHaveChanged() throws Exception {
        var store = new ModelStore();
        var other = SmallModel.WEIGHTS.clone();
        other[8] = -1;
        var changed =
                new FakeContext().with("risk-model", SmallModel.file(SmallModel.HEADER, SmallModel.SCALING, other));

        var first = store.read("risk-model", small());

        assertThat(store.read("risk-model", small())).isSameAs(first);
        assertThat(store.read("risk-model", changed)).isNotSameAs(first);
    }

    @Test
    void aTamperedModelFailsTheRunWithTheStreamsOwnError() {
        var tampered = new IOException("risk-model: chunk 0 is not authentic");
        var context = new FunctionContext() {
            @Override
            public InputStream dataset(String name) {
                return new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw tampered;
                    }
                };
            }

            @Override
            public SeekableByteChannel datasetChannel(String name) {
                throw new UnsupportedOperationException();
            }

            @Override
            public OutputStream result(String name) {
                throw new UnsupportedOperationException();
            }

            @Override
            public JsonObject parameters() {
                return new JsonObject();
            }

            @Override
            public void progress(String step, double fraction) {}
        };

        assertThatThrownBy(() -> InferAction.main(rows("[[1,2]]"), context)).isSameAs(tampered);
    }
}
