package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.SealedRequest;
import java.util.Map;
import java.util.Random;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Invocation keys and sealed requests, on a real Open Liberty over a real PostgreSQL. */
@ArquillianTest
@RunAsClient
class SealedRequestIT {

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("sealed.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    private static JsonObject epochs(int epochs) {
        var parameters = new JsonObject();
        parameters.addProperty("epochs", epochs);
        return parameters;
    }

    private static TestSandbox sandbox() throws Exception {
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        return sandbox;
    }

    private static String invocation(SealedRequest request) {
        return SealedRequest.PREFIX + request.envelope();
    }

    private static JsonObject lastEvent(TestContract contract) throws Exception {
        var events = contract.events();
        return events.get(events.size() - 1).getAsJsonObject("event");
    }

    @Test
    void aFunctionsKeyIsMadeOnceAndEveryPartyGetsItWithItsReceipt() throws Exception {
        var heart = TestContract.named("sealed-key").active();
        var first = heart.invocationKey("hospital-a", "train");
        var second = heart.invocationKey("algo-lab", "train");
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(second.json().get("key")).isEqualTo(first.json().get("key"));
        assertThat(second.json().get("event")).isEqualTo(first.json().get("event"));
        assertThat(heart.eventNames()).containsOnlyOnce("invocation-key");

        var receipt = Receipt.parse(second.json().getAsJsonObject("receipt"));
        var opening = new Opening(
                second.json().get("salt").getAsString(), second.json().getAsJsonObject("event"));
        assertThat(receipt.provenBy(logKey())).isTrue();
        assertThat(opening.opens(receipt.leaf())).isTrue();
        assertThat(opening.event().get("key")).isEqualTo(first.json().get("key"));
        assertThat(opening.event().get("function").getAsString()).isEqualTo("train");
        assertThat(opening.event().get("name").getAsString()).isEqualTo("sealed-key");
    }

    @Test
    void nobodyButAPartyGetsAKeyAndNoneIsMadeForWhatIsNotThere() throws Exception {
        var heart = TestContract.named("sealed-parties").active();
        assertThat(heart.invocationKey("eve", "train").status()).isEqualTo(404);
        assertThat(heart.invocationKey("hospital-a", "unknown").status()).isEqualTo(404);
        assertThat(Http.get("v1/contracts/sealed-parties/functions/train/key", Map.of())
                        .status())
                .isEqualTo(401);
        assertThat(heart.eventNames()).doesNotContain("invocation-key");

        var proposed = TestContract.named("sealed-proposed");
        proposed.propose();
        assertThat(proposed.invocationKey("hospital-a", "train").status()).isEqualTo(409);
        assertThat(proposed.eventNames()).containsExactly("proposed");
    }

    @Test
    void aSealedRequestIsReleasedWithTheKeyOfItsAnswerAndTheLogTellsNoValue() throws Exception {
        var heart = TestContract.named("sealed").active();
        var sandbox = sandbox();
        try (var request = heart.sealed("sealed", "train", heart.invocation("algo-lab", epochs(17)))) {
            var answer = sandbox.release("sealed", "train", invocation(request));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            try (var release = sandbox.open(answer)) {
                assertThat(release.answerKey().map(AnswerKey::copy))
                        .contains(request.answerKey().copy());
                assertThat(release.parameters()).isEqualTo(epochs(17));
                assertThat(release.caller()).contains("algo-lab");
            }
        }
        var event = lastEvent(heart);
        assertThat(event.get("event").getAsString()).isEqualTo("released");
        assertThat(event.get("sealed").getAsBoolean()).isTrue();
        assertThat(event.get("parameters").toString()).isEqualTo("[\"epochs\"]");
    }

    @Test
    void aRequestInTheClearIsReleasedWithoutAKeyForItsAnswer() throws Exception {
        var heart = TestContract.named("sealed-plain").active();
        var sandbox = sandbox();
        try (var release =
                sandbox.open(sandbox.release("sealed-plain", "train", heart.invocation("algo-lab", epochs(17))))) {
            assertThat(release.answerKey()).isEmpty();
        }
        assertThat(lastEvent(heart).has("sealed")).isFalse();
    }

