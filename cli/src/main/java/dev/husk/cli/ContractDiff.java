package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.contract.Contract;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What changed from one contract to the next, value by value, so that nothing changes unseen. */
final class ContractDiff {
    private ContractDiff() {}

    /** A line for each value that is new, gone or another; the lines name things as the contract does. */
    static List<String> of(Contract before, Contract after) {
        var old = flat(before);
        var now = flat(after);
        var places = new TreeSet<>(old.keySet());
        places.addAll(now.keySet());
        var lines = new ArrayList<String>();
        for (var place : places) {
            var was = old.get(place);
            var is = now.get(place);
            if (was == null) {
                lines.add("+ " + place + ": " + is);
            } else if (is == null) {
                lines.add("- " + place + ": " + was);
            } else if (!Objects.equals(was, is)) {
                lines.add("~ " + place + ": " + was + " -> " + is);
            }
        }
        return lines;
    }

    private static SortedMap<String, String> flat(Contract contract) {
        var values = new TreeMap<String, String>();
        walk("", contract.json(), values);
        return values;
    }

    private static void walk(String place, JsonElement value, SortedMap<String, String> values) {
        if (value instanceof JsonObject object) {
            object.entrySet()
                    .forEach(member -> walk(
                            place.isEmpty() ? member.getKey() : place + "." + member.getKey(),
                            member.getValue(),
                            values));
        } else if (value instanceof JsonArray array && !array.isEmpty() && array.get(0) instanceof JsonObject) {
            for (var element : array) {
                walk(place + "[" + name(element.getAsJsonObject()) + "]", element, values);
            }
        } else if (value instanceof JsonArray array) {
            var texts = new TreeSet<String>();
            array.forEach(element -> texts.add(text(element)));
            values.put(place, String.join(", ", texts));
        } else {
            values.put(place, text(value));
        }
    }

    /** Every object in a contract's lists has a name; a grant has its function's. */
    private static String name(JsonObject object) {
        return text(object.has("name") ? object.get("name") : object.get("function"));
    }

    private static String text(JsonElement value) {
        return value instanceof JsonPrimitive primitive ? primitive.getAsString() : value.toString();
    }
}
