package dev.husk.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HospitalDataTest {
    private static final String ROW = "1.5,".repeat(30) + "0\n";

    @TempDir
    Path folder;

    private static List<String> rows(String csv) {
        return csv.lines().skip(1).toList();
    }

    private static double ill(String csv) {
        return rows(csv).stream().filter(row -> row.endsWith(",1")).count()
                / (double) rows(csv).size();
    }

    private static double radius(String csv) {
        return rows(csv).stream()
                .mapToDouble(row -> Double.parseDouble(row.split(",")[0]))
                .average()
                .orElseThrow();
    }

    @Test
    void theColumnsHaveScikitLearnsNames() throws Exception {
        assertThat(HospitalData.FEATURES)
                .hasSize(30)
                .doesNotHaveDuplicates()
                .startsWith("mean radius", "mean texture", "mean perimeter")
                .contains("mean concave points", "fractal dimension error", "worst radius")
                .endsWith("worst fractal dimension");
        assertThat(HospitalData.bundled(1).hospitalA().lines().findFirst())
                .hasValue(String.join(",", HospitalData.FEATURES) + ",malignant");
    }

    @Test
    void everyPatientIsInOneHospitalOrKeptForPrediction() throws Exception {
        var data = HospitalData.bundled(1);
        var dealt = Stream.of(rows(data.hospitalA()), rows(data.hospitalB()))
                .flatMap(List::stream)
                .toList();

        assertThat(dealt).hasSize(569 - HospitalData.PATIENTS).doesNotHaveDuplicates();
        for (var patient : data.patients()) {
            var numbers = HospitalData.FEATURES.stream()
                    .map(feature -> patient.row().get(feature).getAsString())
                    .toList();
            assertThat(dealt).doesNotContain(String.join(",", numbers) + (patient.malignant() ? ",1" : ",0"));
        }
        double malignant = Stream.of(data.hospitalA(), data.hospitalB())
                        .mapToDouble(csv -> ill(csv) * rows(csv).size())
                        .sum()
                + data.patients().stream()
                        .filter(HospitalData.Patient::malignant)
                        .count();
        assertThat(malignant).as("212 of the 569 are malignant").isEqualTo(212);
    }

    @Test
    void theSurgicalClinicSeesFewerLargerAndMoreOftenMalignantTumours() throws Exception {
        for (long seed = 1; seed <= 20; seed++) {
            var data = HospitalData.bundled(seed);

            assertThat(rows(data.hospitalA())).hasSizeBetween(120, 200);
            assertThat(ill(data.hospitalA())).isBetween(0.75, 0.95);
            assertThat(ill(data.hospitalB())).isBetween(0.1, 0.25);
            assertThat(radius(data.hospitalA())).isGreaterThan(radius(data.hospitalB()) + 4);
        }
    }

    @Test
    void theSeedDecides() throws Exception {
        assertThat(HospitalData.bundled(7)).isEqualTo(HospitalData.bundled(7));
        assertThat(HospitalData.bundled(8)).isNotEqualTo(HospitalData.bundled(7));
    }

    @Test
    void aFileIsDealtLikeTheOneThatComesWithHusk() throws Exception {
        var file = folder.resolve("raw.csv");
        try (var bundled = HospitalData.class.getResourceAsStream("breast_cancer.csv")) {
            Files.copy(bundled, file);
        }

        assertThat(HospitalData.split(file, 1)).isEqualTo(HospitalData.bundled(1));
    }

    @Test
    void theRowsToPredictHoldEveryFeatureAndNoDiagnosis() throws Exception {
        var data = HospitalData.bundled(1);
        var rows = JsonParser.parseString(data.rows()).getAsJsonArray();

        assertThat(rows).hasSize(HospitalData.PATIENTS);
        for (var row : rows) {
            assertThat(row.getAsJsonObject().keySet()).isEqualTo(new HashSet<>(HospitalData.FEATURES));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n", "569,30,benign,malignant\n", "9,30,malignant,benign\n", "x"})
    void aFileOfAnotherFormIsRefused(String text) throws Exception {
        assertRefused(text);
    }

    @Test
    void aRowOfAnotherFormIsRefusedByItsLine() throws Exception {
        var start = "8,30,malignant,benign\n" + ROW.repeat(7);
        HospitalData.split(Files.writeString(folder.resolve("good.csv"), start + ROW), 1);

        for (var row : List.of("", "1.5,0", ROW.replace(",0", ",2"), ROW.replace("1.5", "NaN"), "1," + ROW)) {
            assertRefused(start + row + "\n").hasMessage("breast cancer data, line 9: not 30 numbers and a class");
        }
        assertRefused(start).hasMessage("breast cancer data: cut short");
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String text) throws IOException {
        var file = Files.writeString(folder.resolve("raw.csv"), text);
        return assertThatThrownBy(() -> HospitalData.split(file, 1))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("breast cancer data");
    }
}
