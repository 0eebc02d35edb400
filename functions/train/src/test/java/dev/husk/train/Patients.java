package dev.husk.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The demo's patients as CSV with a header: columns c0 to c29 and malignant. */
final class Patients {
    private static final Path FILE = Path.of("../../cli/src/main/resources/dev/husk/cli/demo/breast_cancer.csv");

    private Patients() {}

    /** The rows whose index leaves {@code remainder} when divided by {@code parts}. */
    static String csv(int parts, int remainder) throws IOException {
        var lines = Files.readAllLines(FILE);
        return header(30)
                + IntStream.range(1, lines.size())
                        .filter(i -> i % parts == remainder)
                        .mapToObj(i -> turned(lines.get(i)))
                        .collect(Collectors.joining());
    }

    static String header(int columns) {
        return IntStream.range(0, columns).mapToObj(i -> "c" + i + ",").collect(Collectors.joining()) + "malignant\n";
    }

    /** The same rows with the first column last. */
    static String rotated(String csv) {
        return csv.lines()
                .map(line -> List.of(line.split(",", 2)))
                .map(parts -> parts.get(1) + "," + parts.get(0) + "\n")
                .collect(Collectors.joining());
    }

    /** In the file 0 is malignant; here 1 is. */
    private static String turned(String line) {
        return line.substring(0, line.length() - 1) + (line.endsWith("0") ? "1\n" : "0\n");
    }
}
