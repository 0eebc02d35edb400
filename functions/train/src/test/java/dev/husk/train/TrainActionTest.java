package dev.husk.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The function as the runtime calls it, with PyTorch at work. */
class TrainActionTest {
    private static final String BOTH = "{'datasets': 'anna-2025,berta-2025'}";

    private static JsonObject json(String text) {
        return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
    }

    private static FakeContext patients() throws IOException {
        return new FakeContext().with("anna-2025", Patients.csv(4, 0)).with("berta-2025", Patients.csv(2, 1));
    }

    private static String errorOf(String parameters, FakeContext context) throws IOException {
        var answer = TrainAction.main(json(parameters), context);
        assertThat(answer.keySet()).containsExactly("error");
        assertThat(context.results).isEmpty();
        return answer.get("error").getAsString();
    }

    private static double figure(JsonElement figures, String name) {
        return figures.getAsJsonObject().get(name).getAsDouble();
    }

    @Test
    void bothHospitalsTogetherAreRightAboutNineteenOfTwentyPatients() throws Exception {
        var context = patients();

        var answer = TrainAction.main(json(BOTH), context);

        var pooled = answer.get("pooled");
        assertThat(figure(pooled, "accuracy")).isBetween(0.94, 1.0);
        assertThat(figure(pooled, "auc")).isBetween(0.97, 1.0);
        assertThat(figure(pooled, "rows")).isEqualTo(142 + 285);
        var datasets = answer.getAsJsonArray("datasets");
        assertThat(datasets).hasSize(2);
        double tested = 0;
        double right = 0;
        for (var dataset : datasets) {
            assertThat(figure(dataset, "rows"))
                    .isEqualTo(figure(dataset, "trainingRows") + figure(dataset, "testRows"));
            assertThat(figure(dataset, "testRows") / figure(dataset, "rows")).isBetween(0.24, 0.26);
            assertThat(figure(dataset.getAsJsonObject().get("alone"), "accuracy"))
                    .isBetween(0.85, 1.0);
            tested += figure(dataset, "testRows");
            right += Math.round(figure(dataset, "testRows") * figure(dataset, "accuracy"));
        }
        assertThat(figure(pooled, "testRows")).isEqualTo(tested);
        assertThat(figure(pooled, "accuracy"))
                .as("the pooled figure counts each held-out row once")
                .isEqualTo(Math.round(right / tested * 1e4) / 1e4);
        var losses = answer.getAsJsonArray("losses");
        assertThat(losses).hasSize(40);
        assertThat(losses.get(39).getAsDouble()).isLessThan(losses.get(0).getAsDouble() / 4);
        assertThat(answer.getAsJsonObject("ms").keySet())
                .containsExactly("read", "engine", "training", "trainingAlone", "write", "total");
        assertThat(context.results).containsOnlyKeys("risk-model");
        assertThat(context.results.get("risk-model")).hasSize((int) figure(answer.get("model"), "bytes"));
    }

    @Test
    void theSameSeedGivesTheSameModelToTheByte() throws Exception {
        var first = patients();
        var second = patients();
        var other = patients();

        var one = TrainAction.main(json(BOTH), first);
        var two = TrainAction.main(json(BOTH), second);
        TrainAction.main(json("{'datasets': 'anna-2025,berta-2025', 'seed': 2}"), other);

        one.remove("ms");
        two.remove("ms");
        assertThat(one).isEqualTo(two);
        assertThat(first.results.get("risk-model"))
                .isEqualTo(second.results.get("risk-model"))
                .isNotEqualTo(other.results.get("risk-model"));
    }

    @Test
    void columnsInAnotherOrderAreMatchedByName() throws Exception {
        var same = patients();
        var turned = new FakeContext()
                .with("anna-2025", Patients.csv(4, 0))
                .with("berta-2025", Patients.rotated(Patients.csv(2, 1)));

        TrainAction.main(json(BOTH), same);
        TrainAction.main(json(BOTH), turned);

        assertThat(turned.results.get("risk-model")).isEqualTo(same.results.get("risk-model"));
    }

    @Test
    void spreadsheetsMayAddAByteOrderMarkCarriageReturnsSpacesAndQuotes() throws Exception {
        var plain = patients();
        var decorated = new FakeContext()
                .with(
                        "anna-2025",
                        "\uFEFF" + Patients.csv(4, 0).replace("\n", "\r\n").replaceFirst("c0,", "\"c0\","))
                .with("berta-2025", Patients.csv(2, 1).replace(",", ", ") + "\n\n");

        TrainAction.main(json(BOTH), plain);
        TrainAction.main(json(BOTH), decorated);

        assertThat(decorated.results.get("risk-model")).isEqualTo(plain.results.get("risk-model"));
    }

