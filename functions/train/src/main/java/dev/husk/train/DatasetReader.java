package dev.husk.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * Reads a dataset from CSV (RFC 4180, UTF-8): a row of column names, then rows of decimal numbers, one column of which
 * is the label. Rows are counted from 1, which is the row after the header.
 */
final class DatasetReader {
    /** Most numbers that one run keeps in memory: 80 MB of them. */
    static final int MOST_NUMBERS = 10_000_000;

    private static final CSVFormat FORMAT = CSVFormat.RFC4180
            .builder()
            .setIgnoreEmptyLines(true)
            .setIgnoreSurroundingSpaces(true)
            .get();

    private final String label;
    private final int mostNumbers;
    private int numbers;

    DatasetReader(String label, int mostNumbers) {
        this.label = label;
        this.mostNumbers = mostNumbers;
    }

    /**
     * Reads a whole dataset; the caller closes the stream.
     *
     * @throws IOException as the stream throws it; what was read is then given up
     */
    Dataset read(String name, InputStream csv) throws IOException, UnusableInputException {
        try (var parser =
                CSVParser.builder().setReader(decoded(csv)).setFormat(FORMAT).get()) {
            var records = parser.iterator();
            if (!records.hasNext()) {
                throw new UnusableInputException(name + ": empty, not even a row of column names");
            }
            var header = ColumnNames.checkAll(records.next().toList(), name);
            int labelColumn = header.indexOf(label);
            if (labelColumn < 0) {
                throw new UnusableInputException(name + ": no column '" + label + "', which parameter label names");
            }
            if (header.size() < 2) {
                throw new UnusableInputException(name + ": no column besides the label");
            }
            var inputs = new ArrayList<double[]>();
            var labels = new ArrayList<Integer>();
            while (records.hasNext()) {
                add(name, records.next(), header, labelColumn, inputs, labels);
            }
            if (inputs.isEmpty()) {
                throw new UnusableInputException(name + ": column names, but no rows");
            }
            var columns = new ArrayList<>(header);
            columns.remove(labelColumn);
            return new Dataset(
                    name,
                    List.copyOf(columns),
                    inputs.toArray(double[][]::new),
                    labels.stream().mapToInt(Integer::intValue).toArray());
        } catch (UncheckedIOException e) {
            throw explained(name, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw explained(name, e);
        }
    }

    private void add(
            String name,
            CSVRecord record,
            List<String> header,
            int labelColumn,
            List<double[]> inputs,
            List<Integer> labels)
            throws UnusableInputException {
        var where = name + ", row " + (record.getRecordNumber() - 1);
        if (record.size() != header.size()) {
            throw new UnusableInputException(
                    "%s: %d values for %d columns".formatted(where, record.size(), header.size()));
        }
        numbers += header.size();
        if (numbers > mostNumbers) {
            throw new UnusableInputException(where + ": over " + mostNumbers + " numbers in all, which is too much");
        }
        var row = new double[header.size() - 1];
        int next = 0;
        for (int i = 0; i < header.size(); i++) {
            double number = Decimal.parse(record.get(i));
            if (i == labelColumn) {
                if (number != 0 && number != 1) {
                    throw new UnusableInputException(where + ", label '" + label + "': neither 0 nor 1");
                }
                labels.add((int) number);
            } else if (Double.isNaN(number)) {
                throw new UnusableInputException("%s, column '%s': %s"
                        .formatted(where, header.get(i), record.get(i).isEmpty() ? "no value" : "not a number"));
            } else {
                row[next++] = number;
            }
        }
        inputs.add(row);
    }

    /** Spreadsheets put a byte order mark before the first name. */
    private static Reader decoded(InputStream csv) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(csv, StandardCharsets.UTF_8.newDecoder()));
        reader.mark(1);
        if (reader.read() != '\uFEFF') {
            reader.reset();
        }
        return reader;
    }

    private static IOException explained(String name, IOException problem) throws UnusableInputException {
        if (problem instanceof CharacterCodingException) {
            throw new UnusableInputException(name + ": not UTF-8 text");
        }
        if (problem instanceof CSVException) {
            throw new UnusableInputException(name + ": not CSV; a quote is out of place or never ends");
        }
        return problem;
    }
}
