package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.SealedAnswer;
import dev.husk.protocol.seal.SealedRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk invoke}: what OpenWhisk sees of a call, and every way in which it or the gateway may cheat. */
class SealedInvokeTest {
    @TempDir
    Path folder;

    private Desk desk;
    private FakeWhisk whisk;
    private FakeGateway gateway;
    private String asked = "";

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
        gateway = new FakeGateway(desk.contract());
        whisk = new FakeWhisk();
        desk.set("HUSK_GATEWAY", gateway.url());
        desk.set("HUSK_WHISK_URL", whisk.url());
        desk.set("HUSK_WHISK_AUTH", "uuid:key");
        whisk.actions.put("train", new JsonObject());
        whisk.function = parameters -> sealed(parameters, "{\"accuracy\":0.97}");
        desk.pinAndVerify();
    }

    @AfterEach
    void stop() {
        whisk.close();
        gateway.close();
    }

    private Desk.Outcome invoke(String... more) {
        var arguments = new ArrayList<>(List.of("invoke", "train", "--contract", "heart-risk", "--as", "anna"));
        arguments.addAll(List.of(more));
        return desk.husk(arguments.toArray(String[]::new));
    }

    /** What a runtime makes of a sealed request. */
    private JsonElement sealed(JsonElement parameters, String answer) {
        return sealed(parameters, "train", answer);
    }

    private JsonElement sealed(JsonElement parameters, String function, String answer) {
        var envelope = parameters.getAsJsonObject().get("sealed").getAsString();
        try (var opened = SealedRequest.open(gateway.invocations, "heart-risk", "train", envelope)) {
            asked = new String(opened.plaintext(), StandardCharsets.US_ASCII);
            return envelope(opened.answerKey(), function, answer);
        } catch (EnvelopeException e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject envelope(AnswerKey key, String function, String answer) {
        var sealed = new JsonObject();
        sealed.addProperty(
                "sealed", SealedAnswer.seal(key, "heart-risk", function, answer.getBytes(StandardCharsets.UTF_8)));
        return sealed;
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    @Test
    void openWhiskSeesAnEnvelopeOfTheRequestAndOneOfTheAnswer() throws Exception {
        var outcome =
                invoke("-p", "epochs=60", "-p", "note=first try", "--show").succeeds("\"accuracy\": 0.97");

        assertThat(whisk.invoked.keySet()).containsExactly("sealed");
        assertThat(outcome.err())
                .contains("OpenWhisk took       {\"sealed\":\"")
                .contains("OpenWhisk gave back  {\"sealed\":\"")
                .doesNotContain("0.97")
                .doesNotContain("first try");
        var statement = SignedStatement.verify(asked, desk.anna.key());
        assertThat(statement.get("function").getAsString()).isEqualTo("train");
        assertThat(statement.getAsJsonObject("parameters")).isEqualTo(json("{\"epochs\":60,\"note\":\"first try\"}"));
    }

    @Test
    void withoutAPinNothingIsSent() throws Exception {
        Files.delete(folder.resolve("gateway.pin.json"));
        invoke().failsWith(1, "no gateway is pinned", "husk gateway pin");
        nothingWasSent();
    }

    @Test
    void aGatewayThatFailsItsVerificationGetsNoRequest() {
        gateway.nonce = asked -> "A".repeat(43);
        invoke().failsWith(1, "the gateway failed its verification");
        nothingWasSent();
    }

    @Test
    void aKeyThatTheLogDoesNotHoldIsNotUsed() {
        gateway.keyAnswer = answer -> {
            var receipt = answer.getAsJsonObject("receipt");
            var proof = receipt.get("tlogProof").getAsString();
            receipt.addProperty("tlogProof", proof.replaceFirst("\nindex [0-9]+\n", "\nindex 1\n"));
            return answer;
        };
        notProven("the verified gateway's log does not hold its leaf");
    }

    @Test
    void aKeyThatTheContractsWitnessesHaveNotCosignedIsNotUsed() throws Exception {
        try (var witness = PartySigner.generate()) {
            var json = desk.contract().json();
            var key = WitnessKey.of("w1.example", witness.key().raw());
            var clause = "{\"quorum\":1,\"keys\":[\"" + key + "\"]}";
            json.add("witnesses", Json.parse(clause.getBytes(StandardCharsets.UTF_8), 1 << 10));
            gateway.close();
            gateway = new FakeGateway(Contract.parse(json));
            desk.set("HUSK_GATEWAY", gateway.url());
            desk.pinAndVerify();
            notProven("the contract's witnesses have not cosigned the log with it");
            gateway.keyAnswer = answer -> {
                try {
                    var receipt = Receipt.parse(answer.getAsJsonObject("receipt"));
                    var cosigned = receipt.checkpoint().cosign("w1.example", witness, 1);
                    answer.add(
                            "receipt", new Receipt(receipt.leaf(), receipt.index(), receipt.proof(), cosigned).json());
                    return answer;
                } catch (MalformedLogException e) {
                    throw new AssertionError(e);
                }
            };
            invoke().succeeds("0.97");
        }
    }

    @Test
    void anotherKeyThanTheLoggedOneIsNotUsed() {
        gateway.keyAnswer = answer -> {
            try (var other = HpkeKeyPair.generate()) {
                answer.addProperty("key", Base64Url.encode(other.publicKey()));
            }
            return answer;
        };
        notProven("the logged event is for another key");
    }

    @Test
    void anEventThatTheLeafDoesNotCommitToIsNotUsed() {
        gateway.keyAnswer = answer -> {
            answer.addProperty("salt", Base64Url.encode(new byte[32]));
            return answer;
        };
        notProven("the leaf is another event's");
    }

    @Test
    void theReceiptOfAnotherEventIsNotUsed() {
        gateway.keyAnswer = answer -> gateway.invocationKey(0);
        notProven("the logged event is for another event");
    }

    @Test
    void theKeyOfAnotherFunctionOrContractIsNotUsed() {
        gateway.keyEvent = event -> with(event, "function", "infer");
        notProven("the logged event is for another function");
        gateway.keyEvent = event -> with(event, "name", "lung-risk");
        notProven("the logged event is for another name");
    }

    @Test
    void aKeyInAChainThatTheOtherPartiesDoNotReadIsNotUsed() {
        gateway.claimedLogKey = java.util.Optional.of(new byte[32]);
        notProven("the leaf is another contract's");
    }

    @Test
    void anAnswerThatIsNoReceiptIsNotUsed() {
        for (var member : List.of("receipt", "salt", "event", "key")) {
            gateway.keyAnswer = answer -> with(answer, member, "?");
            invoke().failsWith(1, "is not proven");
        }
        gateway.keyAnswer = answer -> new JsonObject();
        notProven("its receipt cannot be read");
    }

    private static JsonObject with(JsonObject object, String member, String value) {
        object.addProperty(member, value);
        return object;
    }

    private void notProven(String why) {
        invoke().failsWith(1, "the function's key is not proven, nothing was sent: " + why);
        nothingWasSent();
    }

    private void nothingWasSent() {
        assertThat(whisk.seen).isEmpty();
    }

    @Test
    void aKeyThatNobodyCanSealToIsSaid() {
        gateway.keyEvent = event -> with(event, "key", Base64Url.encode(new byte[32]));
        gateway.keyAnswer = answer -> with(answer, "key", Base64Url.encode(new byte[32]));
        invoke().failsWith(1, "cannot be sealed");
    }

    @Test
    void aFunctionThatTheContractDoesNotHaveIsNamed() {
        desk.husk("invoke", "other", "--contract", "heart-risk", "--as", "anna")
                .failsWith(2, "heart-risk has no function other");
    }

    @Test
    void anAnswerThatWasChangedDoesNotCount() {
        whisk.function = parameters -> {
            var sealed = sealed(parameters, "{\"accuracy\":0.97}").getAsJsonObject();
            byte[] bytes = Base64Url.decode(sealed.get("sealed").getAsString());
            bytes[20] ^= 1;
            return with(sealed, "sealed", Base64Url.encode(bytes));
        };
        invoke().failsWith(1, "the answer does not open");
    }

    @Test
    void anAnswerUnderAnotherKeyOrForAnotherFunctionDoesNotCount() {
        whisk.function = parameters -> envelope(AnswerKey.of(new byte[32]), "train", "{}");
        invoke().failsWith(1, "the answer does not open");
        whisk.function = parameters -> sealed(parameters, "infer", "{}");
        invoke().failsWith(1, "the answer does not open");
        whisk.function = parameters -> json("{\"sealed\":\"!\"}");
        invoke().failsWith(1, "the answer does not open");
    }

    @Test
    void theAnswerToAnEarlierRequestDoesNotCount() {
        invoke().succeeds();
        var first = sealed(whisk.invoked, "{\"accuracy\":0.5}");
        whisk.function = parameters -> first;
        invoke().failsWith(1, "the answer does not open");
    }

    @Test
    void anAnswerInTheClearIsNotTheFunctions() {
        whisk.function = parameters -> json("{\"accuracy\":1}");
        invoke().failsWith(1, "the answer came in the clear");
        whisk.function = parameters -> json("{}");
        invoke().failsWith(1, "the answer came in the clear");
        whisk.function = parameters -> json("{\"sealed\":5}");
        invoke().failsWith(1, "the answer came in the clear");
    }

    @Test
    void aRefusalInTheClearIsShown() {
        whisk.success = false;
        whisk.function = parameters -> json("{\"error\":\"refused: RUNS_SPENT: 10 of 10\"}");
        invoke().failsWith(1, "RUNS_SPENT: 10 of 10");
        whisk.function = parameters -> json("{}");
        invoke().failsWith(1, "failed without saying why");
    }

    @Test
    void anErrorOfTheFunctionComesOutOfItsEnvelope() {
        whisk.function = parameters -> sealed(parameters, "{\"error\":\"did not converge\"}");
        invoke().failsWith(1, "did not converge");
        whisk.success = false;
        whisk.function = parameters -> {
            var failed = new JsonObject();
            failed.add("error", sealed(parameters, "{\"error\":\"out of memory\"}"));
            return failed;
        };
        invoke().failsWith(1, "out of memory");
    }

    @Test
    void anAnswerMayBeAnArray() {
        whisk.function = parameters -> sealed(parameters, "[1,2]");
        invoke("--json").succeeds("[1,2]");
    }

    @Test
    void theAnswerToACallThatWasNotWaitedForIsOpenedLaterAndOnce() throws Exception {
        invoke("--no-wait").succeeds("started activation " + FakeWhisk.ID, "husk answer " + FakeWhisk.ID);
        whisk.looks = 1;
        desk.husk("answer", FakeWhisk.ID).failsWith(3, "has not ended yet");
        desk.husk("answer", FakeWhisk.ID, "--json").succeeds("{\"accuracy\":0.97}");
        desk.husk("answer", FakeWhisk.ID).failsWith(2, "holds no key");
        desk.husk("answer", "../x").failsWith(2, "32 hex digits");
        try (var kept = Files.list(folder.resolve("answers"))) {
            assertThat(kept).isEmpty();
        }
    }

    @Test
    void aCallThatTakesTooLongCanBeReadLater() {
        whisk.blocks = false;
        whisk.looks = 1;
        invoke("--wait", "0").failsWith(3, "has not ended after 0 s", "husk answer " + FakeWhisk.ID);
        whisk.looks = 0;
        desk.husk("answer", FakeWhisk.ID).succeeds("\"accuracy\": 0.97");
    }
}