    @Test
    void oneDatasetIsNotComparedWithItself() throws Exception {
        var answer = TrainAction.main(json("{'datasets': 'anna-2025', 'epochs': 3}"), patients());

        assertThat(answer.getAsJsonArray("datasets").get(0).getAsJsonObject().has("alone"))
                .isFalse();
        assertThat(answer.getAsJsonObject("ms").has("trainingAlone")).isFalse();
        assertThat(answer.get("epochs").getAsInt()).isEqualTo(3);
    }

    @Test
    void progressRisesToOneAndSaysNothingOfTheData() throws Exception {
        var context = patients();

        TrainAction.main(json("{'datasets': 'anna-2025,berta-2025', 'epochs': 5}"), context);

        assertThat(context.steps)
                .hasSize(16)
                .allMatch(step -> step.matches(
                        "model written|train (together|anna-2025 alone|berta-2025 alone): epoch [1-5] of 5"));
        assertThat(context.fractions).isSorted().endsWith(1.0);
    }

    @Test
    void patienceEndsTrainingEarlyAndStillGivesAGoodModel() throws Exception {
        var answer = TrainAction.main(
                json("{'datasets': 'anna-2025,berta-2025', 'epochs': 1000, 'patience': 5}"), patients());

        assertThat(answer.get("epochs").getAsInt()).isLessThan(400);
        assertThat(figure(answer.get("pooled"), "accuracy")).isGreaterThan(0.92);
    }

