package dev.husk.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.run.ResultCheck.Code;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** The proof of an honest run, and each piece of it swapped for another. */
class ResultProofTest {
    private final ProvenRun run = new ProvenRun();

    private List<Code> failed(ResultProof proof) {
        return failed(proof, ProvenRun.RESULT, run.known());
    }

    private static List<Code> failed(ResultProof proof, String digest, ResultProof.Known known) {
        return proof.judge(digest, known).stream()
                .filter(check -> !check.holds())
                .map(ResultCheck::code)
                .toList();
    }

    private ResultProof stated(UnaryOperator<RunStatement> change) {
        return run.proof(run.bindingEvent(), run.envelope(change.apply(run.statement())));
    }

    private static RunStatement with(
            RunStatement of,
            RunStatement.ContractRef contract,
            RunStatement.Code code,
            List<RunStatement.Read> reads,
            RunStatement.RunBy by,
            boolean success) {
        return new RunStatement(
                of.results(),
                contract,
                of.function(),
                code,
                of.parameters(),
                reads,
                by,
                of.activation(),
                of.started(),
                of.finished(),
                success);
    }

    private static RunStatement of(RunStatement of, RunStatement.Code code) {
        return with(of, of.contract(), code, of.reads(), of.by(), true);
    }

    private static RunStatement of(RunStatement of, RunStatement.RunBy by) {
        return with(of, of.contract(), of.code(), of.reads(), by, true);
    }

    @Test
    void anHonestRunIsProvenInPlainWords() throws Exception {
        var proof = run.proof();
        var checks = proof.judge(ProvenRun.RESULT, run.known());
        assertThat(checks).allMatch(ResultCheck::holds);
        assertThat(checks)
                .extracting(ResultCheck::code)
                .containsExactly(
                        Code.RESULT,
                        Code.RUN_LOGGED,
                        Code.STATEMENT_LOGGED,
                        Code.BINDING_LOGGED,
                        Code.CHAIN,
                        Code.SIGNATURE,
                        Code.SANDBOX,
                        Code.CONTRACT,
                        Code.CODE,
                        Code.DATA,
                        Code.GRANT);
        assertThat(checks.get(0).words()).isEqualTo("the file is result risk-model, " + ProvenRun.RESULT);
        assertThat(proof.simulated()).isTrue();
        var again = ResultProof.parse(CanonicalJson.encode(proof.json()));
        assertThat(again.json()).isEqualTo(proof.json());
        assertThat(failed(again)).isEmpty();
    }

    @Test
    void aProofIsMadeFromTheEventsAlone() throws Exception {
        var proof = run.proof();
        assertThat(ResultProof.of(proof.run(), proof.binding()).json()).isEqualTo(proof.json());
    }

    @Test
    void anotherFileIsNotProven() {
        assertThat(failed(run.proof(), "sha256:" + "ac".repeat(32), run.known()))
                .containsExactly(Code.RESULT, Code.GRANT);
    }

    @Test
    void aStatementThatAnotherKeySignedIsNotProven() {
        var envelope = Envelope.sign(PartySigner.generate(), run.statement().json());
        assertThat(failed(run.proof(run.bindingEvent(), envelope))).containsExactly(Code.SIGNATURE);
    }

    @Test
    void aSignatureOfZerosIsNone() throws Exception {
        var signatures = run.envelope(run.statement()).signatures();
        signatures
                .get(0)
                .getAsJsonObject()
                .addProperty("sig", java.util.Base64.getEncoder().encodeToString(new byte[64]));
        var envelope = Envelope.of(run.statement().json(), signatures);
        assertThat(failed(run.proof(run.bindingEvent(), envelope))).containsExactly(Code.SIGNATURE);
    }

    @Test
    void aStatementThatWasNotTheOneLoggedIsNotProven() {
        var proof = run.proof();
        var other = run.envelope(of(run.statement(), new RunStatement.RunBy(ProvenRun.SANDBOX, ProvenRun.CODE)));
        assertThat(failed(new ResultProof(other, proof.statement(), proof.run(), proof.binding())))
                .contains(Code.STATEMENT_LOGGED);
    }

    @Test
    void anotherLogProvesNothing() {
        var other = new ResultProof.Known(
                VerifierKey.of(ProvenRun.ORIGIN, PartySigner.generate().key().raw()),
                run.contract,
                Optional.empty(),
                run.known().witnesses());
        assertThat(failed(run.proof(), ProvenRun.RESULT, other)).containsExactly(Code.RUN_LOGGED, Code.BINDING_LOGGED);
    }

    @Test
    void receiptsOfAnotherRunProveNothing() {
        var other = run.proof();
        var proof = run.proof();
        var swapped = new LoggedEvent(other.run().receipt(), proof.run().opening());
        assertThat(failed(new ResultProof(proof.envelope(), proof.statement(), swapped, proof.binding())))
                .containsExactly(Code.RUN_LOGGED);
        swapped = new LoggedEvent(other.binding().receipt(), proof.binding().opening());
        assertThat(failed(new ResultProof(proof.envelope(), proof.statement(), proof.run(), swapped)))
                .containsExactly(Code.BINDING_LOGGED);
    }

    @Test
    void eventsThatStandInEachOthersPlaceProveNothing() {
        var proof = run.proof();
        assertThat(failed(new ResultProof(proof.envelope(), proof.statement(), proof.binding(), proof.run())))
                .contains(Code.RUN_LOGGED, Code.BINDING_LOGGED, Code.CHAIN, Code.SIGNATURE, Code.CODE);
    }

