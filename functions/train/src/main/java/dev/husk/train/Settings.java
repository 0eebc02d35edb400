package dev.husk.train;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * What a training run was asked for. Every member but {@code datasets} has a default.
 *
 * @param datasets names, in the order in which they are reported
 * @param result the name under which the model is written
 * @param label the column that holds 0 or 1
 * @param testFraction the part of each dataset's rows that no network trains on, from 0.05 to 0.5
 * @param patience epochs without a smaller loss on validation rows before training ends; 0 trains all epochs
 */
record Settings(
        List<String> datasets,
        String result,
        String label,
        int epochs,
        double learningRate,
        int seed,
        double testFraction,
        int patience) {

    private static final int MOST_DATASETS = 16;

    static Settings parse(JsonObject parameters) throws UnusableInputException {
        return new Settings(
                datasets(parameters),
                name("result", text(parameters, "result", "risk-model")),
                ColumnNames.check(text(parameters, "label", "malignant"), "parameter label"),
                whole(parameters, "epochs", 40, 1, 1000),
                number(parameters, "learningRate", 0.005, 1e-6, 1),
                whole(parameters, "seed", 1, Integer.MIN_VALUE, Integer.MAX_VALUE),
                number(parameters, "testFraction", 0.25, 0.05, 0.5),
                whole(parameters, "patience", 0, 0, 1000));
    }

    private static List<String> datasets(JsonObject parameters) throws UnusableInputException {
        var names = new LinkedHashSet<String>();
        for (var part : text(parameters, "datasets", "").split(",", -1)) {
            var name = part.strip();
            if (name.isEmpty()) {
                throw new UnusableInputException(
                        "parameter datasets: name them with commas between, such as \"anna-2025,berta-2025\"");
            }
            if (!names.add(name("datasets", name))) {
                throw new UnusableInputException("parameter datasets: " + name + " stands twice");
            }
        }
        if (names.size() > MOST_DATASETS) {
            throw new UnusableInputException("parameter datasets: more than " + MOST_DATASETS);
        }
        return List.copyOf(names);
    }

    private static String name(String parameter, String text) throws UnusableInputException {
        if (!text.matches("[a-z0-9][a-z0-9-]{0,62}")) {
            throw new UnusableInputException("parameter " + parameter
                    + ": a name is lower-case letters, digits and dashes, at most 63 characters");
        }
        return text;
    }

    private static String text(JsonObject parameters, String name, String otherwise) throws UnusableInputException {
        if (!parameters.has(name)) {
            return otherwise;
        }
        if (parameters.get(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new UnusableInputException("parameter " + name + ": not a text");
    }

    private static double number(JsonObject parameters, String name, double otherwise, double least, double most)
            throws UnusableInputException {
        if (!parameters.has(name)) {
            return otherwise;
        }
        if (parameters.get(name) instanceof JsonPrimitive value && value.isNumber()) {
            double number = value.getAsDouble();
            if (number >= least && number <= most) {
                return number;
            }
        }
        throw new UnusableInputException(
                "parameter " + name + ": not a number from " + plain(least) + " to " + plain(most));
    }

    private static int whole(JsonObject parameters, String name, int otherwise, int least, int most)
            throws UnusableInputException {
        double number = number(parameters, name, otherwise, least, most);
        if (number != Math.rint(number)) {
            throw new UnusableInputException("parameter " + name + ": not a whole number");
        }
        return (int) number;
    }

    private static String plain(double bound) {
        return BigDecimal.valueOf(bound).stripTrailingZeros().toPlainString();
    }
}
