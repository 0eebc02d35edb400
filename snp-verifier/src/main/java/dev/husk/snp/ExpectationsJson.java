package dev.husk.snp;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads expectations out of the members of a contract's platform. Finds every problem; for one use. */
final class ExpectationsJson {
    private static final JsonPrimitive ANY = new JsonPrimitive("any");
    private static final JsonPrimitive NONE = new JsonPrimitive("none");
    private static final Pattern HEX = Pattern.compile("(?:[0-9a-f]{2})+");

    private final JsonObject root;
    private final List<String> problems = new ArrayList<>();

    ExpectationsJson(JsonObject root) {
        this.root = root;
    }

    Expectations read(Optional<Allowed<Bytes>> reportData) throws MalformedExpectationsException {
        var all = new Members(root, "", problems);
        all.ignore("name");
        all.ignore("binding");
        var builder = Expectations.builder()
                .simulated(all.tee())
                .reportData(
                        reportData.isPresent() ? reportData.get() : all.single("reportData", value -> hex(value, 64)))
                .products(all.listOrExcept("products", ExpectationsJson::product))
                .measurements(all.list("measurements", value -> hex(value, 48)))
                .hostData(all.list("hostData", value -> hex(value, 32)))
                .idKeys(all.list("idKeys", value -> hex(value, 48)))
                .authorKeys(all.list("authorKeys", value -> hex(value, 48)))
                .chips(all.listOrExcept("chips", value -> hex(value, 64)))
                .vmpl(all.list("vmpl", ExpectationsJson::vmpl))
                .providers(all.providers());
        minimumTcb(all, builder);
        builder.policy(policy(all)).platformInfo(platformInfo(all));
        all.refuseUnread();
        if (!problems.isEmpty()) {
            throw new MalformedExpectationsException(problems);
        }
        return builder.build();
    }

    private void minimumTcb(Members all, Expectations.Builder builder) {
        builder.acceptingAnyTcb();
        if (all.isAny("minimumTcb")) {
            return;
        }
        var products = all.object("minimumTcb");
        var minimum = new EnumMap<Product, TcbVersion>(Product.class);
        for (var name : products.names()) {
            var product = product(name);
            if (product.isEmpty()) {
                products.problem(name, "is no product (Milan, Genoa, Turin)");
                products.ignore(name);
                continue;
            }
            var tcb = products.object(name);
            minimum.put(
                    product.get(),
                    new TcbVersion(
                            product.get() == Product.TURIN ? tcb.octet("fmc") : 0,
                            tcb.octet("bootloader"),
                            tcb.octet("tee"),
                            tcb.octet("snp"),
                            tcb.octet("microcode")));
            tcb.refuseUnread();
        }
        if (minimum.isEmpty()) {
            all.problem("minimumTcb", "names no product, so nothing could pass");
        } else {
            builder.minimumTcb(minimum);
        }
    }

    private PolicyRules policy(Members all) {
        var policy = all.object("policy");
        var rules = new PolicyRules(
                policy.bit("debug") != RequiredBit.CLEAR,
                policy.bit("migrationAgent") != RequiredBit.CLEAR,
                policy.bit("smt"),
                policy.bit("singleSocket"),
                policy.bit("ciphertextHiding"));
        policy.refuseUnread();
        return rules;
    }

    private PlatformRules platformInfo(Members all) {
        if (all.isAny("platformInfo")) {
            return PlatformRules.any();
        }
        var info = all.object("platformInfo");
        var rules = new PlatformRules(
                info.bit("smt"),
                info.bit("tsme"),
                info.bit("ecc"),
                info.bit("raplDisabled"),
                info.bit("ciphertextHiding"),
                info.bit("aliasCheck"),
                info.bit("tio"));
        info.refuseUnread();
        return rules;
    }

    private static Optional<Product> product(String label) {
        return Product.of(label);
    }

    private static Optional<Bytes> hex(String text, int length) {
        return text.length() == 2 * length && HEX.matcher(text).matches()
                ? Optional.of(Bytes.fromHex(text))
                : Optional.empty();
    }

