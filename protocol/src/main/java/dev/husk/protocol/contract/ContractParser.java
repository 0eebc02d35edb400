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
import dev.husk.protocol.contract.Contract.PlatformInfo;
import dev.husk.protocol.contract.Contract.Result;
import dev.husk.protocol.contract.Contract.Tcb;
import dev.husk.protocol.contract.Contract.Witnesses;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads a contract and looks for everything in it that contradicts itself or was left open. */
final class ContractParser {
    private static final Pattern STORE = Pattern.compile("s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)+");
    private static final int MAX_STORE = 512;
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern ENTRY =
            Pattern.compile("[A-Za-z_$][\\w$]*(\\.[A-Za-z_$][\\w$]*)*(#[A-Za-z_$][\\w$]*)?");
    private static final Pattern PRODUCT = Pattern.compile("Milan|Genoa|Turin");
    private static final Pattern PROVIDER = Pattern.compile("[\\x20-\\x7e]{1,127}");
    private static final Pattern PCR = Pattern.compile("[0-9]|1[0-9]|2[0-3]");
    private static final Pattern VMPL = Pattern.compile("[0-3]");
    private static final Pattern PARAMETER = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");

    /** Text without control characters and without those that are not seen or turn the direction of writing. */
    private static final Pattern VALUE =
            Pattern.compile("[^\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]{0,1024}");

    private static final int MAX_PARTIES = 32;
    private static final int MAX_PLATFORMS = 32;
    private static final int MAX_PARAMETERS = 64;

    /** Datasets, functions, results and grants, of each. */
    static final int MAX_ENTRIES = 256;

    record Parts(
            String name,
            long version,
            List<Party> parties,
            List<Dataset> datasets,
            List<Platform> platforms,
            List<Function> functions,
            List<Result> results,
            List<Grant> grants,
            Witnesses witnesses) {}

    private final List<String> problems = new ArrayList<>();

    private ContractParser() {}

    static Contract parse(JsonElement json) throws InvalidContractException {
        var parser = new ContractParser();
        var root = Fields.of(json, "", parser.problems);
        var parts = parser.parts(root);
        root.refuseUnread();
        if (json.isJsonObject()) {
            new Contradictions(parts, root, parser.problems).find();
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
                root.list("parties", MAX_PARTIES, this::party),
                root.list("datasets", MAX_ENTRIES, f -> new Dataset(f.name("name"), f.name("owner"), store(f))),
                root.list("platforms", MAX_PLATFORMS, this::platform),
                root.list(
                        "functions",
                        MAX_ENTRIES,
                        f -> new Function(
                                f.name("name"),
                                f.name("owner"),
                                f.matching("code", DIGEST, "sha256: and 64 hex digits"),
                                f.matching("entry", ENTRY, "a class, or a class and a method after #"),
                                f.name("platform"))),
                root.list("results", MAX_ENTRIES, this::result),
                root.list("grants", MAX_ENTRIES, this::grant),
                WitnessClause.read(root));
    }

    private static String store(Fields fields) {
        var store = fields.matching("store", STORE, "s3://bucket/key");
        if (store.length() > MAX_STORE || store.matches(".*/\\.{1,2}(/.*)?")) {
            fields.problem("store", "must have a key of at most " + MAX_STORE + " characters, without . and .. in it");
        }
        return store;
    }

