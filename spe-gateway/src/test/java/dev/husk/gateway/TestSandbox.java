package dev.husk.gateway;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.kbs.CodeClaim;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.kbs.ReportData;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.RunStatement;
import dev.husk.snp.simulator.SimulatedSandbox;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** A simulated sandbox that speaks the KBS protocol, honestly or not. */
final class TestSandbox {
    private final SimulatedSandbox hardware = ServerUnderTest.processor().launch(new byte[48], new byte[32], 0x30000);
    final KeyPair tee = TeeKey.generate();
    final PartySigner signer = PartySigner.generate();
    String token = "";
    String id = "";
    private String evidence = "";
    private String code = "";

    /** A handshake that was begun. */
    record Session(String cookie, String nonce) {}

    static Session auth() throws Exception {
        return auth("snp");
    }

    static Session auth(String tee) throws Exception {
        var answer = Http.post(
                "kbs/v0/auth",
                "application/json",
                "{\"version\":\"0.4.0\",\"tee\":\"" + tee + "\",\"extra-params\":{}}",
                Map.of());
        return new Session(cookie(answer), answer.json().get("nonce").getAsString());
    }

    /** What a client sends back of the cookie that an answer sets. */
    static String cookie(Http.Answer answer) {
        return Objects.requireNonNull(answer.headers().get("set-cookie"), "no session cookie")
                .get(0)
                .split(";")[0];
    }

    Http.Answer attest(String code) throws Exception {
        var session = auth();
        var answer = send(session, body(session.nonce(), code));
        if (answer.status() == 200) {
            token = answer.json().get("token").getAsString();
            var claims =
                    Json.parse(Base64Url.decode(token.split("\\.")[1]), 1 << 20).getAsJsonObject();
            id = claims.getAsJsonObject("husk").get("sandbox").getAsString();
        }
        return answer;
    }

    Http.Answer send(Session session, JsonObject body) throws Exception {
        return Http.post("kbs/v0/attest", "application/json", body.toString(), Map.of("Cookie", session.cookie()));
    }

    JsonObject body(String nonce, String code) throws Exception {
        var claim = new CodeClaim(code, TestContract.ENTRY, "0123456789abcdef0123456789abcdef", signer.key()).text();
        var key = TeeKey.of((ECPublicKey) tee.getPublic());
        var runtime = new JsonObject();
        runtime.addProperty("nonce", nonce);
        runtime.add("tee-pubkey", key.jwk());
        var primary = Json.parse(
                hardware.evidence(ReportData.of(nonce, key, claim)).getBytes(StandardCharsets.UTF_8), 1 << 20);
        this.code = code;
        this.evidence = Digests.sha256(CanonicalJson.encode(primary));
        var evidence = new JsonObject();
        evidence.add("primary_evidence", primary);
        evidence.addProperty("additional_evidence", claim);
        var body = new JsonObject();
        body.add("init-data", com.google.gson.JsonNull.INSTANCE);
        body.add("runtime-data", runtime);
        body.add("tee-evidence", evidence);
        return body;
    }

    Http.Answer release(String contract, String function, String invocation) throws Exception {
        return release(statement("release", contract, function, invocation));
    }

    Http.Answer release(String jws) throws Exception {
        return Http.post("kbs/v0/husk/release", "text/plain", jws, Map.of("Authorization", "Bearer " + token));
    }

    /** As a client does that keeps no connection. */
    Http.Answer releaseOnFreshConnection(String jws) throws Exception {
        return Http.postOnFreshConnection(
                "kbs/v0/husk/release", "text/plain", jws, Map.of("Authorization", "Bearer " + token));
    }

    String statement(String action, String contract, String function, String invocation) {
        var payload = new JsonObject();
        payload.addProperty("action", action);
        payload.addProperty("activation", "0123456789abcdef0123456789abcdef");
        payload.addProperty("contract", contract);
        payload.addProperty("function", function);
        payload.addProperty("invocation", invocation);
        payload.addProperty("nonce", Base64Url.random(16));
        payload.add("parameters", new JsonObject());
        payload.addProperty("sandbox", id);
        payload.addProperty("time", Instant.now().toString());
        return SignedStatement.sign(signer, payload);
    }

    /** What an honest sandbox states of a run of {@code train} that wrote this. */
    RunStatement stated(TestContract contract, RunStatement.Artifact... results) {
        var now = Instant.now();
        return new RunStatement(
                List.of(results),
                new RunStatement.ContractRef(contract.contract.name(), contract.contract.id()),
                "train",
                new RunStatement.Code(code, TestContract.ENTRY),
                new RunStatement.Parameters(List.of(), Optional.empty()),
                List.of(),
                new RunStatement.RunBy(id, evidence),
                "0123456789abcdef0123456789abcdef",
                now,
                now,
                true);
    }

    Http.Answer run(RunStatement statement) throws Exception {
        return run(Envelope.sign(signer, statement.json()).json());
    }

    /** Sends what may be an envelope. */
    Http.Answer run(JsonObject envelope) throws Exception {
        return Http.post(
                "kbs/v0/husk/run", "application/json", envelope.toString(), Map.of("Authorization", "Bearer " + token));
    }

    Http.Answer renew() throws Exception {
        return Http.post("kbs/v0/husk/renew", "text/plain", statement("renew", "", "", ""), Map.of());
    }

    Http.Answer key(String contract, String object) throws Exception {
        return Http.get(
                "kbs/v0/resource/" + contract + "/" + object + "/key", Map.of("Authorization", "Bearer " + token));
    }

    Release open(Http.Answer answer) throws Exception {
        return Release.parse(Jwe.open(tee, answer.json()));
    }
}