    @Test
    void nothingIsPrinted() throws Exception {
        var out = System.out;
        var err = System.err;
        var printed = new ByteArrayOutputStream();
        try (var stream = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(stream);
            System.setErr(stream);
            TrainAction.main(json(BOTH), patients());
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                              | parameter datasets: name them with commas
            {'datasets': ''}                                | parameter datasets: name them with commas
            {'datasets': 'anna-2025,,x'}                    | parameter datasets: name them with commas
            {'datasets': 7}                                 | parameter datasets: not a text
            {'datasets': null}                              | parameter datasets: not a text
            {'datasets': 'Anna'}                            | parameter datasets: a name is
            {'datasets': 'a,a'}                             | parameter datasets: a stands twice
            {'datasets': 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q'} | parameter datasets: more than 16
            {'datasets': 'a', 'result': '../x'}             | parameter result: a name is
            {'datasets': 'a', 'label': ''}                  | parameter label: a column name is
            {'datasets': 'a', 'epochs': 0}                  | parameter epochs: not a number from 1 to 1000
            {'datasets': 'a', 'epochs': 1001}               | parameter epochs: not a number from 1 to 1000
            {'datasets': 'a', 'epochs': 1.5}                | parameter epochs: not a whole number
            {'datasets': 'a', 'epochs': '10'}               | parameter epochs: not a number from 1 to 1000
            {'datasets': 'a', 'learningRate': 0}            | parameter learningRate: not a number from 0.000001 to 1
            {'datasets': 'a', 'learningRate': 2}            | parameter learningRate: not a number from 0.000001 to 1
            {'datasets': 'a', 'testFraction': 0.9}          | parameter testFraction: not a number from 0.05 to 0.5
            {'datasets': 'a', 'seed': 5000000000}           | parameter seed: not a number from
            {'datasets': 'a', 'patience': -1}               | parameter patience: not a number from 0 to 1000
            {'datasets': 'a'}                               | a: not granted (reads does not name it)
            """)
    void aWrongParameterIsNamed(String parameters, String error) throws Exception {
        assertThat(errorOf(parameters, patients())).startsWith(error);
    }

    @ParameterizedTest(name = "{1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                 | a: empty, not even a row of column names
            x,malignant                        | a: column names, but no rows
            x,y/73.25,1                        | a: no column 'malignant', which parameter label names
            malignant/1                        | a: no column besides the label
            73.25,malignant/1,1                | a, header, column 1: a number, so the row of column names is missing
            x,x,malignant/1,1,1                | a, header, column 2: a name that stands twice
            x,,malignant/1,1,1                 | a, header, column 2: a column name is 1 to 100 printable characters
            x,malignant/1,0/73.25              | a, row 2: 1 values for 2 columns
            x,malignant/1,0/73.25,1,1          | a, row 2: 3 values for 2 columns
            x,malignant/1,0/Q73.25,1           | a, row 2, column 'x': not a number
            x,malignant/1,0/NaN,1              | a, row 2, column 'x': not a number
            x,malignant/1,0/1e999,1            | a, row 2, column 'x': not a number
            x,malignant/1,0/0x7325p1,1         | a, row 2, column 'x': not a number
            x,malignant/1,0/,1                 | a, row 2, column 'x': no value
            x,malignant/1,0/1,73.25            | a, row 2, label 'malignant': neither 0 nor 1
            x,malignant/1,0/1,                 | a, row 2, label 'malignant': neither 0 nor 1
            x,malignant/1,0/"73.25             | a: not CSV; a quote is out of place or never ends
            x,malignant/1,0/"73.25"7,1         | a: not CSV; a quote is out of place or never ends
            x,malignant/73.25,0/73.25,0        | too few rows: both labels must be among those
            x,malignant/73.25,0/73.25,1        | too few rows: both labels must be among those
            """)
    void anUnusableDatasetIsExplainedWithoutQuotingAValue(String csv, String error) throws Exception {
        var context = new FakeContext().with("a", csv == null ? "" : csv.replace('/', '\n'));

        assertThat(errorOf("{'datasets': 'a'}", context)).startsWith(error).doesNotContain("73");
    }

    @Test
    void columnsThatOnlyOneDatasetHasAreNamed() throws Exception {
        var rows = "1,0\n2,1\n";

        assertThat(errorOf(
                        "{'datasets': 'a,b'}",
                        new FakeContext().with("a", "x,malignant\n" + rows).with("b", "y,malignant\n" + rows)))
                .isEqualTo("columns differ: a has 'x', which b lacks");
        assertThat(errorOf(
                        "{'datasets': 'a,b'}",
                        new FakeContext().with("a", "x,malignant\n" + rows).with("b", "x,y,malignant\n1,1,1\n")))
                .isEqualTo("columns differ: b has 'y', which a lacks");
    }

    @Test
    void numbersWhoseSpreadNoDoubleHoldsAreRefused() throws Exception {
        var csv = new StringBuilder("x,malignant\n");
        for (int i = 0; i < 40; i++) {
            csv.append(i % 2 == 0 ? "1e300,0\n" : "-1e300,1\n");
        }

        assertThat(errorOf("{'datasets': 'a'}", new FakeContext().with("a", csv.toString())))
                .isEqualTo("column 'x': numbers too large to average");
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws Exception {
        var latin1 = "gr\u00f6sse,malignant\n1,0\n".getBytes(StandardCharsets.ISO_8859_1);

        assertThat(errorOf("{'datasets': 'a'}", new FakeContext().with("a", new ByteArrayInputStream(latin1))))
                .isEqualTo("a: not UTF-8 text");
    }

    @Test
    void aDatasetThatWouldFillTheMemoryIsRefused() {
        var reader = new DatasetReader("malignant", 9);
        var csv = "x,y,malignant\n1,1,1\n1,1,1\n1,1,1\n1,1,1\n".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> reader.read("a", new ByteArrayInputStream(csv)))
                .isInstanceOf(UnusableInputException.class)
                .hasMessage("a, row 4: over 9 numbers in all, which is too much");
    }

    @Test
    void aTamperedDatasetFailsTheRunWithTheStreamsOwnErrorAndWritesNothing() throws Exception {
        var start = new ByteArrayInputStream(Patients.csv(4, 0).getBytes(StandardCharsets.UTF_8));
        var tampered = new IOException("anna-2025: chunk 1 is not authentic");
        var context = new FakeContext().with("a", new SequenceInputStream(start, new InputStream() {
            @Override
            public int read() throws IOException {
                throw tampered;
            }
        }));

        assertThatThrownBy(() -> TrainAction.main(json("{'datasets': 'a'}"), context))
                .isSameAs(tampered);
        assertThat(context.results).isEmpty();
    }

    @Test
    void aResultThatTheGrantDoesNotNameIsAnError() throws Exception {
        assertThat(errorOf("{'datasets': 'anna-2025', 'epochs': 1, 'result': 'mine'}", patients()))
                .isEqualTo("mine: not granted (writes does not name it)");
    }
}
