package dev.husk.infer;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the parameter {@code rows}: a JSON array whose rows are objects (column to number) or arrays (numbers in the
 * model's order). Each row must have a number for every column of the model, and nothing else.
 */
final class Rows {
    /** Most rows of one request. */
    static final int MOST = 10_000;

    private static final String WHERE = "parameter rows";

    private final List<String> columns;
    private final Map<String, Integer> positions = new HashMap<>();

    Rows(List<String> columns) {
        this.columns = columns;
        for (int i = 0; i < columns.size(); i++) {
            positions.put(columns.get(i), i);
        }
    }

    double[][] parse(String json) throws UnusableInputException {
        var reader = new JsonReader(new StringReader(json));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(2);
        try {
            return rows(reader);
        } catch (MalformedJsonException | EOFException | NumberFormatException | IllegalStateException e) {
            throw new UnusableInputException(WHERE + ": not JSON, as far as it could be read");
        } catch (IOException e) {
            throw new IllegalStateException("a text cannot fail to be read", e);
        }
    }

    private double[][] rows(JsonReader reader) throws IOException, UnusableInputException {
        if (reader.peek() != JsonToken.BEGIN_ARRAY) {
            throw new UnusableInputException(WHERE + ": not an array of rows");
        }
        var rows = new ArrayList<double[]>();
        reader.beginArray();
        while (reader.hasNext()) {
            var where = WHERE + ", row " + (rows.size() + 1);
            if (rows.size() == MOST) {
                throw new UnusableInputException(WHERE + ": more than " + MOST + " rows");
            }
            rows.add(
                    switch (reader.peek()) {
                        case BEGIN_OBJECT -> object(reader, where);
                        case BEGIN_ARRAY -> array(reader, where);
                        default -> throw new UnusableInputException(where + ": neither an object nor an array");
                    });
        }
        reader.endArray();
        if (reader.peek() != JsonToken.END_DOCUMENT) {
            throw new UnusableInputException(WHERE + ": more text after the rows");
        }
        if (rows.isEmpty()) {
            throw new UnusableInputException(WHERE + ": no rows");
        }
        return rows.toArray(double[][]::new);
    }

    private double[] object(JsonReader reader, String where) throws IOException, UnusableInputException {
        var row = new double[columns.size()];
        var given = new boolean[columns.size()];
        reader.beginObject();
        while (reader.hasNext()) {
            var position = positions.get(reader.nextName());
            if (position == null) {
                throw new UnusableInputException(where + ": names a column that the model does not have");
            }
            if (given[position]) {
                throw new UnusableInputException(where + ": column '" + columns.get(position) + "' stands twice");
            }
            row[position] = number(reader, where, position);
            given[position] = true;
        }
        reader.endObject();
        var missing = new ArrayList<String>();
        for (int i = 0; i < given.length; i++) {
            if (!given[i]) {
                missing.add("'" + columns.get(i) + "'");
            }
        }
        if (!missing.isEmpty()) {
            throw new UnusableInputException(where + ": no value for " + some(missing));
        }
        return row;
    }

    private double[] array(JsonReader reader, String where) throws IOException, UnusableInputException {
        var row = new double[columns.size()];
        int next = 0;
        reader.beginArray();
        while (reader.hasNext()) {
            if (next == row.length) {
                throw new UnusableInputException(where + ": more values than the model's " + row.length + " columns");
            }
            row[next] = number(reader, where, next);
            next++;
        }
        reader.endArray();
        if (next < row.length) {
            throw new UnusableInputException(
                    "%s: %d values for the model's %d columns".formatted(where, next, row.length));
        }
        return row;
    }

    private double number(JsonReader reader, String where, int position) throws IOException, UnusableInputException {
        if (reader.peek() == JsonToken.NUMBER) {
            double number = Double.parseDouble(reader.nextString());
            if (Double.isFinite(number)) {
                return number;
            }
        }
        throw new UnusableInputException(where + ", column '" + columns.get(position) + "': not a number");
    }

    private static String some(List<String> names) {
        var shown = String.join(", ", names.subList(0, Math.min(3, names.size())));
        return names.size() <= 3 ? shown : shown + " and " + (names.size() - 3) + " more";
    }
}
