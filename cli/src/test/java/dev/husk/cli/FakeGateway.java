package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
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
    final List<String> leafPages = new ArrayList<>();
    HpkeKeyPair hpke = HpkeKeyPair.generate();
    UnaryOperator<JsonObject> evidence = answer -> answer;
    UnaryOperator<String> nonce = asked -> asked;
    Optional<Checkpoint> checkpoint = Optional.empty();
    Optional<Answer> depositAnswer = Optional.empty();
    Optional<byte[]> claimedLogKey = Optional.empty();
    HpkeKeyPair invocations = HpkeKeyPair.generate();
    UnaryOperator<JsonObject> keyEvent = event -> event;
    UnaryOperator<JsonObject> keyAnswer = answer -> answer;

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
        if (path.equals("/v1/gateway/evidence")) {
            return Answer.of(200, evidence.apply(evidence(request)));
        }
        if (path.equals("/v1/log/checkpoint")) {
            return Answer.of(200, checkpoint.orElseGet(log::checkpoint).text());
        }
        if (path.equals("/v1/log/leaves")) {
            return Answer.of(200, leaves(number(request, "start"), number(request, "end")));
        }
        if (path.equals("/v1/log/consistency")) {
            return Answer.of(200, consistency(number(request, "from"), number(request, "to")));
        }
        if (!request.header("Authorization").equals("Bearer token")) {
            return Answer.problem(401, "no valid token");
        }
        var own = "/v1/contracts/" + contract.name();
        if (path.equals(own)) {
            return Answer.of(200, contract());
        }
        if (path.equals(own + "/statements")) {
            SignedStatement.verify(
                    request.text(), contract.party("anna").orElseThrow().key());
            return Answer.of(200, "{\"state\":\"proposed\"}");
        }
        if (path.equals(own + "/events")) {
            return Answer.of(200, log.shown());
        }
        if (path.equals(own + "/functions/train/key")) {
            return Answer.of(200, keyAnswer.apply(invocationKey("train")));
        }
        if (path.equals(own + "/keys")) {
            return depositAnswer.isPresent() ? depositAnswer.get() : deposit(request.text());
        }
        return Answer.problem(404, "no contract of this name has you as a party");
    }

    private static int number(Request request, String name) {
        return Integer.parseInt(String.valueOf(request.query().get(name)));
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
        covered.add("keys", keys);
        covered.addProperty("nonce", nonce.apply(asked));
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

    private JsonObject leaves(int start, int end) {
        leafPages.add(start + "-" + end);
        var texts = new JsonArray();
        log.leaves
                .subList(Math.min(start, log.leaves.size()), Math.min(end, log.leaves.size()))
                .forEach(texts::add);
        var answer = new JsonObject();
        answer.add("leaves", texts);
        return answer;
    }

    private JsonObject consistency(long from, long to) {
        var proof = new JsonArray();
        log.tree().consistency(from, to).forEach(hash -> proof.add(Base64Url.encode(hash)));
        var answer = new JsonObject();
        answer.add("proof", proof);
        return answer;
    }

    private JsonObject contract() {
        var answer = new JsonObject();
        answer.add("contract", contract.json());
        answer.addProperty("id", contract.id());
        answer.addProperty("state", "active");
        answer.addProperty("logKey", Base64Url.encode(claimedLogKey.orElse(log.contractKey)));
        var datasets = new JsonObject();
        deposits.forEach(datasets::add);
        answer.add("datasets", datasets);
        return answer;
    }

    private Answer deposit(String statement) throws Exception {
        var claimed = JsonParser.parseString(
                        new String(Base64Url.decode(statement.split("\\.")[1]), StandardCharsets.UTF_8))
                .getAsJsonObject();
        var party = claimed.get("party").getAsString();
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
