package dev.husk.benchmark.gateway;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.local.LocalIssuer;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.runtime.attest.ReleaseRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** A contract whose parties have all accepted it, with its datasets' keys deposited and no limit on runs. */
public final class ActiveContract {
    static final String FUNCTION = "train";
    static final String CODE = "sha256:" + "0".repeat(64);
    static final String ENTRY = "dev.husk.train.TrainAction";

    /** Whoever may call {@link #FUNCTION}. */
    private static final String CALLER = "algo-lab";

    private static final String ACTIVATION = "0123456789abcdef0123456789abcdef";
    private static final Deposit NOWHERE = new Deposit(new byte[32], "sha256:" + "a".repeat(64), 1000);
    private static final Map<String, Deposit> DEPOSITS = Map.of("anna-2025", NOWHERE, "berta-2025", NOWHERE);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final URI gateway;
    private final LocalIssuer issuer;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final Map<String, PartySigner> signers = new LinkedHashMap<>();
    private final Contract contract;

    private ActiveContract(URI gateway, LocalIssuer issuer, JsonObject json) throws LoadFailedException {
        this.gateway = gateway;
        this.issuer = issuer;
        try {
            json.getAsJsonArray("parties").forEach(this::giveKey);
            json.getAsJsonArray("grants").forEach(ActiveContract::liftLimits);
            this.contract = Contract.parse(json);
        } catch (InvalidContractException e) {
            throw new LoadFailedException("the contract of the load is unusable: " + e.getMessage(), e);
        }
    }

    /** A dataset's key, and the sealed object that it opens. The key is a secret. */
    public record Deposit(byte[] key, String sha256, long size) {
        @Override
        public String toString() {
            return "Deposit[" + sha256 + "]";
        }
    }

    /** The example contract of two datasets and a result; nothing lies where its datasets are said to be. */
    public static JsonObject example() throws LoadFailedException {
        try (var in = dev.husk.benchmark.Contracts.class.getResourceAsStream("contract.json")) {
            return Json.parse(Objects.requireNonNull(in).readAllBytes(), 1 << 20)
                    .getAsJsonObject();
        } catch (IOException | MalformedJsonException e) {
            throw new LoadFailedException("the contract of the load is unusable", e);
        }
    }

    private void giveKey(JsonElement party) {
        var signer = PartySigner.generate();
        signers.put(party.getAsJsonObject().get("name").getAsString(), signer);
        party.getAsJsonObject().addProperty("key", signer.key().text());
    }

    private static void liftLimits(JsonElement grant) {
        var limits = grant.getAsJsonObject().getAsJsonObject("limits");
        limits.addProperty("runs", "any");
        limits.addProperty("perDay", "any");
        limits.addProperty("until", "any");
    }

    /** The example, for whoever needs any contract. */
    static ActiveContract on(URI gateway, LocalIssuer issuer, JsonElement witnesses)
            throws LoadFailedException, IOException, InterruptedException {
        var json = example();
        json.add("witnesses", witnesses);
        return on(gateway, issuer, json, DEPOSITS);
    }

    /**
     * Proposes it, has every party accept it, and deposits the keys.
     *
     * @param json the contract; its parties get keys, and limits on runs are lifted
     * @param deposits by dataset
     */
    public static ActiveContract on(URI gateway, LocalIssuer issuer, JsonObject json, Map<String, Deposit> deposits)
            throws LoadFailedException, IOException, InterruptedException {
        var active = new ActiveContract(gateway, issuer, json);
        var path = "v1/contracts/" + active.contract.name();
        active.expect(
                201,
                active.request("v1/contracts", CALLER)
                        .header("Content-Type", "application/json")
                        .header("Husk-Statement", active.statement("propose", CALLER, active.payload()))
                        .POST(BodyPublishers.ofByteArray(active.contract.canonical())));
        for (var party : active.signers.keySet()) {
            active.say(200, path + "/statements", party, active.statement("accept", party, active.payload()));
        }
        byte[] key = active.gatewayKey();
        for (var owned : deposits.entrySet()) {
            active.deposit(path + "/keys", owned.getKey(), owned.getValue(), key);
        }
        return active;
    }