    private static Optional<Integer> vmpl(String text) {
        return text.matches("[0-3]") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    /** The members of one object, each to be asked for. */
    private static final class Members {
        private final JsonObject json;
        private final String path;
        private final List<String> found;
        private final Set<String> read = new HashSet<>();

        Members(JsonObject json, String path, List<String> found) {
            this.json = json;
            this.path = path;
            this.found = found;
        }

        Set<String> names() {
            return Set.copyOf(json.keySet());
        }

        void ignore(String name) {
            read.add(name);
        }

        void problem(String name, String what) {
            if (!json.has(name)) {
                return; // noted already as missing
            }
            found.add("%s%s %s".formatted(path, printable(name), what));
        }

        /** The value; a missing one is noted here, and not again by whoever wanted it. */
        private JsonElement member(String name) {
            read.add(name);
            var value = json.get(name);
            if (value == null) {
                found.add("%s%s is missing".formatted(path, name));
                return JsonNull.INSTANCE;
            }
            return value;
        }

        boolean isAny(String name) {
            read.add(name);
            return ANY.equals(json.get(name));
        }

        boolean tee() {
            var value = member("tee");
            if (!value.equals(new JsonPrimitive("snp")) && !value.equals(new JsonPrimitive("simulated"))) {
                problem("tee", "must be snp or simulated");
            }
            return value.equals(new JsonPrimitive("simulated"));
        }

        Members object(String name) {
            var value = member(name);
            if (!value.isJsonObject()) {
                problem(name, "must be an object, or a word that stands for one (docs/protocol.md)");
                return new Members(new JsonObject(), "", new ArrayList<>()); // one problem is enough
            }
            return new Members(value.getAsJsonObject(), path + printable(name) + ".", found);
        }

        RequiredBit bit(String name) {
            var value = member(name);
            if (value.equals(ANY)) {
                return RequiredBit.ANY;
            }
            if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
                problem(name, "must be true, false or any");
                return RequiredBit.ANY;
            }
            return value.getAsBoolean() ? RequiredBit.SET : RequiredBit.CLEAR;
        }

        int octet(String name) {
            var value = member(name);
            if (!value.isJsonPrimitive()
                    || !value.getAsJsonPrimitive().isNumber()
                    || !value.getAsString().matches("0|[1-9][0-9]{0,2}")
                    || value.getAsInt() > 255) {
                problem(name, "must be a number from 0 to 255");
                return 0;
            }
            return value.getAsInt();
        }

        <T> Allowed<T> single(String name, Function<String, Optional<T>> parse) {
            var value = member(name);
            if (value.equals(ANY)) {
                return Allowed.any();
            }
            return element(name, value, parse)
                    .map(one -> Allowed.only(Set.of(one)))
                    .orElseGet(Allowed::any);
        }

        <T> Allowed<T> list(String name, Function<String, Optional<T>> parse) {
            if (isAny(name)) {
                return Allowed.any();
            }
            var values = values(name, member(name), parse);
            return values.isEmpty() ? Allowed.any() : Allowed.only(values);
        }

        <T> Allowed<T> listOrExcept(String name, Function<String, Optional<T>> parse) {
            var value = member(name);
            if (!value.isJsonObject()) {
                return list(name, parse);
            }
            var except = object(name);
            var values = except.values("anyExcept", except.member("anyExcept"), parse);
            except.refuseUnread();
            return values.isEmpty() ? Allowed.any() : Allowed.anyExcept(values);
        }

        Set<String> providers() {
            var value = member("providers");
            return value.equals(NONE) ? Set.of() : values("providers", value, Optional::of);
        }

        /** Empty only where that is a problem. */
        private <T> Set<T> values(String name, JsonElement value, Function<String, Optional<T>> parse) {
            if (!value.isJsonArray() || value.getAsJsonArray().isEmpty()) {
                problem(name, "must be a list that is not empty, or a word that stands for one (docs/protocol.md)");
                return Set.of();
            }
            var values = new HashSet<T>();
            for (var one : value.getAsJsonArray()) {
                element(name, one, parse).ifPresent(values::add);
            }
            return values;
        }

        private <T> Optional<T> element(String name, JsonElement value, Function<String, Optional<T>> parse) {
            Optional<T> parsed =
                    value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()
                            ? parse.apply(value.getAsString())
                            : Optional.empty();
            if (parsed.isEmpty()) {
                problem(name, "has an unusable value, " + printable(value.toString()));
            }
            return parsed;
        }

        void refuseUnread() {
            for (var name : json.keySet()) {
                if (!read.contains(name)) {
                    problem(name, "is not known");
                }
            }
        }
    }

    private static String printable(String text) {
        var plain = text.replaceAll("[^\\x20-\\x7E]", "?");
        return plain.length() <= 40 ? plain : plain.substring(0, 40) + "...";
    }
}
