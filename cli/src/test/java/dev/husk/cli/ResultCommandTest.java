package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.RunStatement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk result}: the proof of a result is fetched once, and checked without anybody. */
class ResultCommandTest {
    private static final String CODE = "sha256:" + "0".repeat(64);
    private static final String SANDBOX = "sha256:" + "5a".repeat(32);

    @TempDir
    Path folder;

    private final PartySigner bound = PartySigner.generate();
    private Desk desk;
    private FakeGateway gateway;
    private Contract contract;
    private Path sealed;
    private Path proof;

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
        contract = desk.contract();
        gateway = new FakeGateway(contract);
        desk.set("HUSK_GATEWAY", gateway.url());
        desk.pinAndVerify();
        sealed = Files.writeString(folder.resolve("risk-model.sealed"), "sealed");
        proof = folder.resolve("proof.json");
        new AcceptedContracts(desk.settings()).keep(contract, "anna");
        bind();
        run("sealed before");
        gateway.log.appendForeign();
        run("sealed");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private void bind() {
        var event = event("sandbox-bound");
        event.addProperty("code", CODE);
        event.addProperty("entry", "dev.husk.train.TrainAction");
        event.addProperty("key", bound.key().text());
        event.addProperty("evidence", CODE);
        event.addProperty("simulated", true);
        gateway.log.append(event);
    }

    private void run(String content) {
        var now = Instant.parse("2024-11-25T10:01:00Z");
        var statement = new RunStatement(
                List.of(new RunStatement.Artifact("risk-model", Digests.sha256(content.getBytes()))),
                new RunStatement.ContractRef(contract.name(), contract.id()),
                "train",
                new RunStatement.Code(CODE, "dev.husk.train.TrainAction"),
                new RunStatement.Parameters(List.of(), Optional.empty()),
                List.of(new RunStatement.Read("anna-2025", Optional.of(CODE), true)),
                new RunStatement.RunBy(SANDBOX, CODE),
                "1",
                now,
                now,
                true);
        var envelope = Envelope.sign(bound, statement.json());
        var event = event("run");
        event.addProperty("activation", "1");
        event.add("statement", envelope.statement());
        event.add("signatures", envelope.signatures());
        gateway.log.append(event);
    }

    private JsonObject event(String name) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", contract.id());
        event.addProperty("sandbox", SANDBOX);
        event.addProperty("time", "2024-11-25T10:01:00Z");
        return event;
    }

    private Desk.Outcome fetchProof() {
        return desk.husk(
                "result", "proof", "risk-model", "--contract", "heart-risk", "--as", "anna", "-o", proof.toString());
    }

    private Desk.Outcome verify(String... more) {
        var all = new java.util.ArrayList<>(
                List.of("result", "verify", sealed.toString(), "--proof", proof.toString(), "--as", "anna"));
        all.addAll(List.of(more));
        return desk.husk(all.toArray(String[]::new));
    }

    @Test
    void theProofOfTheNewestRunIsCheckedWithoutAnybody() {
        fetchProof().succeeds("the run of train that wrote risk-model");
        gateway.close();
        verify().succeeds(
                        "ok      RESULT            the file is result risk-model",
                        "which is the chain that was verified here",
                        "it read anna-2025 (sha256:0000",
                        "proven: risk-model was written by train of contract heart-risk, finished 2024-11-25T10:01:00Z",
                        "SIMULATED hardware");
    }

    @Test
    void anotherFileIsNotProven() throws Exception {
        fetchProof().succeeds();
        Files.writeString(sealed, "sealed before");
        var outcome = verify();
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.out())
                .contains("FAILED  RESULT", "ok      SIGNATURE")
                .doesNotContain("proven:");
        assertThat(outcome.err()).contains("NOT proven");
        var json = JsonParser.parseString(verify("--json").out()).getAsJsonObject();
        assertThat(json.get("proven").getAsBoolean()).isFalse();
        assertThat(json.getAsJsonArray("checks")
                        .get(0)
                        .getAsJsonObject()
                        .get("code")
                        .getAsString())
                .isEqualTo("RESULT");
    }

    @Test
    void anotherContractThanTheAcceptedOneProvesNothing() throws Exception {
        fetchProof().succeeds();
        var next = contract.json();
        next.addProperty("version", 2);
        var file = Files.writeString(folder.resolve("next.json"), next.toString());
        var outcome = verify("--contract", file.toString());
        assertThat(outcome.exit()).isEqualTo(1);
        assertThat(outcome.out()).contains("FAILED  CONTRACT");
        verify().succeeds();
    }

    @Test
    void whatCannotBeUsedIsSaidInOneLine() throws Exception {
        verify().failsWith(2, "no file");
        Files.writeString(proof, "{\"husk\":\"result-proof/1\"}");
        verify().failsWith(2, "is no proof of a result: the proof: no object envelope");
        Files.delete(proof);
        fetchProof().succeeds();
        fetchProof().failsWith(2, "exists already");
        desk.husk("result", "verify", sealed.toString(), "--proof", proof.toString(), "--as", "berta")
                .failsWith(2, "berta accepted no contract heart-risk on this machine");
        desk.husk("result", "proof", "other", "--contract", "heart-risk", "--as", "anna", "-o", "x")
                .failsWith(2, "contract heart-risk names no result other");
        Files.delete(folder.resolve("gateway.pin.json"));
        verify().failsWith(1, "no gateway is pinned");
    }

    @Test
    void aProofThatNamesAPathAsItsContractIsRefused() throws Exception {
        fetchProof().succeeds();
        var text = Files.readString(proof);
        var envelope = JsonParser.parseString(text).getAsJsonObject().getAsJsonObject("envelope");
        var statement = Envelope.parse(envelope).statement();
        var evil = JsonParser.parseString(statement.toString().replace("heart-risk", "../../evil"))
                .getAsJsonObject();
        var json = JsonParser.parseString(text).getAsJsonObject();
        json.add("envelope", Envelope.sign(bound, evil).json());
        Files.writeString(proof, json.toString());
        verify().failsWith(2, "cannot be a contract's name");
    }

    @Test
    void noProofIsMadeOfALogThatDoesNotHoldTogether() {
        gateway.log.entries.remove(0);
        fetchProof().failsWith(1, "OPENING_WITHHELD");
        assertThat(proof).doesNotExist();
    }

    @Test
    void aTileOfHashesThatWasSwappedIsFound() {
        desk.husk("log", "verify", "heart-risk", "--as", "anna").succeeds();
        gateway.tileChange = bytes -> {
            bytes[0] ^= 1;
            return bytes;
        };
        fetchProof().failsWith(1, "the gateway's tiles do not make its checkpoint");
    }

    @Test
    void aResultThatNoRunWroteHasNoProof() {
        gateway.log.entries.clear();
        gateway.log.leaves.clear();
        fetchProof().failsWith(1, "does not hold together");
    }
}
