package dev.husk.benchmark.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a command line asks for.
 *
 * @param parts those to run, in this order
 * @param rounds of {@code cycles} and of {@code flood}
 * @param window how long one number of threads is measured in one round, and one stretch of the flood
 * @param warm how long cycles, or releases, run before anything is measured
 * @param memoryCycles cycles of {@code memory}
 * @param witnesses that releases wait for, beside a gateway without any
 * @param settings environment of the gateway, beside what each part sets itself
 */
record LoadPlan(
        Set<Part> parts,
        int rounds,
        Duration window,
        Duration warm,
        long memoryCycles,
        int connections,
        int sources,
        Duration pause,
        Duration pace,
        int witnesses,
        Map<String, String> settings) {

    /** What can be measured. */
    enum Part {
        CYCLES,
        MEMORY,
        FLOOD,
        WITNESSES
    }

    static final String USAGE = """
            usage: java -cp benchmarks.jar dev.husk.benchmark.gateway.Load [OPTION].. [cycles] [memory] [flood] [witnesses]
              -short          a minute in all, which shows that all of it works and is too little for figures
              -rounds N       rounds of cycles, of flood and of witnesses (5)
              -seconds N      each window of cycles, each stretch of the flood (20)
              -warm SECONDS   cycles, or releases, before anything counts (120)
              -cycles N       cycles of memory (100000)
              -connections N  strangers at a time (2000)
              -sources N      loopback addresses that they come from (50)
              -pause MS       from one request of a stranger to its next (1000)
              -pace MS        from one release of an attested sandbox to its next (100)
              -witnesses N    witnesses on this machine that releases wait for, beside a gateway without any (3)
              -env NAME=VALUE environment of the gateway; JVM_ARGS=.. is the JVM's (-Xmx512m)
            """;

    private static final List<String> NUMBERS = List.of(
            "-rounds", "-seconds", "-warm", "-cycles", "-connections", "-sources", "-pause", "-pace", "-witnesses");

    private static final long[] FULL = {5, 20, 120, 100_000, 2_000, 50, 1_000, 100, 3};
    private static final long[] SHORT = {1, 1, 2, 500, 100, 10, 200, 50, 3};

    /** @throws IllegalArgumentException saying what is wrong, for people */
    static LoadPlan parse(String... arguments) {
        var parts = new LinkedHashSet<Part>();
        var settings = new LinkedHashMap<String, String>();
        var left = new ArrayList<>(List.of(arguments));
        long[] numbers = left.remove("-short") ? SHORT.clone() : FULL.clone();
        while (!left.isEmpty()) {
            var word = left.remove(0);
            int option = NUMBERS.indexOf(word);
            if (option >= 0) {
                numbers[option] = number(word, value(word, left));
            } else if (word.equals("-env")) {
                var setting = value(word, left).split("=", 2);
                if (setting.length != 2) {
                    throw new IllegalArgumentException("-env wants NAME=VALUE");
                }
                settings.put(setting[0], setting[1]);
            } else {
                parts.add(part(word));
            }
        }
        return new LoadPlan(
                parts.isEmpty() ? Set.of(Part.values()) : parts,
                Math.toIntExact(numbers[0]),
                Duration.ofSeconds(numbers[1]),
                Duration.ofSeconds(numbers[2]),
                numbers[3],
                Math.toIntExact(numbers[4]),
                Math.toIntExact(numbers[5]),
                Duration.ofMillis(numbers[6]),
                Duration.ofMillis(numbers[7]),
                Math.toIntExact(numbers[8]),
                settings);
    }

    FloodedReleases.Plan flood() {
        // It must outlast its own gathering, the stretch, and what a sandbox waits for the last release of it.
        var size = new Flood.Size(connections, sources, pause, window.plusSeconds(120));
        return new FloodedReleases.Plan(warm, rounds, window, pace, size);
    }

    private static String value(String option, List<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException(option + " wants a value");
        }
        return left.remove(0);
    }

    private static long number(String option, String text) {
        if (!text.matches("[1-9][0-9]{0,8}")) {
            throw new IllegalArgumentException(option + " wants a number from 1 up, not " + text);
        }
        return Long.parseLong(text);
    }

    private static Part part(String word) {
        for (var part : Part.values()) {
            if (part.name().toLowerCase(java.util.Locale.ROOT).equals(word)) {
                return part;
            }
        }
        throw new IllegalArgumentException("neither an option nor cycles, memory, flood or witnesses: " + word);
    }
}
