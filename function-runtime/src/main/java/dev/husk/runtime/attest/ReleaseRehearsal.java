package dev.husk.runtime.attest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Details;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.runtime.timing.ColdStart;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A release of a contract that nobody made, by a gateway and a log that are not there, proven as a real one is. Its keys
 * are made here and trusted by nothing.
 */
public final class ReleaseRehearsal {
    private static final String NAME = "rehearsal";
    private static final String ORIGIN = "rehearsal.invalid/log";
    private static final String ACTIVATION = "0".repeat(32);
    private static final String CONTRACT = """
            {"husk":1,"name":"rehearsal","version":1,"witnesses":"none",
             "parties":[{"name":"rehearsal","key":"ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}],
             "datasets":[{"name":"rehearsal","owner":"rehearsal","store":"s3://rehearsal/rehearsal"}],
             "platforms":[{"name":"rehearsal","tee":"simulated","binding":"sandbox","products":"any",
               "measurements":"any","hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],
               "platformInfo":"any","idKeys":"any","authorKeys":"any","providers":"none",
               "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any",
                 "ciphertextHiding":"any"}}],
             "functions":[{"name":"rehearsal","owner":"rehearsal","entry":"a.B","platform":"rehearsal",
               "code":"sha256:0000000000000000000000000000000000000000000000000000000000000000"}],
             "results":[],
             "grants":[{"function":"rehearsal","reads":["rehearsal"],"writes":[],
               "parameters":{"rehearsal":{"type":"string","values":"any"}},
               "callers":"any","limits":{"runs":"any","perDay":"any","until":"any"}}]}
            """;

    private ReleaseRehearsal() {}

    /**
     * Plays it once. The caller closes what comes out.
     *
     * @throws IllegalStateException if the release does not pass, which no run could then either
     */
    public static Release play() {
        try (var log = PartySigner.generate();
                var signer = PartySigner.generate()) {
            var value = new JsonObject();
            value.addProperty("contract", NAME);
            value.addProperty("function", NAME);
            value.addProperty(NAME, NAME);
            var request = ReleaseRequest.of(value, ACTIVATION).orElseThrow();
            var statement = new JsonObject();
            statement.addProperty("time", Instant.now().toString());
            statement.addProperty("nonce", Base64Url.random(16));
            statement.add("parameters", request.parameters());
            SignedStatement.sign(signer, statement);

            var tee = TeeKey.generate();
            var sandbox = "sha256:" + "0".repeat(64);
            var sealed = Jwe.seal(
                    TeeKey.of((ECPublicKey) tee.getPublic()),
                    release(log, sandbox, request).encode());
            byte[] answer = CanonicalJson.encode(sealed);
            var jwe = (JsonObject) Json.parse(answer, answer.length);
            var logKey = VerifierKey.of(ORIGIN, log.key().raw());
            return new ColdStart().measure("verify", () -> Sandbox.prove(tee, jwe, request, sandbox, logKey));
        } catch (UnprovenReleaseException
                | MalformedJsonException
                | InvalidContractException
                | MalformedLogException e) {
            throw new IllegalStateException("a release cannot be rehearsed", e);
        }
    }

    private static Release release(PartySigner log, String sandbox, ReleaseRequest request)
            throws InvalidContractException, MalformedJsonException, MalformedLogException {
        byte[] text = CONTRACT.getBytes(StandardCharsets.UTF_8);
        var contract = Contract.parse(Json.parse(text, text.length));
        var until = Instant.now();
        var details = Details.ofRun(Base64Url.encode(new byte[32]), request.parameters());
        var event = new JsonObject();
        event.addProperty("event", "released");
        event.addProperty("contract", contract.id());
        event.addProperty("sandbox", sandbox);
        event.addProperty("function", NAME);
        event.addProperty("activation", ACTIVATION);
        event.addProperty("caller", "");
        event.add("parameters", names());
        event.addProperty(Details.MEMBER, details.digest());
        event.add("reads", new JsonArray());
        event.add("writes", new JsonArray());
        event.add("objects", new JsonObject());
        event.addProperty("leaseUntil", until.toString());
        event.addProperty("simulated", true);
        event.addProperty("time", until.toString());
        var opening = new Opening(Base64Url.encode(new byte[32]), event);
        var leaf = new Leaf(Opening.tag(new byte[32], NAME), 0, "", opening.commit());
        var checkpoint = Checkpoint.of(ORIGIN, 1, leaf.hash()).sign(ORIGIN, log);
        return new Release(
                contract,
                NAME,
                ACTIVATION,
                Optional.empty(),
                request.parameters(),
                until,
                true,
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.of(details.salt()),
                new Receipt(leaf, 0, List.of(), checkpoint),
                opening);
    }

    private static JsonArray names() {
        var names = new JsonArray();
        names.add(NAME);
        return names;
    }
}