    @Test
    void anEnvelopeForAnotherFunctionOrContractIsRefusedAndTheRefusalLogged() throws Exception {
        var heart = TestContract.named("sealed-other").active();
        var sandbox = sandbox();
        var statement = heart.invocation("algo-lab", epochs(7));
        refused(heart, sandbox, invocation(heart.sealed("sealed-other", "infer", statement)));
        refused(heart, sandbox, invocation(heart.sealed("sealed", "train", statement)));
        // Nothing of it was used up by that.
        assertThat(sandbox.release(
                                "sealed-other", "train", invocation(heart.sealed("sealed-other", "train", statement)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aChangedEnvelopeAndWhatIsNoneAreRefused() throws Exception {
        var heart = TestContract.named("sealed-changed").active();
        var sandbox = sandbox();
        refused(heart, sandbox, SealedRequest.PREFIX + "AAAA"); // before there is a key
        var request = heart.sealed("sealed-changed", "train", heart.invocation("algo-lab", epochs(7)));
        byte[] envelope = Base64Url.decode(request.envelope());
        var random = new Random(20261125);
        for (int i = 0; i < 20; i++) {
            byte[] changed = envelope.clone();
            changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
            refused(heart, sandbox, SealedRequest.PREFIX + Base64Url.encode(changed));
        }
        for (var nonsense : new String[] {"", "=", "a.b.c", "sealed:", "é", "A".repeat(100_000)}) {
            refused(heart, sandbox, SealedRequest.PREFIX + nonsense);
        }
    }

    private static void refused(TestContract contract, TestSandbox sandbox, String invocation) throws Exception {
        var answer = sandbox.release(contract.contract.name(), "train", invocation);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("SEALED_UNREADABLE").doesNotContain("CALLER_UNKNOWN");
        assertThat(lastEvent(contract).toString()).contains("\"refused\"").contains("SEALED_UNREADABLE");
    }

    @Test
    void anEnvelopeIsAnsweredOnce() throws Exception {
        var heart = TestContract.named("sealed-replay").active();
        var sandbox = sandbox();
        var statement = heart.invocation("algo-lab", epochs(7));
        var invocation = invocation(heart.sealed("sealed-replay", "train", statement));
        assertThat(sandbox.release("sealed-replay", "train", invocation).status())
                .isEqualTo(200);
        assertThat(sandbox.release("sealed-replay", "train", invocation).body()).contains("REPLAYED");
        // Nor does another envelope make the statement new.
        var again = invocation(heart.sealed("sealed-replay", "train", statement));
        assertThat(sandbox.release("sealed-replay", "train", again).body()).contains("REPLAYED");
    }

    @Test
    void aCallerWithAHardwareTokenInvokesAndTheOtherSignatureOfTheSameStatementIsAReplay() throws Exception {
        var token = new HardwareToken();
        var heart = TestContract.named(
                "sealed-es256",
                text -> text.replaceFirst(
                        "(\"name\": \"algo-lab\",\\s*\"key\": \")ed25519:[^\"]*", "$1" + token.key()));
        assertThat(heart.propose(token.sign(heart.payload("propose", "algo-lab")))
                        .status())
                .isEqualTo(201);
        heart.state("accept", "hospital-a");
        heart.state("accept", "hospital-b");
        assertThat(heart.say("algo-lab", token.sign(heart.payload("accept", "algo-lab")))
                        .json()
                        .get("state")
                        .getAsString())
                .isEqualTo("active");
        assertThat(heart.deposit("hospital-a", "anna-2025").status()).isEqualTo(201);
        assertThat(heart.deposit("hospital-b", "berta-2025").status()).isEqualTo(201);
        var sandbox = sandbox();
        for (int epochs : new int[] {7, 8}) {
            boolean sealed = epochs == 7;
            var statement = token.sign(heart.invocationPayload("algo-lab", epochs(epochs)));
            var mirrored = token.mirrored(statement);
            try (var release = sandbox.open(sandbox.release(
                    "sealed-es256",
                    "train",
                    sealed ? invocation(heart.sealed("sealed-es256", "train", statement)) : statement))) {
                assertThat(release.caller()).contains("algo-lab");
            }
            // Sealed or in the clear, it was said before.
            assertThat(sandbox.release("sealed-es256", "train", mirrored).body())
                    .contains("REPLAYED");
            assertThat(sandbox.release(
                                    "sealed-es256",
                                    "train",
                                    invocation(heart.sealed("sealed-es256", "train", mirrored)))
                            .body())
                    .contains("REPLAYED");
        }
    }

    @Test
    void anEnvelopeDoesNotReplaceTheCallersSignature() throws Exception {
        var heart = TestContract.named("sealed-unsigned").active();
        var sandbox = sandbox();
        for (var statement : new String[] {"", "{}", "a.b.c", heart.invocation("algo-lab", epochs(7)) + "x"}) {
            var answer = sandbox.release(
                    "sealed-unsigned", "train", invocation(heart.sealed("sealed-unsigned", "train", statement)));
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.body()).contains("CALLER_UNKNOWN");
        }
        var denied = sandbox.release(
                "sealed-unsigned",
                "train",
                invocation(heart.sealed("sealed-unsigned", "train", heart.invocation("hospital-a", epochs(7)))));
        assertThat(denied.body()).contains("CALLER_DENIED");
    }

    @Test
    void aRefusalOfASealedRequestSaysNothingThatOnlyTheEnvelopeSaid() throws Exception {
        var heart = TestContract.named("sealed-names").active();
        var sandbox = sandbox();
        var parameters = epochs(1_000_000);
        parameters.addProperty("anna-has-measles", true);
        parameters.addProperty("so-has-berta", true);
        var answer = sandbox.release(
                "sealed-names",
                "train",
                invocation(heart.sealed("sealed-names", "train", heart.invocation("algo-lab", parameters))));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body())
                .containsOnlyOnce("PARAMETER_UNKNOWN")
                .contains("PARAMETER_OUT_OF_BOUNDS")
                .doesNotContain("measles")
                .doesNotContain("berta")
                .doesNotContain("1000000");
        assertThat(lastEvent(heart).toString()).doesNotContain("measles");
    }

    private static VerifierKey logKey() throws Exception {
        return VerifierKey.parse(Http.post(
                        "v1/gateway/evidence",
                        "application/json",
                        "{\"nonce\":\"" + Base64Url.random(32) + "\"}",
                        Map.of())
                .json()
                .getAsJsonObject("keys")
                .get("log")
                .getAsString());
    }
}
