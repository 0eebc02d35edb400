package dev.husk.protocol.contract;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who could ever read a dataset or result: along grants into functions, on into what these write, and to whom that and
 * the answers go. Each function is reached on its shortest way; a way that comes back to where it was is said and ends.
 */
final class DataReach {
    private static final int LONGEST = 24;

    private final Contract contract;
    private final Map<String, List<Contract.Grant>> readers = new HashMap<>();

    /** Data and functions in turn, from the data that is asked about. */
    private record Way(String data, List<String> steps) {
        List<String> and(String step) {
            var longer = new ArrayList<>(steps);
            longer.add(step);
            return longer;
        }
    }

    DataReach(Contract contract) {
        this.contract = contract;
        for (var grant : contract.grants()) {
            grant.reads()
                    .forEach(read -> readers.computeIfAbsent(read, none -> new ArrayList<>())
                            .add(grant));
        }
    }

    /** A line for each way on which somebody gets to see something of it; empty where nobody does. */
    List<String> of(String start) {
        var lines = new ArrayList<String>();
        var seenData = new HashSet<>(Set.of(start));
        var seenFunctions = new HashSet<String>();
        var open = new ArrayDeque<>(List.of(new Way(start, List.of(start))));
        while (!open.isEmpty()) {
            var way = open.remove();
            contract.result(way.data())
                    .filter(result -> !result.readerParties().isEmpty())
                    .ifPresent(result -> lines.add(line(way.and("parties: " + names(result.readerParties())))));
            for (var grant : readers.getOrDefault(way.data(), List.of())) {
                if (!seenFunctions.add(grant.function())) {
                    continue;
                }
                var steps = way.and(grant.function());
                var at = new Way("", steps);
                lines.add(line(at.and("callers: " + (grant.callers().isAny() ? "anyone" : grant.callers()))));
                for (var written : new TreeSet<>(grant.writes())) {
                    if (seenData.add(written)) {
                        open.add(new Way(written, at.and(written)));
                    } else if (steps.contains(written)) {
                        lines.add(line(at.and(written)) + " (again)");
                    }
                }
            }
        }
        return lines;
    }

    private static String line(List<String> steps) {
        if (steps.size() <= LONGEST) {
            return String.join(" -> ", steps);
        }
        int half = LONGEST / 2;
        return String.join(" -> ", steps.subList(0, half))
                + " -> (" + (steps.size() - LONGEST) + " more) -> "
                + String.join(" -> ", steps.subList(steps.size() - half, steps.size()));
    }

    private static String names(Set<String> names) {
        return String.join(", ", new TreeSet<>(names));
    }
}
