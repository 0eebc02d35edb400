package dev.husk.protocol.contract;

import com.google.gson.JsonElement;
import dev.husk.protocol.contract.Contract.Binding;
import dev.husk.protocol.contract.Contract.Dataset;
import dev.husk.protocol.contract.Contract.Function;
import dev.husk.protocol.contract.Contract.Grant;
import dev.husk.protocol.contract.Contract.GuestPolicy;
import dev.husk.protocol.contract.Contract.Limits;
import dev.husk.protocol.contract.Contract.Party;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.contract.Contract.Result;
import dev.husk.protocol.contract.Contract.Tcb;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a contract and looks for everything in it that contradicts itself or was left open. */
final class ContractParser {
    private static final Pattern STORE =
            Pattern.compile("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9._/-]{1,512}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern ENTRY =
            Pattern.compile("[A-Za-z_$][\\w$]*(\\.[A-Za-z_$][\\w$]*)*(#[A-Za-z_$][\\w$]*)?");
    private static final Pattern PRODUCT = Pattern.compile("Milan|Genoa|Turin");
    private static final Pattern VMPL = Pattern.compile("[0-3]");

    record Parts(
            String name,
            long version,
            List<Party> parties,
            List<Dataset> datasets,
            List<Platform> platforms,
            List<Function> functions,
            List<Result> results,
            List<Grant> grants) {}

    private final List<String> problems = new ArrayList<>();

    private ContractParser() {}

    static Contract parse(JsonElement json) throws InvalidContractException {
        var parser = new ContractParser();
        var root = Fields.of(json, "", parser.problems);
        var parts = parser.parts(root);
        root.refuseUnread();
        if (parser.problems.isEmpty()) {
            parser.contradictions(parts);
        }
        if (!parser.problems.isEmpty()) {
            throw new InvalidContractException(parser.problems);
        }
        return new Contract(json.getAsJsonObject().deepCopy(), parts);
    }

    static Platform platform(JsonElement json) throws InvalidContractException {
        var parser = new ContractParser();
        var fields = Fields.of(json, "", parser.problems);
        var platform = parser.platform(fields);
        fields.refuseUnread();
        if (!parser.problems.isEmpty()) {
            throw new InvalidContractException(parser.problems);
        }
        return platform;
    }

    private Parts parts(Fields root) {
        root.whole("husk", Contract.SCHEMA, Contract.SCHEMA);
        return new Parts(
                root.name("name"),
                root.whole("version", 1, Integer.MAX_VALUE),
                root.list("parties", this::party),
                root.list("datasets", f -> new Dataset(f.name("name"), f.name("owner"), store(f))),
                root.list("platforms", this::platform),
                root.list(
                        "functions",
                        f -> new Function(
                                f.name("name"),
                                f.name("owner"),
                                f.matching("code", DIGEST, "sha256: and 64 hex digits"),
                                f.matching("entry", ENTRY, "a class, or a class and a method after #"),
                                f.name("platform"))),
                root.list("results", this::result),
                root.list("grants", this::grant));
    }

    private static String store(Fields fields) {
        return fields.matching("store", STORE, "s3://bucket/key");
    }

    private Party party(Fields fields) {
        var name = fields.name("name");
        var text = fields.text("key");
        try {
            return new Party(name, PartyKey.parse(text));
        } catch (IllegalArgumentException e) {
            if (!text.isEmpty()) {
                fields.problem("key", String.valueOf(e.getMessage()));
            }
            return new Party(name, PartyKey.ed25519(new byte[32]));
        }
    }

    private Platform platform(Fields fields) {
        var policy = fields.object("policy");
        var guest = new GuestPolicy(
                policy.flagOrAny("debug"),
                policy.flagOrAny("migrationAgent"),
                policy.flagOrAny("smt"),
                policy.flagOrAny("singleSocket"));
        policy.refuseUnread();
        return new Platform(
                fields.name("name"),
                fields.oneOf("tee", "simulated", "snp").equals("simulated"),
                fields.oneOf("binding", "sandbox", "initdata").equals("initdata") ? Binding.INITDATA : Binding.SANDBOX,
                fields.allowed("products", PRODUCT, "Milan, Genoa or Turin"),
                fields.allowed("measurements", hex(96), "96 lower-case hex digits"),
                fields.allowed("hostData", hex(64), "64 lower-case hex digits"),
                fields.isAny("minimumTcb") ? Optional.empty() : Optional.of(tcbs(fields.object("minimumTcb"))),
                guest,
                fields.allowed("chips", hex(128), "128 lower-case hex digits"),
                fields.allowed("vmpl", VMPL, "\"0\" to \"3\""));
    }

    private Map<String, Tcb> tcbs(Fields products) {
        var minimum = new LinkedHashMap<String, Tcb>();
        for (var product : Set.copyOf(products.memberNames())) {
            if (!PRODUCT.matcher(product).matches()) {
                products.problem(product, "must be Milan, Genoa or Turin");
                continue;
            }
            var tcb = products.object(product);
            minimum.put(
                    product,
                    new Tcb(
                            product.equals("Turin") ? Optional.of(spl(tcb, "fmc")) : Optional.empty(),
                            spl(tcb, "bootloader"),
                            spl(tcb, "tee"),
                            spl(tcb, "snp"),
                            spl(tcb, "microcode")));
            tcb.refuseUnread();
        }
        return Map.copyOf(minimum);
    }

    private static int spl(Fields fields, String member) {
        return (int) fields.whole(member, 0, 255);
    }

    private Result result(Fields fields) {
        var readers = fields.object("readers");
        var result =
                new Result(fields.name("name"), readers.names("parties"), readers.names("functions"), store(fields));
        readers.refuseUnread();
        return result;
    }

    private Grant grant(Fields fields) {
        var parameters = fields.object("parameters");
        var bounds = new LinkedHashMap<String, ParameterBound>();
        for (var name : Set.copyOf(parameters.memberNames())) {
            var bound = parameters.object(name);
            bounds.put(name, bound(bound));
            bound.refuseUnread();
        }
        var limits = fields.object("limits");
        var grant = new Grant(
                fields.name("function"),
                fields.names("reads"),
                fields.names("writes"),
                Map.copyOf(bounds),
                fields.allowedNames("callers"),
                new Limits(count(limits, "runs"), count(limits, "perDay"), until(limits)));
        limits.refuseUnread();
        return grant;
    }

    private static ParameterBound bound(Fields fields) {
        var type = fields.oneOf("type", "integer", "number", "string", "boolean");
        return switch (type) {
            case "integer", "number" -> {
                var min = number(fields, "min");
                var max = number(fields, "max");
                if (min.isPresent() && max.isPresent() && min.get().compareTo(max.get()) > 0) {
                    fields.problem("min", "is above max: no value fits");
                }
                yield new ParameterBound(
                        type.equals("integer") ? ParameterBound.Type.INTEGER : ParameterBound.Type.NUMBER,
                        min,
                        max,
                        Optional.empty());
            }
            case "string" -> {
                var values = fields.allowed("values", Pattern.compile("(?s).{0,1024}"), "a text");
                yield new ParameterBound(
                        ParameterBound.Type.STRING,
                        Optional.empty(),
                        Optional.empty(),
                        values.isAny() ? Optional.empty() : Optional.of(values.values()));
            }
            default ->
                new ParameterBound(ParameterBound.Type.BOOLEAN, Optional.empty(), Optional.empty(), Optional.empty());
        };
    }

    private static Optional<BigDecimal> number(Fields fields, String member) {
        if (fields.isAny(member)) {
            return Optional.empty();
        }
        var value = fields.optional(member);
        if (value.isPresent()
                && value.get().isJsonPrimitive()
                && value.get().getAsJsonPrimitive().isNumber()) {
            return Optional.of(new BigDecimal(value.get().getAsString()));
        }
        fields.problem(member, "must be a number, or any");
        return Optional.empty();
    }

    private static Optional<Long> count(Fields fields, String member) {
        return fields.isAny(member) ? Optional.empty() : Optional.of(fields.whole(member, 1, Integer.MAX_VALUE));
    }

    private static Optional<Instant> until(Fields fields) {
        if (fields.isAny("until")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(fields.text("until")));
        } catch (DateTimeParseException e) {
            fields.problem("until", "must be a time such as 2027-01-31T00:00:00Z, or any");
            return Optional.empty();
        }
    }

