package dev.husk.benchmark.coldstart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a command line asks for.
 *
 * @param rounds starts of each kind for each subject
 * @param warmRuns of each subject in each round, of which the second half counts
 * @param warmCycles of the gateway before anything counts
 * @param jdk home of the JDK that is started
 * @param image a container image to start instead of processes
 * @param json where the samples go
 * @param options of our JVMs, for experiments
 */
record Plan(
        int rounds,
        int warmRuns,
        int warmCycles,
        Set<Subject> subjects,
        Path jdk,
        Optional<String> image,
        Optional<Path> json,
        List<String> options) {
    static final String USAGE = """
            usage: java -cp benchmarks.jar dev.husk.benchmark.coldstart.ColdStarts [OPTION]..
              --rounds N      cold starts and stem cells of each case (15)
              --warm-runs N   runs of each stem cell after its first, of which the second half counts (60)
              --warm-up N     cycles of the gateway before anything counts (1500)
              --cases a,c     only these of a, a', b, c, d1, d2 (all that are built)
              --java HOME     the JDK that is started (the one that runs this)
              --image NAME    containers of this image, through `docker run`, instead of processes
              --option FLAG   one more for our JVMs, to try it; may be repeated
              --json FILE     every sample
              --short         one round, to see that all of it works; too little for figures
            """;

    /** @throws IllegalArgumentException saying what is wrong, for people */
    static Plan parse(String... arguments) {
        var left = new ArrayList<>(List.of(arguments));
        boolean brief = left.remove("--short");
        int rounds = brief ? 1 : 15;
        int warmRuns = brief ? 4 : 60;
        int warmCycles = brief ? 1 : 1500;
        Set<Subject> subjects = new LinkedHashSet<>(List.of(Subject.values()));
        var jdk = Path.of(System.getProperty("java.home"));
        Optional<String> image = Optional.empty();
        Optional<Path> json = Optional.empty();
        var options = new ArrayList<String>();
        while (!left.isEmpty()) {
            var word = left.remove(0);
            switch (word) {
                case "--rounds" -> rounds = number(word, value(word, left));
                case "--warm-runs" -> warmRuns = number(word, value(word, left));
                case "--warm-up" -> warmCycles = number(word, value(word, left));
                case "--cases" -> subjects = subjects(value(word, left));
                case "--java" -> jdk = Path.of(value(word, left));
                case "--image" -> image = Optional.of(value(word, left));
                case "--json" -> json = Optional.of(Path.of(value(word, left)));
                case "--option" -> options.add(value(word, left));
                default -> throw new IllegalArgumentException("unknown argument " + word);
            }
        }
        return new Plan(rounds, warmRuns, warmCycles, subjects, jdk, image, json, List.copyOf(options));
    }

    private static String value(String word, List<String> left) {
        if (left.isEmpty()) {
            throw new IllegalArgumentException(word + " needs a value");
        }
        return left.remove(0);
    }

    private static int number(String word, String text) {
        if (!text.matches("[1-9][0-9]{0,5}")) {
            throw new IllegalArgumentException(word + " wants a number from 1 to 999999, not " + text);
        }
        return Integer.parseInt(text);
    }

    private static Set<Subject> subjects(String letters) {
        var subjects = new LinkedHashSet<Subject>();
        for (var letter : letters.split(",", -1)) {
            subjects.add(List.of(Subject.values()).stream()
                    .filter(subject -> subject.letter.equals(letter))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no case " + letter)));
        }
        return subjects;
    }
}
