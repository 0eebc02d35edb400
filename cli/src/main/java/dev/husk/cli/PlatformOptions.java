package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import picocli.CommandLine.Option;

/** What a platform of a contract says beside measurements and HOST_DATA. What nobody gave and nobody waived is missed. */
final class PlatformOptions {
    private static final JsonElement ANY = new JsonPrimitive("any");
    private static final String NO_KEY = "0".repeat(96);

    private static final Set<String> WAIVABLE = new TreeSet<>(Set.of(
            "minimumTcb",
            "policy.smt",
            "policy.singleSocket",
            "policy.ciphertextHiding",
            "platformInfo",
            "idKeys",
            "authorKeys",
            "chips"));

    @Option(names = "--name", paramLabel = "NAME", required = true, description = "The platform's name in contracts.")
    private String name;

    @Option(
            names = "--binding",
            paramLabel = "KIND",
            defaultValue = "sandbox",
            description = "sandbox (the default): the function runtime measures the code. initdata: HOST_DATA pins it.")
    private String binding = "sandbox";

    @Option(
            names = "--product",
            paramLabel = "NAME",
            required = true,
            split = ",",
            description = "Milan, Genoa or Turin. Repeatable.")
    private List<String> products = List.of();

    @Option(
            names = "--minimum-tcb",
            paramLabel = "PRODUCT:PART=N,..",
            description = "Oldest firmware of a product: bootloader, tee, snp, microcode, of Turin also fmc, such as "
                    + "Genoa:bootloader=9,tee=0,snp=23,microcode=72. Once for each product.")
    private List<String> minimumTcb = List.of();

    @Option(
            names = "--smt",
            arity = "1",
            paramLabel = "BOOL",
            description = "Whether the guest may run on SMT threads.")
    private Optional<Boolean> smt = Optional.empty();

    @Option(
            names = "--single-socket",
            arity = "1",
            paramLabel = "BOOL",
            description = "Whether it must run on one socket.")
    private Optional<Boolean> singleSocket = Optional.empty();

    @Option(
            names = "--ciphertext-hiding",
            arity = "1",
            paramLabel = "BOOL",
            description = "Whether ciphertext must be hidden.")
    private Optional<Boolean> ciphertextHiding = Optional.empty();

    @Option(
            names = "--platform-info",
            paramLabel = "BIT=VALUE,..",
            description = "The machine's set-up: smt, tsme, ecc, raplDisabled, ciphertextHiding, aliasCheck, tio, each "
                    + "true, false or any.")
    private Optional<String> platformInfo = Optional.empty();

    @Option(
            names = "--id-key",
            paramLabel = "HEX",
            description = "Digest of a key that signed the guest's ID block; none: there is no ID block, as by Kata's "
                    + "default. Repeatable.")
    private List<String> idKeys = List.of();

    @Option(names = "--author-key", paramLabel = "HEX", description = "The same of the key's author.")
    private List<String> authorKeys = List.of();

    @Option(names = "--chip", paramLabel = "HEX", description = "Id of a processor. Repeatable.")
    private List<String> chips = List.of();

    @Option(
            names = "--provider",
            paramLabel = "NAME",
            description = "A cloud whose keys (VLEK) count. Repeatable; none as long as it is not given.")
    private List<String> providers = List.of();

    @Option(
            names = "--any",
            paramLabel = "MEMBER",
            split = ",",
            description = "What is not to be checked: minimumTcb, policy.smt, policy.singleSocket, "
                    + "policy.ciphertextHiding, platformInfo, idKeys, authorKeys, chips. Repeatable.")
    private List<String> any = List.of();

    /** The members in the order of contracts. */
    JsonObject platform(List<String> measurements, List<String> hostData) throws CommandFailed {
        requireDecisions();
        var policy = new JsonObject();
        policy.addProperty("debug", false);
        policy.addProperty("migrationAgent", false);
        policy.add("smt", flag(smt));
        policy.add("singleSocket", flag(singleSocket));
        policy.add("ciphertextHiding", flag(ciphertextHiding));

        var platform = new JsonObject();
        platform.addProperty("name", name);
        platform.addProperty("tee", "snp");
        platform.addProperty("binding", binding);
        platform.add("products", list(products));
        platform.add("measurements", list(measurements));
        platform.add("hostData", list(hostData));
        platform.add("minimumTcb", minimumTcb.isEmpty() ? ANY : tcbs());
        platform.add("policy", policy);
        platform.add("platformInfo", platformInfo.isEmpty() ? ANY : info(platformInfo.get()));
        platform.add("idKeys", keys(idKeys));
        platform.add("authorKeys", keys(authorKeys));
        platform.add("chips", chips.isEmpty() ? ANY : list(chips));
        // Where the agent asks for evidence, and where the function runs.
        platform.add("vmpl", list(List.of("0")));
        platform.add("providers", providers.isEmpty() ? new JsonPrimitive("none") : list(providers));
        return platform;
    }