    private static Pattern hex(int digits) {
        return Pattern.compile("[0-9a-f]{" + digits + "}");
    }

    private void contradictions(Parts parts) {
        var parties = unique("party", parts.parties().stream().map(Party::name).toList());
        if (parties.isEmpty()) {
            problems.add("parties: nobody would sign this");
        }
        unique("key", parts.parties().stream().map(party -> party.key().text()).toList());
        var data = new ArrayList<String>();
        parts.datasets().forEach(dataset -> data.add(dataset.name()));
        parts.results().forEach(result -> data.add(result.name()));
        var readable = unique("dataset or result", data);
        var stores = new ArrayList<String>();
        parts.datasets().forEach(dataset -> stores.add(dataset.store()));
        parts.results().forEach(result -> stores.add(result.store()));
        unique("store", stores);
        var platforms = unique(
                "platform", parts.platforms().stream().map(Platform::name).toList());
        var functions = unique(
                "function", parts.functions().stream().map(Function::name).toList());
        var results = new HashSet<>(parts.results().stream().map(Result::name).toList());
        unique(
                "grant for function",
                parts.grants().stream().map(Grant::function).toList());

        for (var dataset : parts.datasets()) {
            known("dataset " + dataset.name() + ": owner", dataset.owner(), parties, "party");
        }
        for (var function : parts.functions()) {
            known("function " + function.name() + ": owner", function.owner(), parties, "party");
            known("function " + function.name() + ": platform", function.platform(), platforms, "platform");
        }
        for (var result : parts.results()) {
            var where = "result " + result.name();
            result.readerParties().forEach(reader -> known(where + ": reader", reader, parties, "party"));
            result.readerFunctions().forEach(reader -> known(where + ": reader", reader, functions, "function"));
            if (result.readerParties().isEmpty() && result.readerFunctions().isEmpty()) {
                problems.add(where + ": nobody may read it");
            }
            if (parts.grants().stream().noneMatch(grant -> grant.writes().contains(result.name()))) {
                problems.add(where + ": no grant writes it");
            }
            for (var reader : result.readerFunctions()) {
                if (parts.grants().stream()
                        .noneMatch(g -> g.function().equals(reader) && g.reads().contains(result.name()))) {
                    problems.add(where + ": function " + reader + " may read it, but no grant of it does");
                }
            }
        }
        for (var grant : parts.grants()) {
            grantFits(grant, parts, parties, functions, readable, results);
        }
    }

    private void grantFits(
            Grant grant,
            Parts parts,
            Set<String> parties,
            Set<String> functions,
            Set<String> readable,
            Set<String> results) {
        var where = "grant of " + grant.function();
        known(where, grant.function(), functions, "function");
        grant.reads().forEach(read -> known(where + ": reads", read, readable, "dataset or result"));
        grant.writes().forEach(write -> known(where + ": writes", write, results, "result"));
        grant.callers().values().forEach(caller -> known(where + ": callers", caller, parties, "party"));
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

    private Set<String> unique(String what, List<String> names) {
        var seen = new HashSet<String>();
        for (var name : names) {
            if (!seen.add(name)) {
                problems.add(what + " " + name + ": stands twice");
            }
        }
        return seen;
    }

    private void known(String where, String name, Set<String> names, String what) {
        if (!names.contains(name)) {
            problems.add(where + ": no " + what + " is named " + name);
        }
    }
}