    private Party party(Fields fields) {
        var name = fields.name("name");
        var text = fields.text("key");
        try {
            var key = PartyKey.parse(text);
            if (key.isWeak()) {
                fields.problem("key", "is a key under which anybody can sign");
            }
            return new Party(name, key);
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
                policy.flagOrAny("singleSocket"),
                policy.flagOrAny("ciphertextHiding"));
        policy.refuseUnread();
        var tee = fields.oneOf("tee", "simulated", "snp", "az-snp-vtpm");
        if (tee.equals("az-snp-vtpm") || tee.equals("simulated") && fields.has("pcrs")) {
            pcrs(fields);
        }
        return new Platform(
                fields.name("name"),
                tee.equals("simulated"),
                fields.oneOf("binding", "sandbox", "initdata").equals("initdata") ? Binding.INITDATA : Binding.SANDBOX,
                fields.allowedOrExcept("products", PRODUCT, "Milan, Genoa or Turin"),
                fields.allowed("measurements", hex(96), "96 lower-case hex digits"),
                fields.allowed("hostData", hex(64), "64 lower-case hex digits"),
                fields.isAny("minimumTcb") ? Optional.empty() : Optional.of(tcbs(fields)),
                guest,
                fields.isAny("platformInfo")
                        ? Optional.empty()
                        : Optional.of(platformInfo(fields.object("platformInfo"))),
                fields.allowed("idKeys", hex(96), "96 lower-case hex digits"),
                fields.allowed("authorKeys", hex(96), "96 lower-case hex digits"),
                fields.allowedOrExcept("chips", hex(128), "128 lower-case hex digits"),
                fields.allowed("vmpl", VMPL, "\"0\" to \"3\""),
                fields.textsOrNone("providers", PROVIDER, "a cloud's name as its VLEK certificates have it"),
                fields.raw());
    }

    /** What Azure's virtual TPM must have measured: there the report speaks of the paravisor alone. */
    private static void pcrs(Fields platform) {
        if (platform.isAny("pcrs")) {
            return;
        }
        var pcrs = platform.object("pcrs");
        int named = 0;
        for (var name : Set.copyOf(pcrs.memberNames())) {
            if (PCR.matcher(name).matches()) {
                if (pcrs.texts(name, hex(64), "64 lower-case hex digits").isEmpty()) {
                    pcrs.problem(name, "allows nothing: list what is allowed");
                }
                named++;
            } else if (name.equals("others")) {
                pcrs.oneOf(name, "any");
            } else {
                pcrs.problem(name, "is no PCR: 0 to 23, or others");
            }
        }
        if (named < 24 && !pcrs.has("others")) {
            pcrs.problem("others", "is missing: name all of 0 to 23, or write any");
        }
    }

    private static PlatformInfo platformInfo(Fields fields) {
        var info = new PlatformInfo(
                fields.flagOrAny("smt"),
                fields.flagOrAny("tsme"),
                fields.flagOrAny("ecc"),
                fields.flagOrAny("raplDisabled"),
                fields.flagOrAny("ciphertextHiding"),
                fields.flagOrAny("aliasCheck"),
                fields.flagOrAny("tio"));
        fields.refuseUnread();
        return info;
    }

    private Map<String, Tcb> tcbs(Fields platform) {
        var products = platform.object("minimumTcb");
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
        if (platform.has("minimumTcb") && products.memberNames().isEmpty()) {
            platform.problem("minimumTcb", "allows nothing: name products, or write any");
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
        var names = Set.copyOf(parameters.memberNames());
        if (names.size() > MAX_PARAMETERS) {
            fields.problem("parameters", "has more than " + MAX_PARAMETERS + " entries");
            names = Set.of();
        }
        for (var name : names) {
            if (!PARAMETER.matcher(name).matches()) {
                parameters.problem(
                        Fields.quoted(name), "is no parameter's name: letters, digits, _ and dashes, at most 63");
                continue;
            }
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
                if (min.isPresent() && max.isPresent()) {
                    if (min.get().compareTo(max.get()) > 0) {
                        fields.problem("min", "is above max: no value fits");
                    } else if (type.equals("integer")
                            && min.get()
                                            .setScale(0, RoundingMode.CEILING)
                                            .compareTo(max.get().setScale(0, RoundingMode.FLOOR))
                                    > 0) {
                        fields.problem("min", "and max have no whole number between them: no value fits");
                    }
                }
                yield new ParameterBound(
                        type.equals("integer") ? ParameterBound.Type.INTEGER : ParameterBound.Type.NUMBER,
                        min,
                        max,
                        Optional.empty());
            }
            case "string" -> {
                var values = fields.allowed("values", VALUE, "a text of at most 1024 characters, all of them visible");
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
            var number = new BigDecimal(value.get().getAsString());
            // What is signed is the canonical form, which has doubles; the two must be one number.
            if (number.compareTo(BigDecimal.valueOf(number.doubleValue())) == 0) {
                return Optional.of(number);
            }
            fields.problem(member, "has more digits than JSON keeps");
            return Optional.empty();
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
}