    /** A run that the caller signed just now. */
    ReleaseRequest run() {
        var parameters = new JsonObject();
        parameters.addProperty("epochs", 7);
        return run(FUNCTION, parameters);
    }

    /** A run of one of its functions, which the caller signed just now. */
    public ReleaseRequest run(String function, JsonObject parameters) {
        var payload = new JsonObject();
        payload.addProperty("contract", contract.name());
        payload.addProperty("function", function);
        payload.addProperty("nonce", Base64Url.random(16));
        payload.add("parameters", parameters);
        var invocation = statement("invoke", CALLER, payload);
        return new ReleaseRequest(contract.name(), function, ACTIVATION, invocation, new JsonObject());
    }

    /** How many events of the contract the log holds. */
    int events() throws LoadFailedException, IOException, InterruptedException {
        return expect(
                        200,
                        request("v1/contracts/" + contract.name() + "/events", CALLER)
                                .GET())
                .getAsJsonArray("events")
                .size();
    }

    private JsonObject payload() {
        var payload = new JsonObject();
        payload.addProperty("contract", contract.id());
        payload.addProperty("name", contract.name());
        return payload;
    }

    private String statement(String action, String party, JsonObject payload) {
        payload.addProperty("action", action);
        payload.addProperty("party", party);
        payload.addProperty("time", Instant.now().toString());
        return SignedStatement.sign(Objects.requireNonNull(signers.get(party), party), payload);
    }

    private byte[] gatewayKey() throws LoadFailedException, IOException, InterruptedException {
        var question = "{\"nonce\":\"" + Base64Url.random(32) + "\"}";
        var evidence = expect(
                200,
                HttpRequest.newBuilder(gateway.resolve("v1/gateway/evidence"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(question)));
        return Base64Url.decode(evidence.getAsJsonObject("keys").get("hpke").getAsString());
    }

    private void deposit(String path, String dataset, Deposit deposit, byte[] gatewayKey)
            throws LoadFailedException, IOException, InterruptedException {
        var owner = contract.dataset(dataset).orElseThrow().owner();
        var bound = new JsonObject();
        bound.addProperty("contract", contract.id());
        bound.addProperty("dataset", dataset);
        bound.addProperty("party", owner);
        var key = new JsonObject();
        try {
            var sealed = Hpke.seal(
                    gatewayKey,
                    "husk deposit v1".getBytes(StandardCharsets.US_ASCII),
                    CanonicalJson.encode(bound),
                    deposit.key());
            key.addProperty("enc", Base64Url.encode(sealed.enc()));
            key.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        } catch (EnvelopeException e) {
            throw new LoadFailedException("the gateway's key is none", e);
        }
        var object = new JsonObject();
        object.addProperty("sha256", deposit.sha256());
        object.addProperty("size", deposit.size());
        var payload = payload();
        payload.addProperty("dataset", dataset);
        payload.add("key", key);
        payload.add("object", object);
        say(201, path, owner, statement("deposit", owner, payload));
    }

    private void say(int expected, String path, String party, String jws)
            throws LoadFailedException, IOException, InterruptedException {
        expect(
                expected,
                request(path, party).header("Content-Type", "text/plain").POST(BodyPublishers.ofString(jws)));
    }

    private HttpRequest.Builder request(String path, String party) {
        return HttpRequest.newBuilder(gateway.resolve(path)).header("Authorization", "Bearer " + issuer.token(party));
    }

    private JsonObject expect(int status, HttpRequest.Builder request)
            throws LoadFailedException, IOException, InterruptedException {
        var built = request.timeout(PATIENCE).build();
        var answer = http.send(built, HttpResponse.BodyHandlers.ofByteArray());
        try {
            var json = Json.parse(answer.body(), 64 << 20).getAsJsonObject();
            if (answer.statusCode() == status) {
                return json;
            }
        } catch (MalformedJsonException | IllegalStateException e) {
            throw new LoadFailedException(built.uri().getPath() + " answers no JSON object", e);
        }
        throw new LoadFailedException("%s answers %d, not %d: %s"
                .formatted(
                        built.uri().getPath(),
                        answer.statusCode(),
                        status,
                        new String(answer.body(), StandardCharsets.UTF_8)));
    }
}
