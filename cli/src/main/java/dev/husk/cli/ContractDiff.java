package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.contract.Contract;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What changed from one contract to the next: in plain words what that means for who signs and who could read what,
 * then value by value, so that nothing changes unseen.
 */
final class ContractDiff {
    private final Contract before;
    private final Contract after;
    private final List<String> lines = new ArrayList<>();

    private ContractDiff(Contract before, Contract after) {
        this.before = before;
        this.after = after;
    }

    /** Empty exactly where both are the same contract; the lines name things as the contract does. */
    static List<String> of(Contract before, Contract after) {
        var diff = new ContractDiff(before, after);
        if (!before.equals(after)) {
            diff.meaning();
            diff.values();
        }
        return List.copyOf(diff.lines);
    }

    private void meaning() {
        var parties = names(after.parties().stream().map(Contract.Party::name));
        var formerly = names(before.parties().stream().map(Contract.Party::name));
        formerly.stream()
                .filter(name -> !parties.contains(name))
                .forEach(name -> lines.add(name + " is no longer a party."));
        parties.stream()
                .filter(name -> !formerly.contains(name))
                .forEach(name -> lines.add(name + " becomes a party."));
        parties.stream()
                .filter(formerly::contains)
                .filter(name -> !before.party(name).equals(after.party(name)))
                .forEach(name -> lines.add(name + " signs with another key from then on."));
        witnesses(before.witnesses(), after.witnesses());
        for (var dataset : after.datasets()) {
            before.dataset(dataset.name())
                    .filter(old -> !old.owner().equals(dataset.owner()))
                    .ifPresent(old ->
                            lines.add(dataset.name() + " passes from " + old.owner() + " to " + dataset.owner() + "."));
        }
        for (var function : after.functions()) {
            before.function(function.name())
                    .filter(old -> !old.code().equals(function.code()))
                    .ifPresent(old -> lines.add(function.name() + " runs other code: read it before you sign."));
        }
        var data = new TreeSet<String>();
        Stream.of(before, after).forEach(contract -> {
            contract.datasets().forEach(dataset -> data.add(dataset.name()));
            contract.results().forEach(result -> data.add(result.name()));
        });
        data.forEach(this::reach);
    }

    private void witnesses(Contract.Witnesses was, Contract.Witnesses is) {
        if (was.areAsked() && !is.areAsked()) {
            lines.add("Keys leave without any witness from then on.");
        } else if (was.areAsked() && is.quorum() < was.quorum()) {
            lines.add("%d witnesses are enough from then on, not %d.".formatted(is.quorum(), was.quorum()));
        } else if (is.quorum() > was.quorum()) {
            lines.add("Keys leave from then on only once %d of %d witnesses cosigned."
                    .formatted(is.quorum(), is.keys().size()));
        }
        is.keys().stream()
                .filter(key -> !was.keys().contains(key))
                .forEach(key -> lines.add(Contract.Witnesses.name(key) + " becomes a witness."));
        was.keys().stream()
                .filter(key -> !is.keys().contains(key))
                .forEach(key -> lines.add(Contract.Witnesses.name(key) + " is no longer a witness."));
    }

    private void reach(String name) {
        var was = before.whoCanRead(name);
        var is = after.whoCanRead(name);
        is.stream().filter(way -> !was.contains(way)).forEach(way -> lines.add("Can be read from then on: " + way));
        was.stream().filter(way -> !is.contains(way)).forEach(way -> lines.add("Cannot be read any more: " + way));
    }

    private static Set<String> names(Stream<String> names) {
        return names.collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private void values() {
        var old = flat(before);
        var now = flat(after);
        var places = new TreeSet<>(old.keySet());
        places.addAll(now.keySet());
        boolean same = true;
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
            same = same && Objects.equals(was, is);
        }
        if (same) {
            lines.add("Only the order of entries changed, which means nothing.");
        }
    }

    private static SortedMap<String, String> flat(Contract contract) {
        var values = new TreeMap<String, String>();
        walk("", contract.json(), values);
        return values;
    }

    private static void walk(String place, JsonElement value, SortedMap<String, String> values) {
        if (value instanceof JsonObject object && !object.isEmpty()) {
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
            values.put(place, "[" + String.join(", ", texts) + "]");
        } else {
            values.put(place, text(value));
        }
    }

    /** Every object in a contract's lists has a name; a grant has its function's. */
    private static String name(JsonObject object) {
        return text(object.has("name") ? object.get("name") : object.get("function"));
    }

    /** Text that could be taken for something else is in quotes. */
    private static String text(JsonElement value) {
        return value instanceof JsonPrimitive primitive
                        && primitive.isString()
                        && primitive
                                .getAsString()
                                .matches("[A-Za-z_][^\\[\\]\", ]*|[0-9]{4}-[0-9A-Z:.-]+|[0-9a-f]{32,}")
                        && !primitive.getAsString().matches("true|false|null")
                ? primitive.getAsString()
                : value.toString();
    }
}