    /** Each member is either given or waived: not neither, not both. */
    private void requireDecisions() throws CommandFailed {
        for (var member : any) {
            if (!WAIVABLE.contains(member)) {
                throw CommandFailed.unusable("--any %s: there are %s".formatted(member, String.join(", ", WAIVABLE)));
            }
        }
        var given = Map.of(
                "minimumTcb",
                !minimumTcb.isEmpty(),
                "policy.smt",
                smt.isPresent(),
                "policy.singleSocket",
                singleSocket.isPresent(),
                "policy.ciphertextHiding",
                ciphertextHiding.isPresent(),
                "platformInfo",
                platformInfo.isPresent(),
                "idKeys",
                !idKeys.isEmpty(),
                "authorKeys",
                !authorKeys.isEmpty(),
                "chips",
                !chips.isEmpty());
        var open = new ArrayList<String>();
        for (var member : WAIVABLE) {
            boolean isGiven = given.getOrDefault(member, false);
            if (isGiven && any.contains(member)) {
                throw CommandFailed.unusable("%s has a value and is in --any: which of the two?".formatted(member));
            }
            if (!isGiven && !any.contains(member)) {
                open.add(member);
            }
        }
        if (!open.isEmpty()) {
            throw CommandFailed.unusable(
                    "nothing goes unchecked because it was left out: give a value for %s, or put them in --any"
                            .formatted(String.join(", ", open)));
        }
    }

    private static JsonElement flag(Optional<Boolean> value) {
        return value.<JsonElement>map(JsonPrimitive::new).orElse(ANY);
    }

    private static JsonArray list(List<String> values) {
        var list = new JsonArray();
        values.forEach(list::add);
        return list;
    }

    private static JsonElement keys(List<String> keys) {
        return keys.isEmpty()
                ? ANY
                : list(keys.stream()
                        .map(key -> key.equals("none") ? NO_KEY : key.toLowerCase(Locale.ROOT))
                        .toList());
    }

    private JsonObject tcbs() throws CommandFailed {
        var tcbs = new JsonObject();
        for (var text : minimumTcb) {
            int end = text.indexOf(':');
            if (end < 0) {
                throw CommandFailed.unusable("--minimum-tcb takes PRODUCT:PART=N,.., not " + text);
            }
            var product = text.substring(0, end);
            if (tcbs.has(product)) {
                throw CommandFailed.unusable("--minimum-tcb gives %s twice".formatted(product));
            }
            tcbs.add(product, numbers(text.substring(end + 1)));
        }
        for (var product : products) {
            if (!tcbs.has(product)) {
                throw CommandFailed.unusable(
                        "--minimum-tcb does not speak of %s, which --product allows".formatted(product));
            }
        }
        return tcbs;
    }

    private static JsonObject numbers(String text) throws CommandFailed {
        var numbers = new JsonObject();
        for (var part : parts("--minimum-tcb", text)) {
            if (!part.getValue().matches("[0-9]{1,3}")) {
                throw CommandFailed.unusable(
                        "--minimum-tcb: %s is a number of 0 to 255, not %s".formatted(part.getKey(), part.getValue()));
            }
            numbers.addProperty(part.getKey(), Integer.parseInt(part.getValue()));
        }
        return numbers;
    }

    private static JsonObject info(String text) throws CommandFailed {
        var info = new JsonObject();
        for (var part : parts("--platform-info", text)) {
            switch (part.getValue()) {
                case "true" -> info.addProperty(part.getKey(), true);
                case "false" -> info.addProperty(part.getKey(), false);
                case "any" -> info.add(part.getKey(), ANY);
                default ->
                    throw CommandFailed.unusable("--platform-info: %s is true, false or any, not %s"
                            .formatted(part.getKey(), part.getValue()));
            }
        }
        return info;
    }

    private static List<Map.Entry<String, String>> parts(String option, String text) throws CommandFailed {
        var parts = new ArrayList<Map.Entry<String, String>>();
        var names = new TreeSet<String>();
        for (var part : text.split(",", -1)) {
            int end = part.indexOf('=');
            if (end <= 0 || !names.add(part.substring(0, end))) {
                throw CommandFailed.unusable("%s takes NAME=VALUE, each name once, not %s".formatted(option, part));
            }
            parts.add(Map.entry(part.substring(0, end), part.substring(end + 1)));
        }
        return parts;
    }
}
