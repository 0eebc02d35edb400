package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.ResultRequest;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
import dev.husk.protocol.seal.SealedResultKey;
import dev.husk.snp.simulator.SimulatedProcessor;
import dev.husk.snp.simulator.SimulatedSandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A gateway with a real log, real evidence of a simulated processor and real envelopes; it verifies what it is sent.
 * Each field that is not final is a way to lie.
 */
final class FakeGateway extends FakeServer {
    final FakeLog log;
    final Contract contract;
    final Map<String, byte[]> depositedKeys = new LinkedHashMap<>();
    final Map<String, JsonObject> deposits = new LinkedHashMap<>();
    final List<String> logFiles = new ArrayList<>();
    boolean partialTilesDropped;
    boolean away;
    UnaryOperator<byte[]> tileChange = bytes -> bytes;
    final List<String> statements = new ArrayList<>();
    HpkeKeyPair hpke = HpkeKeyPair.generate();
    String endorsement = "";
    JsonElement recovery = JsonNull.INSTANCE;
    String tls = "";
    JsonObject stateKey =
            JsonParser.parseString("{\"sources\":[\"file\"],\"peers\":[]}").getAsJsonObject();
    final Map<String, JsonObject> shares = new LinkedHashMap<>();
    final Map<String, String> handedIn = new LinkedHashMap<>();
    final Map<String, String> accepted = new LinkedHashMap<>();
    final HpkeKeyPair recoveryKey = HpkeKeyPair.generate();
    UnaryOperator<String> recoveryNonce = asked -> asked;
    JsonObject recoveryPolicy =
            JsonParser.parseString("{\"threshold\":2,\"holders\":[]}").getAsJsonObject();
    UnaryOperator<JsonObject> evidence = answer -> answer;
    UnaryOperator<String> nonce = asked -> asked;
    Optional<Checkpoint> checkpoint = Optional.empty();
    Optional<Contract> proposal = Optional.empty();
    Optional<Answer> depositAnswer = Optional.empty();
    Optional<byte[]> claimedLogKey = Optional.empty();
    HpkeKeyPair invocations = HpkeKeyPair.generate();
    UnaryOperator<JsonObject> keyEvent = event -> event;
    UnaryOperator<JsonObject> keyAnswer = answer -> answer;

    /** The key of a result and what must lie where the answer says. */
    record Readable(byte[] key, String sha256, String url) {}

    Optional<Readable> readable = Optional.empty();
    UnaryOperator<JsonObject> readEvent = event -> event;
    UnaryOperator<JsonObject> readAnswer = answer -> answer;

    FakeGateway(Contract contract) throws IOException {
        this.contract = contract;
        this.log = new FakeLog(contract.name());
        log.append("proposed", "party", "anna", "contract", contract.id(), "version", "1");
        log.appendForeign();
        log.append("accepted", "party", "anna");
        log.append("accepted", "party", "lab");
    }

    @Override
    Answer answer(Request request) throws Exception {
        var path = request.path();
        if (away) {
            return Answer.problem(503, "the gateway restarts");
        }
        if (path.equals("/v1/gateway/evidence")) {
            return Answer.of(200, evidence.apply(evidence(request)));
        }
        if (path.equals("/v1/gateway/recovery/evidence")) {
            return Answer.of(200, recoveryEvidence(request));
        }
        if (path.equals("/v1/gateway/recovery/share")) {
            return request.method().equals("GET")
                    ? Answer.of(200, java.util.Objects.requireNonNull(shares.get("anna")))
                    : handIn(request);
        }
        if (path.equals("/v1/gateway/recovery/holders")) {
            return acceptHolders(request);
        }
        if (path.equals("/log/checkpoint")) {
            return Answer.of(200, checkpoint.orElseGet(log::checkpoint).text());
        }
        if (path.startsWith("/log/")) {
            return file(path.substring("/log/".length()));
        }
        if (!request.header("Authorization").equals("Bearer token")) {
            return Answer.problem(401, "no valid token");
        }
        var own = "/v1/contracts/" + contract.name();
        if (path.equals(own)) {
            return Answer.of(200, contract());
        }
        if (path.equals(own + "/statements")) {
            statements.add(request.text());
            SignedStatement.verify(
                    request.text(), contract.party("anna").orElseThrow().key());
            return Answer.of(200, "{\"state\":\"proposed\"}");
        }
        if (path.equals(own + "/events")) {
            return Answer.of(200, log.shown(Long.parseLong(request.query().getOrDefault("from", "0"))));
        }
        if (path.equals(own + "/functions/train/key")) {
            return Answer.of(200, keyAnswer.apply(invocationKey("train")));
        }
        if (path.equals(own + "/results/risk-model")) {
            return read(request.text());
        }
        if (path.equals(own + "/keys")) {
            return depositAnswer.isPresent() ? depositAnswer.get() : deposit(request.text());
        }
        return Answer.problem(404, "no contract of this name has you as a party");
    }

