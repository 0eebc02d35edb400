package dev.husk.infer;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Names of columns as model files have them: a text that holds a JSON array of names, none of them twice. */
final class ColumnNames {
    /** Most columns of a model. */
    static final int MOST = 4096;

    private static final int LONGEST_NAME = 100;

    private ColumnNames() {}

    static List<String> parse(String text) throws UnusableInputException {
        if (!(json(text) instanceof JsonArray array) || array.isEmpty() || array.size() > MOST) {
            throw UnusableInputException.ofModel("its columns are not 1 to " + MOST + " names");
        }
        var columns = new ArrayList<String>();
        for (var name : array) {
            columns.add(name(name));
        }
        return distinct(columns);
    }

    static List<String> distinct(List<String> columns) throws UnusableInputException {
        if (new HashSet<>(columns).size() < columns.size()) {
            throw UnusableInputException.ofModel("a column stands twice");
        }
        return List.copyOf(columns);
    }

    /** One name, of a column or of what is predicted. */
    static String name(JsonElement element) throws UnusableInputException {
        if (element instanceof JsonPrimitive name
                && name.isString()
                && !name.getAsString().isBlank()
                && name.getAsString().length() <= LONGEST_NAME) {
            return name.getAsString();
        }
        throw UnusableInputException.ofModel("a name that is not a text of 1 to " + LONGEST_NAME + " characters");
    }

    /** JSON of a model file: strict, and hardly nested. */
    static JsonElement json(String text) throws UnusableInputException {
        var reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(4);
        try {
            return JsonParser.parseReader(reader);
        } catch (JsonParseException | IllegalStateException e) {
            throw UnusableInputException.ofModel("the header is not JSON");
        }
    }
}
