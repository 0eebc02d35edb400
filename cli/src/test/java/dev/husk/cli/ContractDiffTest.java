package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.log.WitnessKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing changes from one version of a contract to the next without a line that says so. */
class ContractDiffTest {
    private static final Map<String, List<String>> PLATFORM = Map.ofEntries(
            Map.entry("tee", List.of("\"simulated\"", "\"snp\"")),
            Map.entry("binding", List.of("\"sandbox\"")),
            Map.entry("products", List.of("\"any\"", "[\"Genoa\"]", "{\"anyExcept\":[\"Milan\"]}")),
            Map.entry("measurements", List.of("\"any\"", hex(96, "a"), hex(96, "b"))),
            Map.entry("hostData", List.of("\"any\"", hex(64, "a"), hex(64, "b"))),
            Map.entry("minimumTcb", List.of("\"any\"", tcb("Genoa", 1), tcb("Genoa", 2))),
            Map.entry("platformInfo", List.of("\"any\"", info("any"), info("true"), info("false"))),
            Map.entry("idKeys", List.of("\"any\"", hex(96, "a"), hex(96, "b"))),
            Map.entry("authorKeys", List.of("\"any\"", hex(96, "a"), hex(96, "b"))),
            Map.entry(
                    "chips", List.of("\"any\"", hex(128, "a"), hex(128, "b"), "{\"anyExcept\":" + hex(128, "a") + "}")),
            Map.entry("vmpl", List.of("\"any\"", "[\"0\"]", "[\"0\",\"1\"]")),
            Map.entry(
                    "providers",
                    List.of("\"none\"", "[\"one\"]", "[\"one\",\"two, three\"]", "[\"one\",\"two\",\"three\"]")),
            Map.entry(
                    "policy",
                    List.of(
                            policy("debug"),
                            policy("migrationAgent"),
                            policy("smt"),
                            policy("singleSocket"),
                            policy("ciphertextHiding"))));

    @TempDir
    Path folder;

    private Contract contract;

    @BeforeEach
    void start() throws Exception {
        contract = new Desk(folder).contract();
    }

    private static String hex(int digits, String digit) {
        return "[\"" + digit.repeat(digits) + "\"]";
    }

    private static String tcb(String product, int snp) {
        return "{\"%s\":{\"bootloader\":1,\"tee\":0,\"snp\":%d,\"microcode\":1}}".formatted(product, snp);
    }

    private static String info(String ecc) {
        return """
                {"smt":"any","tsme":"any","ecc":%s,"raplDisabled":"any","ciphertextHiding":"any","aliasCheck":"any",
                 "tio":"any"}""".formatted(ecc.equals("any") ? "\"any\"" : ecc);
    }

    private static String policy(String bit) {
        var policy = new JsonObject();
        for (var name : List.of("debug", "migrationAgent", "smt", "singleSocket", "ciphertextHiding")) {
            policy.addProperty(name, name.equals(bit));
        }
        return policy.toString();
    }

    @Test
    void everyMemberOfAPlatformShowsWhateverItBecomes() throws Exception {
        assertThat(PLATFORM.keySet().stream().sorted().toList())
                .isEqualTo(contract.platforms().get(0).json().keySet().stream()
                        .filter(member -> !member.equals("name"))
                        .sorted()
                        .toList());
        for (var member : PLATFORM.entrySet()) {
            for (var one : member.getValue()) {
                for (var other : member.getValue()) {
                    var diff = ContractDiff.of(platform(member.getKey(), one), platform(member.getKey(), other));
                    if (one.equals(other)) {
                        assertThat(diff).isEmpty();
                    } else {
                        assertThat(diff)
                                .as("%s: %s -> %s", member.getKey(), one, other)
                                .isNotEmpty()
                                .allMatch(line -> line.matches("[~+-] platforms\\[sim]\\." + member.getKey() + ".*"));
                    }
                }
            }
        }
    }

