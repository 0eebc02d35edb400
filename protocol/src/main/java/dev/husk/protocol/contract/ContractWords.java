package dev.husk.protocol.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A contract in plain words. */
final class ContractWords {
    private final Contract contract;
    private final List<String> lines = new ArrayList<>();

    private ContractWords(Contract contract) {
        this.contract = contract;
    }

    static List<String> of(Contract contract) {
        var words = new ContractWords(contract);
        words.write();
        return List.copyOf(words.lines);
    }

    private void write() {
        for (var platform : contract.platforms()) {
            if (platform.simulated()) {
                lines.add("SIMULATED: platform " + platform.name()
                        + " accepts simulated hardware, which protects nothing from the machine it runs on.");
            }
            if (!platform.policy().debug().equals(java.util.Optional.of(false))) {
                lines.add("WARNING: platform " + platform.name() + " lets the host read the sandbox's memory (debug).");
            }
            if (platform.measurements().isAny() && !platform.simulated()) {
                lines.add("WARNING: platform " + platform.name() + " accepts any launched software.");
            }
        }
        lines.add("Signed by all of: "
                + String.join(
                        ", ",
                        contract.parties().stream().map(Contract.Party::name).toList()) + ".");
        contract.grants().forEach(this::grant);
        for (var dataset : contract.datasets()) {
            lines.add("Who could ever read " + dataset.name() + " (of " + dataset.owner() + "): "
                    + reach(dataset.name()) + ".");
        }
        for (var result : contract.results()) {
            lines.add("Who could ever read " + result.name() + ": " + reach(result.name()) + ".");
        }
    }

    private void grant(Contract.Grant grant) {
        var function = contract.function(grant.function()).orElseThrow();
        lines.add("%s (code of %s, %s..) on platform %s reads %s and writes %s."
                .formatted(
                        grant.function(),
                        function.owner(),
                        function.code().substring(0, 19),
                        function.platform(),
                        names(grant.reads()),
                        names(grant.writes())));
        lines.add("  called by %s; runs in all: %s, a day: %s; until: %s."
                .formatted(
                        grant.callers().isAny() ? "anyone" : grant.callers(),
                        grant.limits().runs().map(Object::toString).orElse("without limit"),
                        grant.limits().perDay().map(Object::toString).orElse("without limit"),
                        grant.limits().until().map(Object::toString).orElse("without end")));
        new TreeMap<>(grant.parameters())
                .forEach((name, bound) -> lines.add("  parameter %s: %s.".formatted(name, bound.inWords())));
    }

    private static String names(Set<String> names) {
        return names.isEmpty() ? "nothing" : String.join(", ", new TreeSet<>(names));
    }

    /** Follows data through grants into results and on to their readers. */
    private String reach(String start) {
        var paths = new ArrayList<String>();
        follow(start, "", new TreeSet<>(Set.of(start)), paths);
        return paths.isEmpty() ? "nobody" : String.join("; ", paths);
    }

    private void follow(String data, String path, Set<String> seen, List<String> paths) {
        contract.result(data)
                .filter(result -> !result.readerParties().isEmpty())
                .ifPresent(result -> paths.add(path + "parties " + names(result.readerParties())));
        for (var grant : contract.grants()) {
            if (!grant.reads().contains(data)) {
                continue;
            }
            var here = path + "function " + grant.function();
            paths.add(here + " (answers go to " + (grant.callers().isAny() ? "anyone" : grant.callers()) + ")");
            for (var written : new TreeSet<>(grant.writes())) {
                if (seen.add(written)) {
                    follow(written, here + " -> " + written + " -> ", seen, paths);
                }
            }
        }
    }
}