    @Test
    void theBindingOfAnotherSandboxOrKeyProvesNothing() {
        for (var member : List.of("sandbox", "evidence")) {
            var binding = run.bindingEvent();
            binding.addProperty(member, "sha256:" + "11".repeat(32));
            assertThat(failed(run.proof(binding, run.envelope(run.statement()))))
                    .as(member)
                    .containsExactly(Code.SANDBOX);
        }
        var binding = run.bindingEvent();
        binding.addProperty("key", PartySigner.generate().key().text());
        assertThat(failed(run.proof(binding, run.envelope(run.statement())))).containsExactly(Code.SIGNATURE);
        binding.addProperty("key", "none");
        assertThat(failed(run.proof(binding, run.envelope(run.statement())))).containsExactly(Code.SIGNATURE);
        binding.remove("key");
        assertThat(failed(run.proof(binding, run.envelope(run.statement())))).containsExactly(Code.SIGNATURE);
    }

    @Test
    void aBindingToOtherCodeProvesNothing() {
        for (var member : List.of("code", "entry")) {
            var binding = run.bindingEvent();
            binding.addProperty(member, "sha256:" + "11".repeat(32));
            assertThat(failed(run.proof(binding, run.envelope(run.statement()))))
                    .as(member)
                    .containsExactly(Code.CODE);
        }
    }

    @Test
    void codeThatTheContractDoesNotNameIsNotProven() {
        var other = new RunStatement.Code("sha256:" + "11".repeat(32), "dev.husk.train.TrainAction");
        var binding = run.bindingEvent();
        binding.addProperty("code", other.digest());
        assertThat(failed(run.proof(binding, run.envelope(of(run.statement(), other)))))
                .containsExactly(Code.CODE);
    }

    @Test
    void anotherContractOrVersionIsNotProven() throws Exception {
        var json = run.contract.json();
        json.addProperty("version", 2);
        var known = new ResultProof.Known(
                run.key, Contract.parse(json), Optional.empty(), run.known().witnesses());
        assertThat(failed(run.proof(), ProvenRun.RESULT, known)).containsExactly(Code.CONTRACT);
        assertThat(failed(stated(of -> with(
                        of,
                        new RunStatement.ContractRef(of.contract().name(), "sha256:" + "22".repeat(32)),
                        of.code(),
                        of.reads(),
                        of.by(),
                        true))))
                .containsExactly(Code.CONTRACT);
    }

    @Test
    void theChainOfAnotherContractIsNotProven() {
        var known = new ResultProof.Known(
                run.key, run.contract, Optional.of("another tag"), run.known().witnesses());
        assertThat(failed(run.proof(), ProvenRun.RESULT, known)).containsExactly(Code.CHAIN);
    }

    @Test
    void dataThatTheContractDoesNotLetTheFunctionReadIsNotProven() {
        var foreign = new RunStatement.Read("berta-2025", Optional.empty(), false);
        assertThat(failed(stated(of -> with(of, of.contract(), of.code(), List.of(foreign), of.by(), true))))
                .containsExactly(Code.DATA);
    }

    @Test
    void aRunThatFailedProvesNoResult() {
        assertThat(failed(stated(of -> with(of, of.contract(), of.code(), of.reads(), of.by(), false))))
                .containsExactly(Code.GRANT);
    }

    @Test
    void witnessesThatAreDemandedMustHaveCosigned() {
        assertThat(failed(run.proof(), ProvenRun.RESULT, run.demanding(run.witnessKey)))
                .isEmpty();
        var other =
                WitnessKey.of("witness.example/w1", PartySigner.generate().key().raw());
        assertThat(failed(run.proof(), ProvenRun.RESULT, run.demanding(other))).containsExactly(Code.WITNESSES);
    }

    @Test
    void everyCharacterOfStatementAndEventsCounts() {
        var text = new String(CanonicalJson.encode(run.proof().json()), StandardCharsets.UTF_8);
        for (int i = 0; i < text.length(); i++) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            bytes[i] ^= 1;
            try {
                var changed = ResultProof.parse(bytes);
                // Of the receipts only unknown signatures, and of the envelope the key's name, prove nothing.
                if (failed(changed).isEmpty()) {
                    assertThat(changed.statement()).as("character " + i).isEqualTo(run.statement());
                    assertThat(changed.run().opening().event()).isEqualTo(run.runEvent(changed.envelope()));
                    assertThat(changed.binding().opening().event()).isEqualTo(run.bindingEvent());
                }
            } catch (MalformedRunException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void whatIsNoProofIsRefusedWithTheReason() throws Exception {
        var json = run.proof().json();
        for (var member : List.of("husk", "envelope", "run", "binding")) {
            var without = json.deepCopy();
            without.remove(member);
            assertThatThrownBy(() -> ResultProof.parse(CanonicalJson.encode(without)))
                    .isInstanceOf(MalformedRunException.class)
                    .hasMessageContaining(member);
        }
        var more = json.deepCopy();
        more.add("more", new JsonObject());
        assertThatThrownBy(() -> ResultProof.parse(CanonicalJson.encode(more)))
                .hasMessage("the proof: a member that is not known");
        json.getAsJsonObject("envelope").add("signatures", new JsonArray());
        assertThatThrownBy(() -> ResultProof.parse(CanonicalJson.encode(json))).hasMessageContaining("no signature");
        assertThatThrownBy(() -> ResultProof.parse("[]".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("the proof: not a JSON object");
    }
}
