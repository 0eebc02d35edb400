package dev.husk.cli.demo;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The Wisconsin diagnostic breast cancer data, dealt to two hospitals as such data lies in life: each sees other
 * patients.
 *
 * <p>Hospital A is a surgical clinic, to which women come with a lump that can be felt; hospital B runs a screening
 * programme, which finds small ones. So a row goes to A with a probability that grows with the mean radius of the
 * tumour's cells, and to B otherwise. The diagnosis has no part in it; that most of A's patients are ill and most of
 * B's are not follows from the radius. Each hospital alone learns from one end of the range, and the sum of both is
 * what a new patient, of either kind, is served best by. The patients to predict are drawn first and evenly from all
 * rows, and stand in neither file.
 *
 * @param hospitalA A's dataset: CSV with a header, the label in the last column
 * @param hospitalB B's dataset, with the same columns
 * @param patients rows in neither dataset, whose diagnosis is known
 */
public record HospitalData(String hospitalA, String hospitalB, List<Patient> patients) {

    /** The label: 1 if malignant, 0 if benign. */
    public static final String LABEL = "malignant";

    /** How many patients are kept for predictions. */
    public static final int PATIENTS = 6;

    /** The 30 features, named as scikit-learn does. */
    public static final List<String> FEATURES = features();

    /** Radius at which a patient is as likely to be at A as at B; about three quarters of all tumours are smaller. */
    private static final double EVEN_RADIUS = 16;

    /** How gradual the change from B to A is: one unit above the even radius, three of four patients are at A. */
    private static final double GRADUAL = 1;

    /** A patient in neither dataset. The row holds the features by name, not the diagnosis. */
    public record Patient(JsonObject row, boolean malignant) {}

    /** Deals the rows of a file in scikit-learn's form. The same file and seed give the same hospitals. */
    public static HospitalData split(Path raw, long seed) throws IOException {
        return split(Files.readAllLines(raw, StandardCharsets.UTF_8), seed);
    }

    /** Deals the rows that come with Husk. */
    public static HospitalData bundled(long seed) throws IOException {
        try (InputStream in = HospitalData.class.getResourceAsStream("breast_cancer.csv")) {
            if (in == null) {
                throw new IOException("breast_cancer.csv is not on the class path");
            }
            return split(
                    new String(in.readAllBytes(), StandardCharsets.UTF_8)
                            .lines()
                            .toList(),
                    seed);
        }
    }

    private static HospitalData split(List<String> lines, long seed) throws IOException {
        if (lines.isEmpty() || !lines.get(0).matches("[0-9]+,30,malignant,benign")) {
            throw new IOException("breast cancer data: the first line is not 'rows,30,malignant,benign'");
        }
        var rows = new ArrayList<Row>();
        for (int i = 1; i < lines.size(); i++) {
            rows.add(Row.parse(lines.get(i), i + 1));
        }
        if (rows.size() != Integer.parseInt(lines.get(0).split(",")[0]) || rows.size() <= PATIENTS) {
            throw new IOException("breast cancer data: cut short");
        }
        var random = new Random(seed);
        Collections.shuffle(rows, random);
        var patients = rows.subList(0, PATIENTS).stream().map(Row::patient).toList();
        var a = new StringBuilder(header());
        var b = new StringBuilder(header());
        for (var row : rows.subList(PATIENTS, rows.size())) {
            double atA = 1 / (1 + Math.exp((EVEN_RADIUS - row.radius()) / GRADUAL));
            (random.nextDouble() < atA ? a : b).append(row.csv());
        }
        return new HospitalData(a.toString(), b.toString(), patients);
    }

    /** The value of the parameter {@code rows} of {@code infer} for these patients. */
    public String rows() {
        var rows = new JsonArray();
        patients.forEach(patient -> rows.add(patient.row()));
        return rows.toString();
    }

    private static String header() {
        return String.join(",", FEATURES) + "," + LABEL + "\n";
    }

    private static List<String> features() {
        var measured = List.of(
                "radius",
                "texture",
                "perimeter",
                "area",
                "smoothness",
                "compactness",
                "concavity",
                "concave points",
                "symmetry",
                "fractal dimension");
        return Stream.of("mean %s", "%s error", "worst %s")
                .flatMap(form -> measured.stream().map(form::formatted))
                .toList();
    }

    /** A line of the file: its numbers as they stand there, and the class, turned round. */
    private record Row(List<String> numbers, boolean malignant) {

        static Row parse(String line, int number) throws IOException {
            var values = List.of(line.split(",", -1));
            int last = FEATURES.size();
            if (values.size() != last + 1
                    || !values.get(last).matches("[01]")
                    || !values.stream().allMatch(value -> value.matches("[0-9]+(\\.[0-9]+)?"))) {
                throw new IOException("breast cancer data, line " + number + ": not 30 numbers and a class");
            }
            return new Row(values.subList(0, last), values.get(last).equals("0"));
        }

        double radius() {
            return Double.parseDouble(numbers.get(0));
        }

        String csv() {
            return String.join(",", numbers) + (malignant ? ",1\n" : ",0\n");
        }

        Patient patient() {
            var row = new JsonObject();
            for (int i = 0; i < numbers.size(); i++) {
                row.addProperty(FEATURES.get(i), new BigDecimal(numbers.get(i)));
            }
            return new Patient(row, malignant);
        }
    }
}
