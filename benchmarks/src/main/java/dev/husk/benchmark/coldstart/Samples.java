package dev.husk.benchmark.coldstart;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.benchmark.gateway.Quantiles;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Milliseconds by subject and by what was measured. */
final class Samples {
    static final String READY = "spawn to ready";
    static final String COLD = "spawn to first result";
    static final String CPU = "processor time of that";
    static final String STEM = "stem cell to first result";
    static final String WARM = "warm run";
    static final String WARM_CONTRACT = "warm run under a contract";

    private final Map<Subject, Map<String, List<Double>>> values = new EnumMap<>(Subject.class);
    private final Map<String, Map<String, List<Double>>> steps = new LinkedHashMap<>();

    void add(Subject subject, String what, double milliseconds) {
        values.computeIfAbsent(subject, none -> new LinkedHashMap<>())
                .computeIfAbsent(what, none -> new ArrayList<>())
                .add(milliseconds);
    }

    /** The runtime's own account of a first run, under {@code title}. */
    void addSteps(String title, JsonObject timing) {
        var table = steps.computeIfAbsent(title, none -> new LinkedHashMap<>());
        timing.entrySet()
                .forEach(step -> table.computeIfAbsent(step.getKey(), none -> new ArrayList<>())
                        .add(step.getValue().getAsDouble()));
    }

    Map<Subject, Map<String, List<Double>>> values() {
        return values;
    }

    Map<String, Map<String, List<Double>>> steps() {
        return steps;
    }

    Optional<Quantiles> of(Subject subject, String what) {
        return Optional.ofNullable(values.getOrDefault(subject, Map.of()).get(what))
                .map(Quantiles::of);
    }

    JsonObject json() {
        var all = new JsonObject();
        values.forEach((subject, measured) -> all.add(subject.letter, json(measured)));
        var own = new JsonObject();
        steps.forEach((title, measured) -> own.add(title, json(measured)));
        all.add("steps", own);
        return all;
    }

    private static JsonObject json(Map<String, List<Double>> measured) {
        var json = new JsonObject();
        measured.forEach((what, samples) -> {
            var array = new JsonArray();
            samples.forEach(array::add);
            json.add(what, array);
        });
        return json;
    }
}