    /** Makes the share that a party will be given. */
    void shareFor(String party, byte[] key, String share) throws Exception {
        var bound = new JsonObject();
        bound.addProperty("holder", party);
        bound.addProperty("set", "set");
        var sealed = Hpke.seal(
                key,
                "husk recovery share v1".getBytes(StandardCharsets.US_ASCII),
                CanonicalJson.encode(bound),
                share.getBytes(StandardCharsets.UTF_8));
        var json = new JsonObject();
        json.addProperty("set", "set");
        json.addProperty("number", 1);
        json.addProperty("threshold", 2);
        json.addProperty("enc", Base64Url.encode(sealed.enc()));
        json.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        shares.put(party, json);
    }

    private Answer acceptHolders(Request request) throws Exception {
        var sealed = JsonParser.parseString(request.text()).getAsJsonObject();
        var bound = new JsonObject();
        bound.addProperty("holder", "anna");
        bound.add("policy", recovery.getAsJsonObject().get("change"));
        bound.addProperty("set", "set");
        byte[] share = Hpke.open(
                hpke,
                "husk recovery holders v1".getBytes(StandardCharsets.US_ASCII),
                CanonicalJson.encode(bound),
                new Sealed(
                        Base64Url.decode(sealed.get("enc").getAsString()),
                        Base64Url.decode(sealed.get("ciphertext").getAsString())));
        accepted.put("anna", new String(share, StandardCharsets.UTF_8));
        return Answer.of(200, "{\"state\":\"waiting\",\"threshold\":2,\"accepted\":[\"anna\"]}");
    }

    private JsonObject recoveryEvidence(Request request) throws Exception {
        var asked = JsonParser.parseString(request.text())
                .getAsJsonObject()
                .get("nonce")
                .getAsString();
        var bound = new JsonObject();
        bound.addProperty("key", Base64Url.encode(recoveryKey.publicKey()));
        bound.addProperty("nonce", recoveryNonce.apply(asked));
        bound.add("policy", recoveryPolicy);
        bound.addProperty("purpose", "husk recovery v1");
        bound.add("stateKey", stateKey);
        var reportData = MessageDigest.getInstance("SHA-512").digest(CanonicalJson.encode(bound));
        bound.add("evidence", JsonParser.parseString(Simulator.SANDBOX.evidence(reportData)));
        return bound;
    }

    private Answer handIn(Request request) throws Exception {
        var sealed = JsonParser.parseString(request.text()).getAsJsonObject();
        var bound = new JsonObject();
        bound.addProperty("holder", "anna");
        byte[] share = Hpke.open(
                recoveryKey,
                "husk recovery hand-in v1".getBytes(StandardCharsets.US_ASCII),
                CanonicalJson.encode(bound),
                new Sealed(
                        Base64Url.decode(sealed.get("enc").getAsString()),
                        Base64Url.decode(sealed.get("ciphertext").getAsString())));
        handedIn.put("anna", new String(share, StandardCharsets.UTF_8));
        return Answer.of(200, "{\"state\":\"waiting\",\"threshold\":2,\"given\":[\"anna\"]}");
    }

    private JsonObject evidence(Request request) throws Exception {
        var asked = JsonParser.parseString(request.text())
                .getAsJsonObject()
                .get("nonce")
                .getAsString();
        var keys = new JsonObject();
        keys.addProperty("hpke", Base64Url.encode(hpke.publicKey()));
        keys.addProperty("log", log.key.text());
        keys.add("token", new JsonObject());
        var covered = new JsonObject();
        covered.addProperty("checkpoint", checkpoint.orElseGet(log::checkpoint).text());
        covered.addProperty("contracts", Base64Url.encode(new byte[32]));
        covered.addProperty("endorsement", endorsement);
        covered.add("keys", keys);
        covered.addProperty("nonce", nonce.apply(asked));
        covered.add("recovery", recovery);
        covered.add("stateKey", stateKey);
        covered.addProperty("tls", tls);
        var reportData = MessageDigest.getInstance("SHA-512").digest(CanonicalJson.encode(covered));
        covered.remove("nonce");
        covered.add("evidence", JsonParser.parseString(Simulator.SANDBOX.evidence(reportData)));
        covered.addProperty("simulated", true);
        return covered;
    }

    /** Each time a new event, which an honest gateway does not make. */
    private JsonObject invocationKey(String function) {
        var event = new JsonObject();
        event.addProperty("event", "invocation-key");
        event.addProperty("contract", contract.id());
        event.addProperty("name", contract.name());
        event.addProperty("function", function);
        event.addProperty("key", Base64Url.encode(invocations.publicKey()));
        log.append(keyEvent.apply(event));
        return invocationKey(log.entries.size() - 1);
    }

