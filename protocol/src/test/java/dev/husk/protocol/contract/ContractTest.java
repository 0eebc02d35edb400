package dev.husk.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContractTest {
    private static final String KEY_A = "ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    private static final String KEY_B = "ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw";
    private static final String EXAMPLE = """
            {"husk":1,"name":"heart-risk","version":1,
             "parties":[{"name":"anna","key":"%s"},{"name":"lab","key":"%s"}],
             "datasets":[{"name":"anna-2025","owner":"anna","store":"s3://husk/anna-2025"}],
             "platforms":[{"name":"sim","tee":"simulated","binding":"sandbox","products":"any","measurements":"any",
               "hostData":"any","minimumTcb":{"Genoa":{"bootloader":4,"tee":0,"snp":1,"microcode":0}},
               "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any"},"chips":"any","vmpl":["0"]}],
             "functions":[{"name":"train","owner":"lab","code":"sha256:%s","entry":"dev.husk.train.TrainAction","platform":"sim"}],
             "results":[{"name":"risk-model","readers":{"parties":["lab"],"functions":[]},"store":"s3://husk/risk-model"}],
             "grants":[{"function":"train","reads":["anna-2025"],"writes":["risk-model"],
               "parameters":{"epochs":{"type":"integer","min":1,"max":100}},"callers":["lab"],
               "limits":{"runs":10,"perDay":5,"until":"2027-01-31T00:00:00Z"}}]}
            """.formatted(KEY_A, KEY_B, "0".repeat(64));

    @Test
    void theIdentityIsThatOfTheCanonicalBytesWhateverTheSpelling() throws Exception {
        var contract = Contract.parse(example());
        var respelled = Contract.parse(Json.parse(contract.canonical(), 1 << 20));
        assertThat(respelled).isEqualTo(contract);
        assertThat(contract.id()).matches("sha256:[0-9a-f]{64}");
        var changed = example();
        changed.addProperty("version", 2);
        assertThat(Contract.parse(changed).id()).isNotEqualTo(contract.id());
    }

    @Test
    void itsMeaningIsSaidInPlainWordsAndSimulationLoudly() throws Exception {
        assertThat(Contract.parse(example()).explain())
                .anyMatch(line -> line.startsWith("SIMULATED"))
                .anyMatch(line -> line.startsWith("  parameter ") && line.contains("a whole number from "))
                .anyMatch(line ->
                        line.contains("Who could ever read anna-2025 (of anna): function train (answers go to lab);"
                                + " function train -> risk-model -> parties lab"));
    }

    @ParameterizedTest(name = "{1} becomes {2}: {3}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "datasets | owner | \"bob\" | dataset anna-2025: owner: no party is named bob",
                "datasets | store | \"http://x\" | datasets[0].store: must be s3://bucket/key",
                "parties | key | \"rsa:AA\" | parties[0].key: a key starts with ed25519: or es256:",
                "parties | name | \"Anna\" | parties[0].name: 'Anna' is no name: lower-case letters, digits and dashes, at most 63",
                "functions | code | \"sha256:00\" | functions[0].code: must be sha256: and 64 hex digits",
                "functions | platform | \"moon\" | function train: platform: no platform is named moon",
                "platforms | measurements | [] | platforms[0].measurements: allows nothing: list what is allowed, or write any",
                "platforms | vmpl | null | platforms[0].vmpl: must be a list",
                "platforms | chips | \"all\" | platforms[0].chips: must be a list",
                "platforms | tee | \"tdx\" | platforms[0].tee: must be one of simulated, snp, not 'tdx'",
                "grants | reads | [\"moon\"] | grant of train: reads: no dataset or result is named moon",
                "grants | writes | [\"anna-2025\"] | grant of train: writes: no result is named anna-2025",
                "grants | callers | [] | grants[0].callers: allows nothing: list what is allowed, or write any",
                "grants | limits | {\"runs\":0,\"perDay\":1,\"until\":\"any\"} | grants[0].limits.runs: must be a whole number from 1 to 2147483647",
                "grants | limits | {\"runs\":1.5,\"perDay\":1,\"until\":\"any\"} | grants[0].limits.runs: must be a whole number from 1 to 2147483647",
                "grants | limits | {\"runs\":1,\"perDay\":1,\"until\":\"soon\"} | grants[0].limits.until: must be a time such as 2027-01-31T00:00:00Z, or any",
                "grants | parameters | {\"epochs\":{\"type\":\"integer\",\"min\":5,\"max\":1}} | grants[0].parameters.epochs.min: is above max: no value fits",
                "results | readers | {\"parties\":[],\"functions\":[]} | result risk-model: nobody may read it",
                "results | readers | {\"parties\":[],\"functions\":[\"train\"]} | result risk-model: function train may read it, but no grant of it does",
            })
    void contradictionsAreNamed(String list, String member, String value, String problem) throws Exception {
        var contract = example();
        contract.getAsJsonArray(list)
                .get(0)
                .getAsJsonObject()
                .add(member, Json.parse(value.getBytes(StandardCharsets.UTF_8), 1000));
        assertThat(problems(contract)).contains(problem);
    }

    @Test
    void everyProblemIsNamedAtOnce() throws Exception {
        var contract = example();
        contract.addProperty("name", "");
        contract.addProperty("expires", "never");
        contract.remove("grants");
        assertThat(problems(contract)).contains("expires: is not known here", "grants: is missing");
    }

    @Test
    void nothingMayBeLeftOut() throws Exception {
        for (var path : members(example(), new ArrayList<>())) {
            var contract = example();
            JsonElement parent = contract;
            for (var step : path.subList(0, path.size() - 1)) {
                parent = step(parent, step);
            }
            parent.getAsJsonObject().remove((String) path.get(path.size() - 1));
            if (path.contains("parameters") && path.size() == 4
                    || path.get(path.size() - 1).equals("Genoa")) {
                continue; // maps may have fewer entries
            }
            assertThatThrownBy(() -> Contract.parse(contract))
                    .as("without %s", path)
                    .isInstanceOf(InvalidContractException.class);
        }
    }

    @Test
    void noMemberOfAnotherTypeSlipsThroughOrBreaksTheParser() throws Exception {
        for (var path : members(example(), new ArrayList<>())) {
            for (var junk : List.of("null", "[]", "{}", "-1", "\"\\u0000\"", "true", "[[]]", "1e300")) {
                var contract = example();
                JsonElement parent = contract;
                for (var step : path.subList(0, path.size() - 1)) {
                    parent = step(parent, step);
                }
                parent.getAsJsonObject()
                        .add(
                                (String) path.get(path.size() - 1),
                                Json.parse(junk.getBytes(StandardCharsets.UTF_8), 100));
                try {
                    Contract.parse(contract);
                } catch (InvalidContractException e) {
                    assertThat(e.problems()).isNotEmpty();
                }
            }
        }
    }

    @Test
    void aStatementVerifiesUnderItsSignersKeyAlone() throws Exception {
        try (var signer = PartySigner.generate();
                var other = PartySigner.generate()) {
            var payload = new JsonObject();
            payload.addProperty("action", "accept");
            var statement = SignedStatement.sign(signer, payload);
            assertThat(SignedStatement.verify(statement, signer.key())).isEqualTo(payload);
            assertThat(SignedStatement.verify(
                            statement, PartyKey.parse(signer.key().text())))
                    .isEqualTo(payload);
            assertThatThrownBy(() -> SignedStatement.verify(statement, other.key()))
                    .isInstanceOf(InvalidSignatureException.class);
            for (int i = 0; i < statement.length(); i++) {
                char c = statement.charAt(i) == 'A' ? 'B' : 'A';
                var changed = statement.substring(0, i) + c + statement.substring(i + 1);
                assertThatThrownBy(() -> SignedStatement.verify(changed, signer.key()))
                        .isInstanceOf(InvalidSignatureException.class);
            }
            assertThat(signer.key().verify(new byte[0], new byte[64])).isFalse();
        }
    }

    @Test
    void aSignerSurvivesStorageAndForgetsWhenClosed() {
        var signer = PartySigner.generate();
        try (var again = PartySigner.fromPkcs8(signer.pkcs8())) {
            assertThat(again.key()).isEqualTo(signer.key());
            assertThat(again.toString()).isEqualTo("PartySigner");
        }
        signer.close();
        assertThatThrownBy(() -> signer.sign(new byte[1])).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> PartySigner.fromPkcs8(new byte[48])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void es256SignaturesOfHardwareTokensVerify() throws Exception {
        var generator = java.security.KeyPairGenerator.getInstance("EC");
        generator.initialize(new java.security.spec.ECGenParameterSpec("secp256r1"));
        var pair = generator.generateKeyPair();
        var key = PartyKey.parse(PartyKey.of(pair.getPublic()).text());
        var signature = java.security.Signature.getInstance("SHA256withECDSAinP1363Format");
        signature.initSign(pair.getPrivate());
        signature.update(new byte[5]);
        byte[] signed = signature.sign();
        assertThat(key.verify(new byte[5], signed)).isTrue();
        assertThat(key.verify(new byte[6], signed)).isFalse();
        assertThat(key.verify(new byte[5], new byte[64])).isFalse();
        byte[] off = key.raw();
        off[64] ^= 1;
        assertThatThrownBy(() -> PartyKey.parse("es256:" + dev.husk.protocol.json.Base64Url.encode(off)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static JsonObject example() throws Exception {
        return Json.parse(EXAMPLE.getBytes(StandardCharsets.UTF_8), 1 << 20).getAsJsonObject();
    }

    private static List<String> problems(JsonObject contract) {
        return catchThrowableOfType(InvalidContractException.class, () -> Contract.parse(contract))
                .problems();
    }

    private static JsonElement step(JsonElement parent, Object step) {
        return step instanceof Integer index
                ? parent.getAsJsonArray().get(index)
                : parent.getAsJsonObject().get((String) step);
    }

    /** The path of every member of every object. */
    private static List<List<Object>> members(JsonElement element, List<Object> path) {
        var all = new ArrayList<List<Object>>();
        if (element instanceof JsonObject object) {
            for (var entry : object.entrySet()) {
                var here = new ArrayList<>(path);
                here.add(entry.getKey());
                all.add(here);
                all.addAll(members(entry.getValue(), here));
            }
        } else if (element instanceof JsonArray array) {
            for (int i = 0; i < array.size(); i++) {
                var here = new ArrayList<>(path);
                here.add(i);
                all.addAll(members(array.get(i), here));
            }
        } else {
            assertThat(element).isInstanceOf(JsonPrimitive.class);
        }
        return all;
    }
}
