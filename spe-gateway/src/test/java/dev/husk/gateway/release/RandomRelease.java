package dev.husk.gateway.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.gateway.contract.State;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.snp.Reason;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** A contract and a request that are likely enough to fit, drawn from one seed. */
final class RandomRelease {
    private static final List<String> KEYS = keys();
    private static final List<String> PARTIES = List.of("p0", "p1", "p2");
    private static final List<String> DATASETS = List.of("d0", "d1", "d2");
    private static final List<String> FUNCTIONS = List.of("f0", "f1", "f2");
    private static final List<String> PARAMETERS = List.of("epochs", "rate", "mode", "flag");
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    private final Random random;
    final JsonObject contract;
    final State state;
    final List<Reason.Code> rejections;
    final ReleaseRequest request;
    final Usage usage;

    RandomRelease(long seed) {
        this.random = new Random(seed);
        this.contract = contract();
        this.state = rarely() ? pick(List.of(State.values())) : State.ACTIVE;
        this.rejections = rarely() ? some(List.of(Reason.Code.values()).subList(0, 6), 1) : List.of();
        this.request = request();
        this.usage = new Usage(random.nextInt(8), random.nextInt(4));
    }

    ReleaseOracle oracle() {
        return new ReleaseOracle(
                contract, state, rejections.stream().map(Enum::name).toList(), request, usage);
    }

    /** The same contract with every list in another order. */
    static JsonElement shuffled(JsonElement element, Random random) {
        if (element instanceof JsonArray array) {
            var elements = new ArrayList<JsonElement>();
            array.forEach(one -> elements.add(shuffled(one, random)));
            Collections.shuffle(elements, random);
            var other = new JsonArray();
            elements.forEach(other::add);
            return other;
        }
        if (element instanceof JsonObject object) {
            var names = new ArrayList<>(object.keySet());
            Collections.shuffle(names, random);
            var other = new JsonObject();
            names.forEach(name -> other.add(name, shuffled(object.get(name), random)));
            return other;
        }
        return element;
    }

    private JsonObject contract() {
        var json = new JsonObject();
        json.addProperty("husk", 1);
        json.addProperty("name", "c0");
        json.addProperty("version", 1 + random.nextInt(3));
        json.add("parties", list(PARTIES, (party, one) -> one.addProperty("key", KEYS.get(PARTIES.indexOf(party)))));
        json.add("datasets", list(DATASETS, (name, one) -> {
            one.addProperty("owner", pick(PARTIES));
            one.addProperty("store", "s3://husk/" + name);
        }));
        json.addProperty("witnesses", "none");
        json.add("platforms", new JsonArray());
        json.getAsJsonArray("platforms").add(platform());
        json.add("functions", list(FUNCTIONS, (name, one) -> {
            one.addProperty("owner", pick(PARTIES));
            one.addProperty("code", code(FUNCTIONS.indexOf(name)));
            one.addProperty("entry", "a.Entry" + random.nextInt(2));
            one.addProperty("platform", "sim");
        }));
        json.add("results", new JsonArray());
        json.add("grants", new JsonArray());
        some(FUNCTIONS, 1).forEach(function -> json.getAsJsonArray("grants").add(grant(function)));
        return json;
    }

    private interface Fill {
        void fill(String name, JsonObject one);
    }

    private static JsonArray list(List<String> names, Fill fill) {
        var list = new JsonArray();
        for (var name : names) {
            var one = new JsonObject();
            one.addProperty("name", name);
            fill.fill(name, one);
            list.add(one);
        }
        return list;
    }

    private JsonObject platform() {
        var platform = new JsonObject();
        platform.addProperty("name", "sim");
        platform.addProperty("tee", "simulated");
        boolean initData = rarely();
        platform.addProperty("binding", initData ? "initdata" : "sandbox");
        platform.addProperty("providers", "none");
        for (var member : List.of(
                "products",
                "measurements",
                "hostData",
                "minimumTcb",
                "platformInfo",
                "idKeys",
                "authorKeys",
                "chips",
                "vmpl")) {
            platform.addProperty(member, "any");
        }
        if (initData) {
            platform.add("hostData", texts(List.of("ab".repeat(32))));
            platform.add("measurements", texts(List.of("cd".repeat(48))));
        }
        var policy = new JsonObject();
        for (var bit : List.of("debug", "migrationAgent", "smt", "singleSocket", "ciphertextHiding")) {
            policy.addProperty(bit, "any");
        }
        platform.add("policy", policy);
        return platform;
    }

    private JsonObject grant(String function) {
        var grant = new JsonObject();
        grant.addProperty("function", function);
        grant.add("reads", texts(some(DATASETS, 1)));
        grant.add("writes", new JsonArray());
        var parameters = new JsonObject();
        some(PARAMETERS, 0).forEach(name -> parameters.add(name, bound(name)));
        grant.add("parameters", parameters);
        grant.add("callers", random.nextInt(4) == 0 ? new JsonPrimitive("any") : texts(some(PARTIES, 2)));
        var limits = new JsonObject();
        limits.add("runs", limit(8));
        limits.add("perDay", limit(4));
        limits.addProperty(
                "until",
                random.nextBoolean()
                        ? "any"
                        : NOW.plusSeconds(random.nextInt(2000)).toString());
        grant.add("limits", limits);
        return grant;
    }