    /** The answer with the receipt of the contract's event of that number. */
    JsonObject invocationKey(int number) {
        var entry = log.entries.get(number);
        var answer = new JsonObject();
        answer.addProperty("key", Base64Url.encode(invocations.publicKey()));
        answer.add("receipt", log.receipt(entry).json());
        answer.addProperty("salt", entry.salt);
        answer.add("event", entry.event);
        return answer;
    }

    private Answer read(String statement) throws Exception {
        var party = claimedParty(statement);
        var payload = SignedStatement.verify(
                statement, contract.party(party).orElseThrow().key());
        var asked = ResultRequest.parse(payload);
        var result = contract.result(asked.result()).orElseThrow();
        if (!result.readerParties().contains(party)) {
            return Answer.of(403, """
                    {"status":403,"code":"READ_REFUSED","detail":"refused by the contract",
                     "reasons":[{"code":"READER_DENIED","detail":"%s is no reader of %s"}]}""".formatted(party, result.name()));
        }
        var held = readable.orElseThrow();
        var object = new JsonObject();
        object.addProperty("identity", contract.name() + "/" + result.name());
        object.addProperty("store", result.store());
        object.addProperty("sha256", held.sha256());
        var event = new JsonObject();
        event.addProperty("event", "result-read");
        event.addProperty("contract", contract.id());
        event.addProperty("party", party);
        event.addProperty("result", result.name());
        event.add("object", object);
        event.addProperty("signed", statement);
        event.addProperty("time", "2024-11-25T10:02:00Z");
        log.append(readEvent.apply(event));
        var entry = log.entries.get(log.entries.size() - 1);
        var sealed = SealedResultKey.seal(asked.key(), contract.id(), result.name(), held.key());
        var key = new JsonObject();
        key.addProperty("enc", Base64Url.encode(sealed.enc()));
        key.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        var answer = new JsonObject();
        answer.add("receipt", log.receipt(entry).json());
        answer.addProperty("salt", entry.salt);
        answer.add("event", entry.event);
        answer.add("key", key);
        answer.addProperty("url", held.url());
        return Answer.of(200, readAnswer.apply(answer));
    }

    private Answer file(String path) throws Exception {
        logFiles.add(path);
        boolean dropped = partialTilesDropped
                && log.file(path.replaceFirst("\\.p/.*", "")).isPresent();
        var file = dropped && path.contains(".p/") ? Optional.<byte[]>empty() : log.file(path);
        return file.map(tileChange)
                .map(bytes -> new Answer(200, bytes, Map.of("Content-Type", "application/octet-stream")))
                .orElseGet(() -> Answer.problem(404, "the log has no such tile"));
    }

    private JsonObject contract() {
        var answer = new JsonObject();
        answer.add("contract", contract.json());
        answer.addProperty("id", contract.id());
        answer.addProperty("state", "active");
        proposal.ifPresent(next -> {
            var proposed = new JsonObject();
            proposed.add("contract", next.json());
            answer.add("proposal", proposed);
        });
        answer.addProperty("logKey", Base64Url.encode(claimedLogKey.orElse(log.contractKey)));
        var datasets = new JsonObject();
        deposits.forEach(datasets::add);
        answer.add("datasets", datasets);
        return answer;
    }

    private static String claimedParty(String statement) {
        return JsonParser.parseString(new String(Base64Url.decode(statement.split("\\.")[1]), StandardCharsets.UTF_8))
                .getAsJsonObject()
                .get("party")
                .getAsString();
    }

    private Answer deposit(String statement) throws Exception {
        var party = claimedParty(statement);
        var payload = SignedStatement.verify(
                statement, contract.party(party).orElseThrow().key());
        var dataset = payload.get("dataset").getAsString();
        var aad = new JsonObject();
        aad.addProperty("contract", contract.id());
        aad.addProperty("dataset", dataset);
        aad.addProperty("party", party);
        var key = payload.getAsJsonObject("key");
        depositedKeys.put(
                dataset,
                Hpke.open(
                        hpke,
                        "husk deposit v1".getBytes(StandardCharsets.UTF_8),
                        CanonicalJson.encode(aad),
                        new Sealed(
                                Base64Url.decode(key.get("enc").getAsString()),
                                Base64Url.decode(key.get("ciphertext").getAsString()))));
        deposits.put(dataset, payload.getAsJsonObject("object"));
        log.append("key-deposited", "party", party, "dataset", dataset);
        return Answer.of(201, "{\"state\":\"deposited\"}");
    }

    /** Making the keys of a processor takes seconds, so all tests share one. */
    static final class Simulator {
        static final SimulatedSandbox SANDBOX;
        static final Path ROOT;

        static {
            try {
                var folder = Files.createTempDirectory(Path.of("target"), "simulator");
                SANDBOX = SimulatedProcessor.open(folder).launch(new byte[48], new byte[32], 0x30000);
                ROOT = folder.resolve("ark.der");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private Simulator() {}
    }
}
