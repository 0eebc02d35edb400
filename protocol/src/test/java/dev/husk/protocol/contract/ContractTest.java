package dev.husk.protocol.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.log.WitnessPolicy;
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
               "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"},"chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any","authorKeys":"any","providers":"none"}],
             "functions":[{"name":"train","owner":"lab","code":"sha256:%s","entry":"dev.husk.train.TrainAction","platform":"sim"}],
             "results":[{"name":"risk-model","readers":{"parties":["lab"],"functions":[]},"store":"s3://husk/risk-model"}],
             "grants":[{"function":"train","reads":["anna-2025"],"writes":["risk-model"],
               "parameters":{"epochs":{"type":"integer","min":1,"max":100}},"callers":["lab"],
               "limits":{"runs":10,"perDay":5,"until":"2027-01-31T00:00:00Z"}}],
             "witnesses":"none"}
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
                .containsSubsequence(
                        "Platform sim binds code by sandbox and leaves unchecked: authorKeys, chips, hostData, idKeys,"
                                + " measurements, platformInfo, policy.smt, policy.singleSocket,"
                                + " policy.ciphertextHiding, products.",
                        "Who could ever read anna-2025 (of anna):",
                        "  anna-2025 -> train -> callers: lab",
                        "  anna-2025 -> train -> risk-model -> parties: lab");
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
                "platforms | tee | \"tdx\" | platforms[0].tee: must be one of simulated, snp, az-snp-vtpm, not 'tdx'",
                "grants | reads | [\"moon\"] | grant of train: reads: no dataset or result is named moon",
                "grants | writes | [\"anna-2025\"] | grant of train: writes: no result is named anna-2025",
                "grants | callers | [] | grants[0].callers: allows nothing: list what is allowed, or write any",
                "grants | limits | {\"runs\":0,\"perDay\":1,\"until\":\"any\"} | grants[0].limits.runs: must be a whole number from 1 to 2147483647",
                "grants | limits | {\"runs\":1.5,\"perDay\":1,\"until\":\"any\"} | grants[0].limits.runs: must be a whole number from 1 to 2147483647",
                "grants | limits | {\"runs\":1,\"perDay\":1,\"until\":\"soon\"} | grants[0].limits.until: must be a time such as 2027-01-31T00:00:00Z, or any",
                "platforms | binding | \"initdata\" | platform sim: binding initdata needs hostData, which names the code; any binds nothing",
                "platforms | name | \"any\" | platforms[0].name: 'any' is no name: it stands for something else in contracts",
                "platforms | products | {\"anyExcept\":[\"Genoa\"]} | platform sim: minimumTcb: Genoa is not among products",
                "platforms | products | [\"Milan\",\"Genoa\"] | platform sim: minimumTcb: says nothing about Milan, so none is accepted",
                "platforms | products | {\"anyExcept\":[\"Milan\",\"Genoa\",\"Turin\"]} | platform sim: products: all are denied",
                "platforms | products | {\"anyExcept\":[]} | platforms[0].products: denies nothing: list what is denied, or write any",
                "platforms | minimumTcb | {} | platforms[0].minimumTcb: allows nothing: name products, or write any",
                "platforms | chips | [] | platforms[0].chips: allows nothing: list what is allowed, or write any",
                "platforms | idKeys | [] | platforms[0].idKeys: allows nothing: list what is allowed, or write any",
                "platforms | providers | [] | platforms[0].providers: is empty: write none",
                "platforms | providers | \"any\" | platforms[0].providers: must be a list",
                "parties | key | \"ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\" | parties[0].key: is a key under which anybody can sign",
                "parties | key | \"ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw\" | key ed25519:PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw: stands twice",
                "parties | name | \"lab\" | party lab: stands twice",
                "datasets | name | \"risk-model\" | dataset or result risk-model: stands twice",
                "datasets | store | \"s3://husk/risk-model\" | store s3://husk/risk-model: stands twice",
                "datasets | store | \"s3://husk/x/../risk-model\" | datasets[0].store: must have a key of at most 512 characters, without . and .. in it",
                "datasets | store | \"s3://husk//risk-model\" | datasets[0].store: must be s3://bucket/key",
                "functions | owner | \"bob\" | function train: owner: no party is named bob",
                "functions | name | \"other\" | grant of train: no function is named train",
                "results | name | \"other\" | grant of train: writes: no result is named risk-model",
                "results | readers | {\"parties\":[\"bob\"],\"functions\":[]} | result risk-model: reader: no party is named bob",
                "grants | writes | [] | result risk-model: no grant writes it",
                "grants | reads | [\"risk-model\"] | grant of train: reads risk-model, which does not name it as a reader",
                "grants | reads | [\"risk-model\"] | grant of train: could never run: it reads risk-model, which nothing can write before it has run",
                "grants | reads | [\"anna-2025\",\"anna-2025\"] | grants[0].reads: 'anna-2025' stands twice",
                "grants | callers | [\"bob\"] | grant of train: callers: no party is named bob",
                "grants | limits | {\"runs\":1,\"perDay\":0,\"until\":\"any\"} | grants[0].limits.perDay: must be a whole number from 1 to 2147483647",
                "grants | parameters | {\"rate\":{\"type\":\"integer\",\"min\":1.2,\"max\":1.8}} | grants[0].parameters.rate.min: and max have no whole number between them: no value fits",
                "grants | parameters | {\"rate\":{\"type\":\"number\",\"min\":1e-999999999,\"max\":1}} | grants[0].parameters.rate.min: has more digits than JSON keeps",
                "grants | parameters | {\"rate\":{\"type\":\"number\",\"min\":0.12345678901234567890,\"max\":1}} | grants[0].parameters.rate.min: has more digits than JSON keeps",
                "grants | parameters | {\"mode\":{\"type\":\"string\",\"values\":[]}} | grants[0].parameters.mode.values: allows nothing: list what is allowed, or write any",
                "grants | parameters | {\"mode\":{\"type\":\"string\",\"values\":[\"a\",\"a\"]}} | grants[0].parameters.mode.values: 'a' stands twice",
                "grants | parameters | {\"mode\":{\"type\":\"string\",\"values\":[\"a\\u202eb\"]}} | grants[0].parameters.mode.values: every element must be a text of at most 1024 characters, all of them visible",
                "grants | parameters | {\"mode\":{\"type\":\"list\"}} | grants[0].parameters.mode.type: must be one of integer, number, string, boolean, not 'list'",
                "grants | parameters | {\"\\u001b[2J\":{\"type\":\"boolean\"}} | grants[0].parameters.'?[2J': is no parameter's name: letters, digits, _ and dashes, at most 63",
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

    private static final WitnessKey WITNESS = WitnessKey.of("w1.example", key(1));

    private static byte[] key(int seed) {
        try (var signer = PartySigner.generate()) {
            return seed == 0 ? new byte[32] : signer.key().raw();
        }
    }

    private static JsonObject witnessed(String clause) throws Exception {
        var contract = example();
        contract.add("witnesses", Json.parse(clause.getBytes(StandardCharsets.UTF_8), 1 << 16));
        return contract;
    }

    private static JsonObject witnessed(int quorum, String... keys) {
        try {
            return witnessed("{\"quorum\":%d,\"keys\":%s}".formatted(quorum, array(keys)));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void witnessesAreReadAndSaidInPlainWords() throws Exception {
        var other = WitnessKey.of("w2.example/x", key(1));
        var contract = Contract.parse(witnessed(1, WITNESS.text(), other.text()));
        assertThat(contract.witnesses().areAsked()).isTrue();
        assertThat(contract.witnesses().quorum()).isEqualTo(1);
        assertThat(contract.witnesses().keys()).containsExactly(WITNESS.text(), other.text());
        assertThat(contract.explain())
                .contains("Keys leave once 1 of these 2 witnesses have cosigned the log with the release in it:"
                        + " w1.example, w2.example/x.");
        assertThat(WitnessPolicy.of(contract.witnesses()).witnesses()).hasSize(2);
        assertThat(Contract.parse(witnessed(2, WITNESS.text(), other.text())).explain())
                .anyMatch(line -> line.startsWith("Keys leave once all of these witnesses have cosigned"));
        var none = Contract.parse(example());
        assertThat(none.witnesses().areAsked()).isFalse();
        assertThat(none.explain()).anyMatch(line -> line.startsWith("No witness is asked before keys leave"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"any\" | witnesses: must be an object",
                "[] | witnesses: must be an object",
                "{} | witnesses.quorum: is missing",
                "{} | witnesses.keys: is missing",
                "{\"quorum\":1,\"keys\":[]} | witnesses.quorum: of 1 is more than the 0 keys",
                "{\"quorum\":0,\"keys\":[]} | witnesses.quorum: must be a whole number from 1 to 32",
                "{\"quorum\":1.5,\"keys\":[]} | witnesses.quorum: must be a whole number from 1 to 32",
                "{\"quorum\":1,\"keys\":\"any\"} | witnesses.keys: must be a list",
                "{\"quorum\":1,\"keys\":[],\"grace\":1} | witnesses.grace: is not known here",
                "{\"quorum\":1,\"keys\":[\"w1\"]} | witnesses.keys: every element must be a witness's verifier key: name+hash+key, of signature type 0x04",
            })
    void aClauseOfWitnessesThatCannotBeMeantIsNamed(String clause, String problem) throws Exception {
        assertThat(problems(witnessed(clause))).contains(problem);
    }

    @Test
    void keysOfWitnessesAreThoseThatNotesKnowAndEachAnotherOne() throws Exception {
        byte[] raw = WITNESS.publicKey();
        var log = dev.husk.protocol.log.VerifierKey.of("w1.example", raw).text();
        assertThat(problems(witnessed(1, log))).anyMatch(problem -> problem.contains("is no key of cosignature/v1"));
        var weak = WitnessKey.of("w1.example", key(0)).text();
        assertThat(problems(witnessed(1, weak))).anyMatch(problem -> problem.contains("anybody can sign"));
        var renamed = WitnessKey.of("w2.example", raw).text();
        assertThat(problems(witnessed(1, WITNESS.text(), renamed)))
                .anyMatch(problem -> problem.contains("is the key of another witness"));
        assertThat(problems(witnessed(1, WITNESS.text(), WITNESS.text())))
                .anyMatch(problem -> problem.contains("stands twice"));
        var text = WITNESS.text();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i) == 'a' ? 'b' : 'a';
            var changed = text.substring(0, i) + c + text.substring(i + 1);
            assertThat(problems(witnessed(1, changed))).as(changed).isNotEmpty();
            assertThatThrownBy(() -> WitnessKey.parse(changed)).isInstanceOf(IllegalArgumentException.class);
        }
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
    void whatAPlatformDoesNotSayIsNamed() throws Exception {
        var platform = example().getAsJsonArray("platforms").get(0).getAsJsonObject();
        for (var member : platform.keySet()) {
            var contract = example();
            contract.getAsJsonArray("platforms").get(0).getAsJsonObject().remove(member);
            assertThat(problems(contract)).contains("platforms[0]." + member + ": is missing");
        }
        for (var bit : platform.getAsJsonObject("policy").keySet()) {
            var contract = example();
            contract.getAsJsonArray("platforms")
                    .get(0)
                    .getAsJsonObject()
                    .getAsJsonObject("policy")
                    .remove(bit);
            assertThat(problems(contract)).containsExactly("platforms[0].policy." + bit + ": is missing");
        }
        for (var bit : List.of("smt", "tsme", "ecc", "raplDisabled", "ciphertextHiding", "aliasCheck", "tio")) {
            var contract = example();
            var info = new JsonObject();
            for (var other : List.of("smt", "tsme", "ecc", "raplDisabled", "ciphertextHiding", "aliasCheck", "tio")) {
                info.addProperty(other, "any");
            }
            info.remove(bit);
            contract.getAsJsonArray("platforms").get(0).getAsJsonObject().add("platformInfo", info);
            assertThat(problems(contract)).containsExactly("platforms[0].platformInfo." + bit + ": is missing");
        }
    }

    @Test
    void contradictionsAreNamedBesideWhatCannotBeRead() throws Exception {
        var contract = example();
        contract.addProperty("version", 0);
        contract.getAsJsonArray("datasets").get(0).getAsJsonObject().addProperty("owner", "bob");
        contract.getAsJsonArray("functions").get(0).getAsJsonObject().addProperty("name", "Train");
        assertThat(problems(contract))
                .containsExactlyInAnyOrder(
                        "version: must be a whole number from 1 to 2147483647",
                        "functions[0].name: 'Train' is no name: lower-case letters, digits and dashes, at most 63",
                        "dataset anna-2025: owner: no party is named bob",
                        "grant of train: no function is named train");
    }

    @Test
    void aPartyThatOwnsAndCallsNothingMaySignAndSuspendAllTheSame() throws Exception {
        var contract = example();
        var auditor = new JsonObject();
        auditor.addProperty("name", "auditor");
        try (var signer = PartySigner.generate()) {
            auditor.addProperty("key", signer.key().text());
        }
        contract.getAsJsonArray("parties").add(auditor);
        assertThat(Contract.parse(contract).party("auditor")).isPresent();
    }

    @Test
    void aGrantWhoseTimeHasPassedIsAProblemAtThatTime() throws Exception {
        var contract = Contract.parse(example());
        var until = java.time.Instant.parse("2027-01-31T00:00:00Z");
        assertThat(contract.problemsAt(until.minusNanos(1))).isEmpty();
        assertThat(contract.problemsAt(until)).containsExactly("grant of train: limits.until: has passed");
    }

    @Test
    void waysLeadThroughResultsToTheirReadersAndSayWhereTheyComeBack() throws Exception {
        var contract = Contract.parse(circle());
        assertThat(contract.whoCanRead("anna-2025"))
                .containsExactly(
                        "anna-2025 -> train -> callers: lab",
                        "anna-2025 -> train -> risk-model -> parties: lab",
                        "anna-2025 -> train -> risk-model -> infer -> callers: anyone",
                        "anna-2025 -> train -> risk-model -> tune -> callers: lab",
                        "anna-2025 -> train -> risk-model -> tune -> risk-model (again)");
        assertThat(contract.whoCanRead("risk-model"))
                .containsExactly(
                        "risk-model -> parties: lab",
                        "risk-model -> infer -> callers: anyone",
                        "risk-model -> tune -> callers: lab",
                        "risk-model -> tune -> risk-model (again)");
    }

    /** Also a function that reads and writes the same result. */
    private static JsonObject circle() throws Exception {
        var contract = example();
        for (var name : List.of("infer", "tune")) {
            var function =
                    contract.getAsJsonArray("functions").get(0).deepCopy().getAsJsonObject();
            function.addProperty("name", name);
            contract.getAsJsonArray("functions").add(function);
            var grant = contract.getAsJsonArray("grants").get(0).deepCopy().getAsJsonObject();
            grant.addProperty("function", name);
            grant.add("reads", array("risk-model"));
            grant.add("writes", name.equals("tune") ? array("risk-model") : new JsonArray());
            if (name.equals("infer")) {
                grant.addProperty("callers", "any");
            }
            contract.getAsJsonArray("grants").add(grant);
        }
        contract.getAsJsonArray("results")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("readers")
                .add("functions", array("infer", "tune"));
        return contract;
    }

    private static JsonArray array(String... texts) {
        var array = new JsonArray();
        List.of(texts).forEach(array::add);
        return array;
    }

    @Test
    void aContractOfAsManyEntriesAsFitIsRefusedWithoutReadingThemAll() throws Exception {
        var contract = example();
        var grant = contract.getAsJsonArray("grants").get(0).toString();
        var many = new StringBuilder("[" + grant);
        while (many.length() < (1 << 20) - 4000) {
            many.append(',').append(grant);
        }
        contract.add("grants", Json.parse(many.append(']').toString().getBytes(StandardCharsets.UTF_8), 1 << 20));
        assertThat(problems(contract))
                .containsExactly("grants: has more than 256 entries", "result risk-model: no grant writes it");
    }

    /** The largest web of grants that is taken: each reads all results before it. */
    @Test
    void whatTheLargestContractMeansIsSaidInBoundedText() throws Exception {
        var contract = example();
        var functions = new JsonArray();
        var results = new JsonArray();
        var grants = new JsonArray();
        for (int i = 0; i < ContractParser.MAX_ENTRIES; i++) {
            var function =
                    contract.getAsJsonArray("functions").get(0).deepCopy().getAsJsonObject();
            function.addProperty("name", "f" + i);
            functions.add(function);
            var readers = new JsonObject();
            readers.add("parties", array("lab"));
            readers.add("functions", new JsonArray());
            for (int j = i + 1; j < ContractParser.MAX_ENTRIES; j++) {
                readers.getAsJsonArray("functions").add("f" + j);
            }
            var result = new JsonObject();
            result.addProperty("name", "r" + i);
            result.add("readers", readers);
            result.addProperty("store", "s3://husk/r" + i);
            results.add(result);
            var grant = contract.getAsJsonArray("grants").get(0).deepCopy().getAsJsonObject();
            grant.addProperty("function", "f" + i);
            grant.add("reads", i == 0 ? array("anna-2025") : new JsonArray());
            for (int j = 0; j < i; j++) {
                grant.getAsJsonArray("reads").add("r" + j);
            }
            grant.add("writes", array("r" + i));
            grants.add(grant);
        }
        contract.add("functions", functions);
        contract.add("results", results);
        contract.add("grants", grants);
        var parsed = Contract.parse(contract);
        assertThat(parsed.canonical().length).isGreaterThan(500_000).isLessThan(1 << 20);
        assertThat(parsed.whoCanRead("anna-2025")).hasSize(2 * ContractParser.MAX_ENTRIES);
        assertThat(String.join("\n", parsed.explain()).length()).isLessThan(4 << 20);
    }

    @Test
    void manyProblemsAreCountedRatherThanListed() throws Exception {
        var contract = example();
        for (int i = 0; i < 5000; i++) {
            contract.addProperty("x" + i, i);
        }
        assertThat(problems(contract)).hasSize(201).contains("and 4800 more problems");
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
    void anEs256SignerSignsAsATokenDoesAndSurvivesStorage() throws Exception {
        // Some scalars and coordinates have leading zeros.
        for (int i = 0; i < 300; i++) {
            try (var signer = PartySigner.generateEs256();
                    var again = PartySigner.fromPkcs8(signer.pkcs8())) {
                assertThat(again.key()).isEqualTo(signer.key());
                assertThat(again.pkcs8()).isEqualTo(signer.pkcs8());
                assertThat(PartyKey.parse(signer.key().text())).isEqualTo(signer.key());
                assertThat(signer.key().verify(new byte[5], again.sign(new byte[5])))
                        .isTrue();
                assertThat(signer.key().verify(new byte[6], again.sign(new byte[5])))
                        .isFalse();
            }
        }
        try (var signer = PartySigner.generateEs256();
                var other = PartySigner.generateEs256();
                var elsewhere = PartySigner.generate()) {
            var payload = new JsonObject();
            payload.addProperty("action", "accept");
            var statement = SignedStatement.sign(signer, payload);
            assertThat(SignedStatement.verify(statement, signer.key())).isEqualTo(payload);
            for (var key : List.of(other.key(), elsewhere.key())) {
                assertThatThrownBy(() -> SignedStatement.verify(statement, key))
                        .isInstanceOf(InvalidSignatureException.class);
            }
        }
        var closed = PartySigner.generateEs256();
        closed.close();
        assertThatThrownBy(() -> closed.sign(new byte[1])).isInstanceOf(IllegalStateException.class);
    }

    /** Made by {@code openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:.. | openssl pkcs8 -topk8 -nocrypt}. */
    @Test
    void aKeyThatOpensslMadeIsReadIfItsCurveIsTheRightOne() throws Exception {
        byte[] p256 = java.util.Base64.getDecoder()
                .decode("MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgahhgLm/DHx9hP+GNZUlCFM17D+KU56PBQtrWW8ZQ"
                        + "CFuhRANCAAT8+NtMAdB31yvmphonZ+HlnzUfNup+ig9+a4XCqqCgKhf5cNPhan4ufAHafCQ+Ys6RwCSTv+QytKY7"
                        + "ADGRYKXG");
        try (var signer = PartySigner.fromPkcs8(p256)) {
            assertThat(signer.key().text())
                    .isEqualTo(
                            "es256:BPz420wB0HfXK-amGidn4eWfNR826n6KD35rhcKqoKAqF_lw0-Fqfi58Adp8JD5izpHAJJO_5DK0pjsAMZFgpcY");
        }
        byte[] p384 = java.util.Base64.getDecoder()
                .decode("MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDDLeTGsJTlU+NPnykwHDKtYwoxSLttW549o/+kqXDUi"
                        + "TRZqyDHVO/IXiugUNMBgRe2hZANiAATvh3+XbPmb7FqoOsXUBAaFiLYWlBNzGBc3j91jJlIIP1UeAHBpJBbRVJC4"
                        + "eT2lIIa03HLhMTVe9qMNyPQLDBDEZvq2+VBZQDm00qqtKTqzxu0hdccKovyrYuM7Pqz3Yhc=");
        assertThatThrownBy(() -> PartySigner.fromPkcs8(p384)).isInstanceOf(IllegalArgumentException.class);
        for (int length = 0; length < p256.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(p256, length);
            assertThatThrownBy(() -> PartySigner.fromPkcs8(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aScalarOutOfRangeIsNoKey() {
        try (var signer = PartySigner.generateEs256()) {
            byte[] encoded = signer.pkcs8();
            for (int fill : new int[] {0, 0xff}) {
                java.util.Arrays.fill(encoded, encoded.length - 32, encoded.length, (byte) fill);
                assertThatThrownBy(() -> PartySigner.fromPkcs8(encoded)).isInstanceOf(IllegalArgumentException.class);
            }
        }
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