    private JsonElement limit(int most) {
        return random.nextInt(3) == 0 ? new JsonPrimitive("any") : new JsonPrimitive((long) 1 + random.nextInt(most));
    }

    private JsonObject bound(String name) {
        var bound = new JsonObject();
        switch (name) {
            case "flag" -> bound.addProperty("type", "boolean");
            case "mode" -> {
                bound.addProperty("type", "string");
                bound.add(
                        "values", random.nextBoolean() ? new JsonPrimitive("any") : texts(some(List.of("a", "b"), 1)));
            }
            default -> {
                bound.addProperty("type", name.equals("rate") ? "number" : "integer");
                bound.add("min", random.nextInt(3) == 0 ? new JsonPrimitive("any") : number(random.nextInt(5)));
                bound.add("max", random.nextInt(3) == 0 ? new JsonPrimitive("any") : number(5 + random.nextInt(9)));
            }
        }
        return bound;
    }

    private ReleaseRequest request() {
        var function = rarely() ? pick(List.of("f0", "f1", "f2", "f9")) : granted();
        int number = FUNCTIONS.indexOf(function);
        var entry = contract.getAsJsonArray("functions").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .filter(one -> one.get("name").getAsString().equals(function))
                .map(one -> one.get("entry").getAsString())
                .findFirst()
                .orElse("a.Entry0");
        var parameters = new JsonObject();
        some(PARAMETERS, 0).stream()
                .filter(name -> rarely() || hasParameter(function, name))
                .forEach(name -> parameters.add(name, value(name)));
        return new ReleaseRequest(
                function,
                rarely() ? Contract.Binding.INITDATA : Contract.Binding.SANDBOX,
                rarely() ? code(random.nextInt(3)) : code(Math.max(0, number)),
                rarely() ? "a.Entry" + random.nextInt(2) : entry,
                rarely(),
                random.nextInt(3) == 0 ? Optional.of(rarely() ? "c1" : "c0") : Optional.empty(),
                random.nextInt(3) == 0 ? Optional.of(rarely() ? pick(FUNCTIONS) : function) : Optional.empty(),
                random.nextInt(6) == 0 ? Optional.empty() : Optional.of(pick(PARTIES)),
                parameters,
                rarely() ? new HashSet<>(some(DATASETS, 0)) : Set.copyOf(DATASETS),
                NOW.plusSeconds(random.nextInt(1000)));
    }

    private String granted() {
        var grants = contract.getAsJsonArray("grants");
        return grants.get(random.nextInt(grants.size()))
                .getAsJsonObject()
                .get("function")
                .getAsString();
    }

    private boolean hasParameter(String function, String name) {
        return contract.getAsJsonArray("grants").asList().stream()
                .map(JsonElement::getAsJsonObject)
                .anyMatch(grant -> grant.get("function").getAsString().equals(function)
                        && grant.getAsJsonObject("parameters").has(name));
    }

    private JsonElement value(String name) {
        if (random.nextInt(12) == 0) {
            return pick(List.of(JsonNull.INSTANCE, new JsonArray(), new JsonPrimitive("5"), new JsonPrimitive(true)));
        }
        return switch (name) {
            case "flag" -> new JsonPrimitive(random.nextBoolean());
            case "mode" -> new JsonPrimitive(pick(List.of("a", "b", "c")));
            case "epochs" -> random.nextInt(8) == 0 ? new JsonPrimitive(5.5) : number(4 + random.nextInt(3));
            default -> new JsonPrimitive(new BigDecimal(random.nextInt(120)).movePointLeft(1));
        };
    }

    private static JsonPrimitive number(int value) {
        return new JsonPrimitive((long) value);
    }

    private static String code(int number) {
        return "sha256:" + String.valueOf(number).repeat(64);
    }

    private static JsonArray texts(List<String> texts) {
        var array = new JsonArray();
        texts.forEach(array::add);
        return array;
    }

    /** One of ten: several clauses may fail at once, and most often none does. */
    private boolean rarely() {
        return random.nextInt(10) == 0;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    /** At least {@code least} of them. */
    private <T> List<T> some(List<T> list, int least) {
        var shuffled = new ArrayList<>(list);
        Collections.shuffle(shuffled, random);
        return List.copyOf(shuffled.subList(0, least + random.nextInt(list.size() - least + 1)));
    }

    private static List<String> keys() {
        var keys = new ArrayList<String>();
        for (int i = 0; i < 3; i++) {
            try (var signer = PartySigner.generate()) {
                keys.add(signer.key().text());
            }
        }
        return keys;
    }
}
