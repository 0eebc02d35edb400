package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.ResultRequest;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.SealedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** A contract with parties who have keys and tokens, and what they do with it. */
final class TestContract {
    static final String CODE = "sha256:" + "0".repeat(64);
    static final String ENTRY = "dev.husk.train.TrainAction";

    final Contract contract;
    final Map<String, PartySigner> signers;

    private TestContract(Contract contract, Map<String, PartySigner> signers) {
        this.contract = contract;
        this.signers = signers;
    }

    static TestContract named(String name) throws Exception {
        return named(name, UnaryOperator.identity());
    }

    static TestContract named(String name, UnaryOperator<String> change) throws Exception {
        var signers = new LinkedHashMap<String, PartySigner>();
        signers.put("hospital-a", PartySigner.generate());
        signers.put("hospital-b", PartySigner.generate());
        signers.put("algo-lab", PartySigner.generate());
        var text = new String(
                        TestContract.class
                                .getResourceAsStream("/heart-risk.json")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replace("\"heart-risk\"", "\"" + name + "\"")
                .replace("KEY_A", signers.get("hospital-a").key().text())
                .replace("KEY_B", signers.get("hospital-b").key().text())
                .replace("KEY_LAB", signers.get("algo-lab").key().text());
        return new TestContract(
                Contract.parse(Json.parse(change.apply(text).getBytes(StandardCharsets.UTF_8), 1 << 20)), signers);
    }

    /** The next version, changed by the given edit; the same people sign it. */
    TestContract amended(java.util.function.Consumer<JsonObject> edit) throws Exception {
        var json = contract.json();
        json.addProperty("version", contract.version() + 1);
        edit.accept(json);
        return new TestContract(Contract.parse(json), signers);
    }

    /** Another version of the contract, with one number changed. */
    TestContract json(String member, int value) throws Exception {
        var json = contract.json();
        json.addProperty(member, value);
        return new TestContract(Contract.parse(json), signers);
    }

    static Map<String, String> bearer(String party) {
        return Map.of("Authorization", "Bearer " + ServerUnderTest.issuer().token(party));
    }

    /** Proposed, accepted by all, keys deposited. */
    TestContract active() throws Exception {
        propose();
        for (var party : signers.keySet()) {
            assertThat(state("accept", party).status()).isEqualTo(200);
        }
        assertThat(deposit("hospital-a", "anna-2025").status()).isEqualTo(201);
        assertThat(deposit("hospital-b", "berta-2025").status()).isEqualTo(201);
        return this;
    }

    Http.Answer propose() throws Exception {
        return propose(statement("propose", "algo-lab"));
    }

    Http.Answer propose(String statement) throws Exception {
        var headers = new LinkedHashMap<>(bearer("algo-lab"));
        headers.put("Husk-Statement", statement);
        return Http.post("v1/contracts", "application/json", contract.canonical(), headers);
    }

    Http.Answer state(String action, String party) throws Exception {
        return say(party, statement(action, party));
    }

    Http.Answer say(String party, String jws) throws Exception {
        return Http.post("v1/contracts/" + contract.name() + "/statements", "text/plain", jws, bearer(party));
    }

    String statement(String action, String party) {
        return SignedStatement.sign(signer(party), payload(action, party));
    }

    private PartySigner signer(String party) {
        return Objects.requireNonNull(signers.get(party), party);
    }

    JsonObject payload(String action, String party) {
        var payload = new JsonObject();
        payload.addProperty("action", action);
        payload.addProperty("contract", contract.id());
        payload.addProperty("name", contract.name());
        payload.addProperty("party", party);
        payload.addProperty("time", Instant.now().toString());
        return payload;
    }

    Http.Answer deposit(String party, String dataset) throws Exception {
        var nonce = Base64Url.random(32);
        var keys = Http.post("v1/gateway/evidence", "application/json", "{\"nonce\":\"" + nonce + "\"}", Map.of())
                .json()
                .getAsJsonObject("keys");
        return deposit(party, dataset, Base64Url.decode(keys.get("hpke").getAsString()));
    }

    Http.Answer deposit(String party, String dataset, byte[] gatewayKey) throws Exception {
        var bound = new JsonObject();
        bound.addProperty("contract", contract.id());
        bound.addProperty("dataset", dataset);
        bound.addProperty("party", party);
        byte[] key = new byte[32];
        key[0] = 42;
        var sealed = Hpke.seal(
                gatewayKey, "husk deposit v1".getBytes(StandardCharsets.US_ASCII), CanonicalJson.encode(bound), key);
        var sealedJson = new JsonObject();
        sealedJson.addProperty("enc", Base64Url.encode(sealed.enc()));
        sealedJson.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        var object = new JsonObject();
        object.addProperty("sha256", "sha256:" + "a".repeat(64));
        object.addProperty("size", 1000);
        var payload = payload("deposit", party);
        payload.addProperty("dataset", dataset);
        payload.add("key", sealedJson);
        payload.add("object", object);
        return Http.post(
                "v1/contracts/" + contract.name() + "/keys",
                "text/plain",
                SignedStatement.sign(signer(party), payload),
                bearer(party));
    }

    /** What a caller signs. */
    String invocation(String party, JsonObject parameters) {
        return SignedStatement.sign(signer(party), invocationPayload(party, parameters));
    }

    JsonObject invocationPayload(String party, JsonObject parameters) {
        var payload = new JsonObject();
        payload.addProperty("action", "invoke");
        payload.addProperty("contract", contract.name());
        payload.addProperty("function", "train");
        payload.addProperty("nonce", Base64Url.random(16));
        payload.add("parameters", parameters);
        payload.addProperty("party", party);
        payload.addProperty("time", Instant.now().toString());
        return payload;
    }

    /** What a reader of {@code risk-model} signs. */
    JsonObject readingPayload(String party, byte[] key) {
        var payload = payload("read-result", party);
        new ResultRequest("risk-model", key, Base64Url.random(16)).addTo(payload);
        return payload;
    }

    Http.Answer read(String party, String jws) throws Exception {
        return Http.post("v1/contracts/" + contract.name() + "/results/risk-model", "text/plain", jws, bearer(party));
    }

    Http.Answer invocationKey(String party, String function) throws Exception {
        return Http.get("v1/contracts/" + contract.name() + "/functions/" + function + "/key", bearer(party));
    }

    /** A caller's request in an envelope to the key of {@code train}. */
    SealedRequest sealed(String contractName, String function, String statement) throws Exception {
        var key = invocationKey("algo-lab", "train").json().get("key").getAsString();
        return SealedRequest.seal(
                Base64Url.decode(key), contractName, function, statement.getBytes(StandardCharsets.US_ASCII));
    }

    java.util.List<JsonObject> events() throws Exception {
        var answer = Http.get("v1/contracts/" + contract.name() + "/events", bearer("hospital-a"));
        assertThat(answer.status()).isEqualTo(200);
        var events = new java.util.ArrayList<JsonObject>();
        answer.json().getAsJsonArray("events").forEach(event -> events.add(event.getAsJsonObject()));
        return events;
    }

    java.util.List<String> eventNames() throws Exception {
        return events().stream()
                .map(event -> event.getAsJsonObject("event").get("event").getAsString())
                .toList();
    }
}