    private static JsonElement json(String text) throws Exception {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), 1 << 16);
    }

    private Contract platform(String member, String value) throws Exception {
        var json = contract.json();
        json.getAsJsonArray("platforms").get(0).getAsJsonObject().add(member, json(value));
        return Contract.parse(json);
    }

    @Test
    void everyNumberAndFlagOfTheContractShowsWhenItChanges() throws Exception {
        int changed = 0;
        for (int i = 0; ; i++) {
            var json = contract.json();
            var place = change(json, "", new int[] {i});
            if (place == null) {
                break;
            }
            if (place.equals("husk")) {
                continue;
            }
            assertThat(ContractDiff.of(contract, Contract.parse(json)))
                    .anyMatch(line -> line.startsWith("~ " + place + ": "));
            changed++;
        }
        // Version, five bits of the policy less three that are any, two bounds, two limits.
        assertThat(changed).isEqualTo(7);
    }

    /** Changes the n-th number or flag and says where it is. */
    private static @org.jspecify.annotations.Nullable String change(JsonElement element, String place, int[] left) {
        if (element instanceof JsonArray array) {
            for (var one : array) {
                if (one instanceof JsonObject object) {
                    var name = Objects.requireNonNullElse(object.get("name"), object.get("function"));
                    var found = change(object, place + "[" + name.getAsString() + "]", left);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        if (element instanceof JsonObject object) {
            for (var member : List.copyOf(object.entrySet())) {
                var here = place.isEmpty() ? member.getKey() : place + "." + member.getKey();
                if (member.getValue() instanceof JsonPrimitive value && !value.isString()) {
                    if (left[0]-- == 0) {
                        object.add(
                                member.getKey(),
                                value.isBoolean()
                                        ? new JsonPrimitive(!value.getAsBoolean())
                                        : new JsonPrimitive(value.getAsLong() + 1));
                        return here;
                    }
                } else {
                    var found = change(member.getValue(), here, left);
                    if (found != null) {
                        return found;
                    }
                }
            }
        }
        return null;
    }

    @Test
    void witnessesThatComeGoOrCountForLessAreSaidInWords() throws Exception {
        String one;
        String other;
        try (var first = PartySigner.generate();
                var second = PartySigner.generate()) {
            one = WitnessKey.of("w1.example", first.key().raw()).text();
            other = WitnessKey.of("w2.example", second.key().raw()).text();
        }
        var both = witnessed(2, one, other);
        assertThat(ContractDiff.of(contract, both))
                .startsWith(
                        "Keys leave from then on only once 2 of 2 witnesses cosigned.",
                        "w1.example becomes a witness.",
                        "w2.example becomes a witness.")
                .contains("- witnesses: none", "+ witnesses.quorum: 2");
        assertThat(ContractDiff.of(both, witnessed(1, one)))
                .startsWith("1 witnesses are enough from then on, not 2.", "w2.example is no longer a witness.");
        assertThat(ContractDiff.of(both, contract))
                .startsWith("Keys leave without any witness from then on.")
                .contains("+ witnesses: none", "- witnesses.quorum: 2");
    }

    private Contract witnessed(int quorum, String... keys) throws Exception {
        var json = contract.json();
        json.add("witnesses", json("{\"quorum\":%d,\"keys\":[\"%s\"]}".formatted(quorum, String.join("\",\"", keys))));
        return Contract.parse(json);
    }

    @Test
    void valuesThatLookAlikeAreToldApart() throws Exception {
        assertThat(ContractDiff.of(values("\"any\""), values("[\"any\"]")))
                .containsExactly("~ grants[train].parameters.mode.values: any -> [any]");
        assertThat(ContractDiff.of(values("[\"a, b\"]"), values("[\"a\",\"b\"]")))
                .containsExactly("~ grants[train].parameters.mode.values: [\"a, b\"] -> [a, b]");
        assertThat(ContractDiff.of(values("[\"a\",\"b\"]"), values("[\"b\",\"a\"]")))
                .containsExactly("Only the order of entries changed, which means nothing.");
    }

    private Contract values(String values) throws Exception {
        var json = contract.json();
        json.getAsJsonArray("grants")
                .get(0)
                .getAsJsonObject()
                .add("parameters", json("{\"mode\":{\"type\":\"string\",\"values\":" + values + "}}"));
        return Contract.parse(json);
    }

    @Test
    void partiesKeysOwnersAndCodeAreSaidInWords() throws Exception {
        var json = contract.json();
        json.getAsJsonArray("parties").get(1).getAsJsonObject().addProperty("name", "institute");
        json.getAsJsonArray("parties")
                .get(0)
                .getAsJsonObject()
                .addProperty("key", "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        json.getAsJsonArray("datasets").get(1).getAsJsonObject().addProperty("owner", "anna");
        var function = json.getAsJsonArray("functions").get(0).getAsJsonObject();
        function.addProperty("owner", "institute");
        function.addProperty("code", "sha256:" + "1".repeat(64));
        json.getAsJsonArray("results")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("readers")
                .add("parties", json("[\"institute\"]"));
        assertThat(ContractDiff.of(contract, Contract.parse(json)))
                .startsWith(
                        "lab is no longer a party.",
                        "institute becomes a party.",
                        "anna signs with another key from then on.",
                        "lab-2025 passes from lab to anna.",
                        "train runs other code: read it before you sign.",
                        "Can be read from then on: anna-2025 -> train -> risk-model -> parties: institute",
                        "Cannot be read any more: anna-2025 -> train -> risk-model -> parties: lab")
                .contains("~ functions[train].owner: lab -> institute");
    }
}
