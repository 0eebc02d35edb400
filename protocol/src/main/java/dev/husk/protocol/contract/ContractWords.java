package dev.husk.protocol.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A contract in plain words. */
final class ContractWords {
    private static final int MOST_WAYS = 32;

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
            if (platform.minimumTcb().isEmpty() && !platform.simulated()) {
                lines.add("WARNING: platform " + platform.name() + " accepts firmware with known holes.");
            }
        }
        lines.add("Signed by all of: "
                + String.join(
                        ", ",
                        contract.parties().stream().map(Contract.Party::name).toList()) + ".");
        lines.add(witnesses(contract.witnesses()));
        contract.platforms().forEach(this::platform);
        contract.grants().forEach(this::grant);
        var reach = new DataReach(contract);
        for (var dataset : contract.datasets()) {
            readers(dataset.name() + " (of " + dataset.owner() + ")", reach.of(dataset.name()));
        }
        for (var result : contract.results()) {
            readers(result.name(), reach.of(result.name()));
        }
    }

    static String witnesses(Contract.Witnesses witnesses) {
        if (!witnesses.areAsked()) {
            return "No witness is asked before keys leave: who runs the gateway could put its log back, or show two of them.";
        }
        return "Keys leave once %s cosigned the log with the release in it: %s."
                .formatted(
                        witnesses.quorum() == witnesses.keys().size()
                                ? "all of these witnesses have"
                                : "%d of these %d witnesses have"
                                        .formatted(
                                                witnesses.quorum(),
                                                witnesses.keys().size()),
                        String.join(
                                ", ",
                                witnesses.keys().stream()
                                        .map(Contract.Witnesses::name)
                                        .toList()));
    }

    private void readers(String data, List<String> ways) {
        lines.add("Who could ever read " + data + (ways.isEmpty() ? ": nobody." : ":"));
        ways.stream().limit(MOST_WAYS).forEach(way -> lines.add("  " + way));
        if (ways.size() > MOST_WAYS) {
            lines.add("  and on %d more ways".formatted(ways.size() - MOST_WAYS));
        }
    }

    private void platform(Contract.Platform platform) {
        var open = new ArrayList<String>();
        for (var member : new TreeMap<>(platform.json().asMap()).entrySet()) {
            if (isAny(member.getValue())) {
                open.add(member.getKey());
            } else if (member.getValue() instanceof JsonObject bits) {
                bits.entrySet().stream()
                        .filter(bit -> isAny(bit.getValue()))
                        .forEach(bit -> open.add(member.getKey() + "." + bit.getKey()));
            }
        }
        lines.add("Platform %s binds code by %s and leaves unchecked: %s."
                .formatted(
                        platform.name(),
                        platform.binding().name().toLowerCase(Locale.ROOT),
                        open.isEmpty() ? "nothing" : String.join(", ", open)));
    }

    private static boolean isAny(JsonElement value) {
        return value instanceof JsonPrimitive text
                && text.isString()
                && text.getAsString().equals("any");
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
}
