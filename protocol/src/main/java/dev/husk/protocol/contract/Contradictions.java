package dev.husk.protocol.contract;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract.Binding;
import dev.husk.protocol.contract.Contract.Dataset;
import dev.husk.protocol.contract.Contract.Function;
import dev.husk.protocol.contract.Contract.Grant;
import dev.husk.protocol.contract.Contract.Party;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.Contract.Result;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the parts of a contract say against each other. Names that could not be read are problems already, not here. */
final class Contradictions {
    private final ContractParser.Parts parts;
    private final Fields root;
    private final List<String> problems;

    private final Map<String, Set<String>> readBy = new HashMap<>();
    private final Map<String, Set<String>> writtenBy = new HashMap<>();

    Contradictions(ContractParser.Parts parts, Fields root, List<String> problems) {
        this.parts = parts;
        this.root = root;
        this.problems = problems;
        for (var grant : parts.grants()) {
            grant.reads()
                    .forEach(read -> readBy.computeIfAbsent(read, none -> new HashSet<>())
                            .add(grant.function()));
            grant.writes()
                    .forEach(written -> writtenBy
                            .computeIfAbsent(written, none -> new HashSet<>())
                            .add(grant.function()));
        }
    }

    void find() {
        var parties = unique("party", parts.parties().stream().map(Party::name).toList());
        if (parts.parties().isEmpty() && root.isList("parties")) {
            problems.add("parties: nobody would sign this");
        }
        unique(
                "key",
                parts.parties().stream()
                        .map(Party::key)
                        .filter(key -> !key.isWeak())
                        .map(PartyKey::text)
                        .toList());
        var platforms = unique(
                "platform", parts.platforms().stream().map(Platform::name).toList());
        var functions = unique(
                "function", parts.functions().stream().map(Function::name).toList());
        var results = parts.results().stream().map(Result::name).toList();
        var data = new ArrayList<>(results);
        parts.datasets().forEach(dataset -> data.add(dataset.name()));
        var readable = unique("dataset or result", data);
        var stores = new ArrayList<>(parts.results().stream().map(Result::store).toList());
        stores.addAll(parts.datasets().stream().map(Dataset::store).toList());
        unique("store", stores);
        unique(
                "grant for function",
                parts.grants().stream().map(Grant::function).toList());

        parts.datasets()
                .forEach(dataset ->
                        known("dataset " + dataset.name() + ": owner", dataset.owner(), parties, "party", "parties"));
        for (var function : parts.functions()) {
            var where = "function " + function.name();
            known(where + ": owner", function.owner(), parties, "party", "parties");
            known(where + ": platform", function.platform(), platforms, "platform", "platforms");
        }
        parts.platforms().forEach(this::platform);
        for (var result : parts.results()) {
            var where = "result " + result.name() + ": reader";
            result.readerParties().forEach(reader -> known(where, reader, parties, "party", "parties"));
            result.readerFunctions().forEach(reader -> known(where, reader, functions, "function", "functions"));
            if (root.isList("grants")) {
                used(result);
            }
        }
        for (var grant : parts.grants()) {
            var where = "grant of " + grant.function();
            known(where, grant.function(), functions, "function", "functions");
            if (root.isList("datasets")) {
                grant.reads().forEach(read -> known(where + ": reads", read, readable, "dataset or result", "results"));
            }
            grant.writes().forEach(write -> known(where + ": writes", write, Set.copyOf(results), "result", "results"));
            grant.callers().values().forEach(caller -> known(where + ": callers", caller, parties, "party", "parties"));
            fits(grant, where);
        }
        deadEnds();
    }

    private void platform(Platform platform) {
        var where = "platform " + platform.name();
        platform.minimumTcb()
                .ifPresent(minimum -> new TreeSet<>(minimum.keySet())
                        .stream()
                                .filter(product -> !platform.products().allows(product))
                                .forEach(product ->
                                        problems.add(where + ": minimumTcb: " + product + " is not among products")));
        if (platform.minimumTcb().isPresent() && platform.products().kind() == AllowList.Kind.ONLY) {
            new TreeSet<>(platform.products().values())
                    .stream()
                            .filter(product -> !platform.minimumTcb().get().containsKey(product))
                            .forEach(product -> problems.add(
                                    where + ": minimumTcb: says nothing about " + product + ", so none is accepted"));
        }
        if (platform.products().kind() == AllowList.Kind.ANY_EXCEPT
                && platform.products().values().size() == 3) {
            problems.add(where + ": products: all are denied");
        }
        if (platform.binding() == Binding.INITDATA) {
            if (platform.json().has("pcrs")) {
                if (!(platform.json().get("pcrs") instanceof JsonObject pcrs) || !pcrs.has("8")) {
                    problems.add(where + ": binding initdata needs pcrs that say what PCR 8 is; any binds nothing");
                }
            } else if (platform.hostData().isAny()) {
                problems.add(where + ": binding initdata needs hostData, which names the code; any binds nothing");
            }
            if (platform.measurements().isAny() && !platform.simulated()) {
                problems.add(
                        where + ": binding initdata needs measurements: only known software holds itself to hostData");
            }
        }
    }

    private void used(Result result) {
        var where = "result " + result.name();
        if (result.readerParties().isEmpty() && result.readerFunctions().isEmpty()) {
            problems.add(where + ": nobody may read it");
        }
        if (!writtenBy.containsKey(result.name())) {
            problems.add(where + ": no grant writes it");
        }
        for (var reader : result.readerFunctions()) {
            if (!readBy.getOrDefault(result.name(), Set.of()).contains(reader)) {
                problems.add(where + ": function " + reader + " may read it, but no grant of it does");
            }
        }
    }

    private void fits(Grant grant, String where) {
        if (grant.reads().isEmpty() && grant.writes().isEmpty()) {
            problems.add(where + ": reads nothing and writes nothing");
        }
        for (var result : parts.results()) {
            if (grant.reads().contains(result.name())
                    && !result.readerFunctions().contains(grant.function())) {
                problems.add(where + ": reads " + result.name() + ", which does not name it as a reader");
            }
        }
    }

    /** Grants that wait for a result which only they, or others that wait as well, could write. */
    private void deadEnds() {
        var there = new HashSet<>(parts.datasets().stream().map(Dataset::name).toList());
        var waiting = new ArrayList<>(parts.grants());
        while (waiting.removeIf(grant -> {
            boolean ready = there.containsAll(grant.reads());
            if (ready) {
                there.addAll(grant.writes());
            }
            return ready;
        })) {
            // Until nothing new is there.
        }
        for (var grant : waiting) {
            for (var read : new TreeSet<>(grant.reads())) {
                // What nobody writes at all has been said.
                if (!there.contains(read) && writtenBy.containsKey(read)) {
                    problems.add("grant of " + grant.function() + ": could never run: it reads " + read
                            + ", which nothing can write before it has run");
                }
            }
        }
    }

    private Set<String> unique(String what, List<String> names) {
        var seen = new HashSet<String>();
        var twice = new TreeSet<String>();
        for (var name : names) {
            if (!name.isEmpty() && !seen.add(name) && twice.add(name)) {
                problems.add(what + " " + name + ": stands twice");
            }
        }
        return seen;
    }

    private void known(String where, String name, Set<String> names, String what, String list) {
        if (!name.isEmpty() && root.isList(list) && !names.contains(name)) {
            problems.add(where + ": no " + what + " is named " + name);
        }
    }
}
