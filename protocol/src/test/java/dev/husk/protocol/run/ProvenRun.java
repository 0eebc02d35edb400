package dev.husk.protocol.run;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.log.WitnessPolicy;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A run that is honest until a test changes a part of it before {@link #proof}: contract, sandbox, statement, log. */
final class ProvenRun {
    static final String RESULT = "sha256:" + "ab".repeat(32);
    static final String CODE = "sha256:" + "0".repeat(64);
    static final String SANDBOX = "sha256:" + "5a".repeat(32);
    static final String EVIDENCE = "sha256:" + "ee".repeat(32);
    static final String ORIGIN = "husk.example/log";

    final PartySigner log = PartySigner.generate();
    final VerifierKey key = VerifierKey.of(ORIGIN, log.key().raw());
    final PartySigner bound = PartySigner.generate();
    final PartySigner witness = PartySigner.generate();
    final WitnessKey witnessKey =
            WitnessKey.of("witness.example/w1", witness.key().raw());
    final Contract contract;
    final byte[] contractKey = new byte[32];
    private final List<Leaf> leaves = new ArrayList<>();

    ProvenRun() {
        try {
            contract = Contract.parse(Json.parse(
                    """
                    {"husk":1,"name":"heart-risk","version":1,"witnesses":"none",
                     "parties":[{"name":"anna","key":"%s"}],
                     "datasets":[{"name":"anna-2025","owner":"anna","store":"s3://husk/anna-2025"}],
                     "platforms":[{"name":"sim","tee":"simulated","binding":"sandbox","products":"any","measurements":"any",
                       "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any",
                       "authorKeys":"any","providers":"none",
                       "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}],
                     "functions":[{"name":"train","owner":"anna","code":"%s","entry":"dev.husk.train.TrainAction","platform":"sim"}],
                     "results":[{"name":"risk-model","readers":{"parties":["anna"],"functions":[]},"store":"s3://husk/risk-model"},
                                {"name":"notes","readers":{"parties":["anna"],"functions":[]},"store":"s3://husk/notes"}],
                     "grants":[{"function":"train","reads":["anna-2025"],"writes":["risk-model","notes"],"parameters":{},
                       "callers":["anna"],"limits":{"runs":10,"perDay":5,"until":"2027-12-31T00:00:00Z"}}]}""".formatted(PartySigner.generate().key().text(), CODE).getBytes(StandardCharsets.UTF_8),
                    1 << 16));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    RunStatement statement() {
        return new RunStatement(
                List.of(new RunStatement.Artifact("risk-model", RESULT)),
                new RunStatement.ContractRef(contract.name(), contract.id()),
                "train",
                new RunStatement.Code(CODE, "dev.husk.train.TrainAction"),
                new RunStatement.Parameters(
                        List.of("epochs", "rows"),
                        Optional.of(RunStatement.commitment(Base64Url.encode(new byte[32]), new JsonObject()))),
                List.of(new RunStatement.Read("anna-2025", Optional.of("sha256:" + "cd".repeat(32)), true)),
                new RunStatement.RunBy(SANDBOX, EVIDENCE),
                "0123456789abcdef0123456789abcdef",
                Instant.parse("2026-11-28T10:00:00Z"),
                Instant.parse("2026-11-28T10:05:00Z"),
                true);
    }

    JsonObject bindingEvent() {
        var event = event("sandbox-bound");
        event.addProperty("code", CODE);
        event.addProperty("entry", "dev.husk.train.TrainAction");
        event.addProperty("key", bound.key().text());
        event.addProperty("evidence", EVIDENCE);
        event.addProperty("simulated", true);
        return event;
    }

    JsonObject runEvent(Envelope envelope) {
        var event = event("run");
        event.addProperty("function", "train");
        event.addProperty("activation", "0123456789abcdef0123456789abcdef");
        event.add("statement", envelope.statement());
        event.add("signatures", envelope.signatures());
        return event;
    }

    private JsonObject event(String name) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", contract.id());
        event.addProperty("sandbox", SANDBOX);
        event.addProperty("time", "2026-11-28T10:00:00Z");
        return event;
    }

    Envelope envelope(RunStatement statement) {
        return Envelope.sign(bound, statement.json());
    }

    ResultProof proof() {
        return proof(bindingEvent(), envelope(statement()));
    }

    /** Logs both events, the binding first, and proves them. */
    ResultProof proof(JsonObject binding, Envelope envelope) {
        return proof(binding, envelope, runEvent(envelope));
    }

    ResultProof proof(JsonObject binding, Envelope envelope, JsonObject run) {
        try {
            leaves.clear();
            var first = logged(contractKey, binding);
            var second = logged(contractKey, run);
            return new ResultProof(
                    envelope,
                    RunStatement.parse(envelope.statement()),
                    new LoggedEvent(receipt(1), second),
                    new LoggedEvent(receipt(0), first));
        } catch (MalformedRunException e) {
            throw new AssertionError(e);
        }
    }

    Opening logged(byte[] chain, JsonObject event) {
        var opening = new Opening(Base64Url.random(32), event);
        var previous = leaves.isEmpty()
                ? ""
                : Base64Url.encode(leaves.get(leaves.size() - 1).hash());
        leaves.add(new Leaf(Opening.tag(chain, contract.name()), leaves.size(), previous, opening.commit()));
        return opening;
    }

    Receipt receipt(int index) {
        var tiles = new HashMap<TileName, byte[]>();
        var edge = new RightEdge();
        leaves.forEach(leaf -> edge.append(leaf.hash(), tiles::put));
        var tree = TileTree.of(edge, tile -> Objects.requireNonNull(tiles.get(tile)));
        try {
            return new Receipt(
                    leaves.get(index),
                    index,
                    tree.inclusion(index, tree.size()),
                    Checkpoint.of(ORIGIN, tree.size(), tree.root())
                            .sign(ORIGIN, log)
                            .cosign(witnessKey.name(), witness, 1_767_225_600));
        } catch (dev.husk.protocol.log.MalformedLogException e) {
            throw new AssertionError(e);
        }
    }

    ResultProof.Known known() {
        return new ResultProof.Known(
                key, contract, Optional.of(Opening.tag(contractKey, contract.name())), WitnessPolicy.none());
    }

    ResultProof.Known demanding(WitnessKey witness) {
        return new ResultProof.Known(
                key,
                contract,
                Optional.empty(),
                WitnessPolicy.of(1, List.of(new WitnessPolicy.Witness("w1", witness, Optional.empty()))));
    }
}
