package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.run.RunStatement;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
import dev.husk.protocol.seal.SealedResultKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Keys on their way in and out: deposits that are not what they say, and who gets the key of a result. */
@ArquillianTest
@RunAsClient
class DepositIT {
    private static final String RESULT = "sha256:" + "b".repeat(64);

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("deposits.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    private static byte[] gatewayKey() throws Exception {
        return Base64Url.decode(Http.post(
                        "v1/gateway/evidence",
                        "application/json",
                        "{\"nonce\":\"" + Base64Url.random(32) + "\"}",
                        Map.of())
                .json()
                .getAsJsonObject("keys")
                .get("hpke")
                .getAsString());
    }

    /** A statement by hospital-a about anna-2025, with a key that is sealed for {@code bound}. */
    private static JsonObject statement(TestContract heart, byte[] to, byte[] key, Consumer<JsonObject> change)
            throws Exception {
        var bound = new JsonObject();
        bound.addProperty("contract", heart.contract.id());
        bound.addProperty("dataset", "anna-2025");
        bound.addProperty("party", "hospital-a");
        change.accept(bound);
        var sealed =
                Hpke.seal(to, "husk deposit v1".getBytes(StandardCharsets.US_ASCII), CanonicalJson.encode(bound), key);
        var envelope = new JsonObject();
        envelope.addProperty("enc", Base64Url.encode(sealed.enc()));
        envelope.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        var object = new JsonObject();
        object.addProperty("sha256", "sha256:" + "a".repeat(64));
        object.addProperty("size", 1000);
        var payload = heart.payload("deposit", "hospital-a");
        payload.addProperty("dataset", "anna-2025");
        payload.add("key", envelope);
        payload.add("object", object);
        return payload;
    }

    private static JsonObject honest(TestContract heart) throws Exception {
        return statement(heart, gatewayKey(), new byte[32], bound -> {});
    }

    private static PartySigner signer(TestContract heart, String party) {
        return Objects.requireNonNull(heart.signers.get(party));
    }

    private static Http.Answer send(TestContract heart, String party, String jws) throws Exception {
        return Http.post(
                "v1/contracts/" + heart.contract.name() + "/keys", "text/plain", jws, TestContract.bearer(party));
    }

    private static Http.Answer send(TestContract heart, JsonObject statement) throws Exception {
        return send(heart, "hospital-a", SignedStatement.sign(signer(heart, "hospital-a"), statement));
    }

    private static void refused(Http.Answer answer, int status, String code) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(code);
    }

    @Test
    void aDepositCountsOnceAndItsReplayDoesNotBringAnOldKeyBack() throws Exception {
        var heart = TestContract.named("deposit-replayed").active();
        var first = SignedStatement.sign(signer(heart, "hospital-a"), honest(heart));
        assertThat(send(heart, "hospital-a", first).status()).isEqualTo(201);
        refused(send(heart, "hospital-a", first), 409, "CONFLICT");
        assertThat(send(heart, honest(heart)).status()).isEqualTo(201);
        refused(send(heart, "hospital-a", first), 409, "CONFLICT");
    }

    @Test
    void aPartyWithAHardwareTokenDepositsAndTheOtherSignatureOfTheSameStatementIsAReplay() throws Exception {
        var token = new HardwareToken();
        var heart = TestContract.named(
                "deposit-es256",
                text -> text.replaceFirst(
                        "(\"name\": \"hospital-a\",\\s*\"key\": \")ed25519:[^\"]*", "$1" + token.key()));
        assertThat(heart.propose().status()).isEqualTo(201);
        heart.say("hospital-a", token.sign(heart.payload("accept", "hospital-a")));
        heart.state("accept", "hospital-b");
        assertThat(heart.state("accept", "algo-lab").json().get("state").getAsString())
                .isEqualTo("active");
        var deposit = honest(heart);
        refused(send(heart, deposit), 403, "SIGNATURE_INVALID");
        var first = token.sign(deposit);
        assertThat(send(heart, "hospital-a", first).status()).isEqualTo(201);
        refused(send(heart, "hospital-a", token.mirrored(first)), 409, "CONFLICT");
        assertThat(send(heart, "hospital-a", token.sign(honest(heart))).status())
                .isEqualTo(201);
        refused(send(heart, "hospital-a", token.mirrored(first)), 409, "CONFLICT");
    }

    @Test
    void aKeyThatWasSealedForAnotherContractDatasetOrPartyDoesNotCount() throws Exception {
        var heart = TestContract.named("deposit-bound").active();
        for (var member : Map.of("contract", "sha256:" + "0".repeat(64), "dataset", "berta-2025", "party", "hospital-b")
                .entrySet()) {
            refused(
                    send(
                            heart,
                            statement(
                                    heart,
                                    gatewayKey(),
                                    new byte[32],
                                    bound -> bound.addProperty(member.getKey(), member.getValue()))),
                    400,
                    "KEY_UNREADABLE");
        }
    }

    @Test
    void aKeyForAnotherGatewayOrOfAnotherLengthDoesNotCount() throws Exception {
        var heart = TestContract.named("deposit-foreign").active();
        try (var other = HpkeKeyPair.generate()) {
            refused(send(heart, statement(heart, other.publicKey(), new byte[32], bound -> {})), 400, "KEY_UNREADABLE");
        }
        refused(send(heart, statement(heart, gatewayKey(), new byte[31], bound -> {})), 400, "32 bytes");
    }

    @Test
    void aStatementOfAnotherContractIsRefused() throws Exception {
        var heart = TestContract.named("deposit-here").active();
        var other = TestContract.named("deposit-there").active();
        refused(
                send(heart, SignedStatement.sign(signer(other, "hospital-a"), honest(other))),
                403,
                "SIGNATURE_INVALID");
        var elsewhere = honest(heart);
        elsewhere.addProperty("name", "deposit-there");
        refused(send(heart, elsewhere), 403, "STATEMENT_MISMATCH");
        var id = honest(heart);
        id.addProperty("contract", other.contract.id());
        refused(send(heart, id), 403, "STATEMENT_MISMATCH");
    }

    private static Http.Answer send(TestContract heart, String jws) throws Exception {
        return send(heart, "hospital-a", jws);
    }

    @Test
    void whoIsNotTheOwnerOrDidNotSignIsRefused() throws Exception {
        var heart = TestContract.named("deposit-owner").active();
        refused(
                send(heart, SignedStatement.sign(signer(heart, "hospital-b"), honest(heart))),
                403,
                "SIGNATURE_INVALID");
        refused(
                send(heart, "hospital-b", SignedStatement.sign(signer(heart, "hospital-a"), honest(heart))),
                403,
                "SIGNATURE_INVALID");
        var foreign = honest(heart);
        foreign.addProperty("party", "hospital-b");
        refused(
                send(heart, "hospital-b", SignedStatement.sign(signer(heart, "hospital-b"), foreign)),
                403,
                "NOT_THE_OWNER");
    }

    @Test
    void anOldStatementIsRefused() throws Exception {
        var heart = TestContract.named("deposit-stale").active();
        var stale = honest(heart);
        stale.addProperty("time", Instant.now().minus(Duration.ofMinutes(11)).toString());
        refused(send(heart, stale), 403, "STATEMENT_STALE");
    }

    @Test
    void nothingIsTakenBeforeAllHaveAcceptedNorWhileOneHasSuspended() throws Exception {
        var heart = TestContract.named("deposit-early");
        heart.propose();
        refused(send(heart, honest(heart)), 409, "CONFLICT");
        var stopped = TestContract.named("deposit-stopped").active();
        stopped.state("suspend", "hospital-b");
        refused(send(stopped, honest(stopped)), 409, "CONFLICT");
    }

    private static TestContract readableByTheLab(String name) throws Exception {
        return TestContract.named(name, text -> text.replace("\"parties\": []", "\"parties\": [\"algo-lab\"]"))
                .active();
    }

    /** A run that wrote the result, as far as the gateway can tell. */
    private static void written(TestContract heart) throws Exception {
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var caller = heart.invocation("algo-lab", new JsonObject());
        assertThat(sandbox.release(heart.contract.name(), "train", caller).status())
                .isEqualTo(200);
        var stated = sandbox.stated(heart, new RunStatement.Artifact("risk-model", RESULT));
        assertThat(sandbox.run(stated).status()).isEqualTo(200);
    }

    private static JsonObject reading(TestContract heart, String party) {
        try (var pair = HpkeKeyPair.generate()) {
            return heart.readingPayload(party, pair.publicKey());
        }
    }

    private static Http.Answer read(TestContract heart, JsonObject statement) throws Exception {
        return heart.read("algo-lab", SignedStatement.sign(signer(heart, "algo-lab"), statement));
    }

    private static JsonObject last(TestContract heart) throws Exception {
        var events = heart.events();
        return events.get(events.size() - 1).getAsJsonObject("event");
    }

    private static void refusedInTheLog(TestContract heart, Http.Answer answer, String party, String... codes)
            throws Exception {
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains("READ_REFUSED").doesNotContain("ciphertext");
        var event = last(heart);
        assertThat(event.get("event").getAsString()).isEqualTo("refused");
        assertThat(event.get("what").getAsString()).isEqualTo("result");
        assertThat(event.get("result").getAsString()).isEqualTo("risk-model");
        assertThat(event.get("party").getAsString()).isEqualTo(party);
        assertThat(event.getAsJsonArray("reasons"))
                .extracting(reason -> reason.getAsJsonObject().get("code").getAsString())
                .containsExactly(codes);
    }

    @Test
    void aReaderGetsTheKeyOfAWrittenResultOnceForEachStatementAndTheLogSaysSo() throws Exception {
        var heart = readableByTheLab("read-allowed");
        refusedInTheLog(heart, read(heart, reading(heart, "algo-lab")), "algo-lab", "RESULT_MISSING");
        written(heart);
        try (var pair = HpkeKeyPair.generate()) {
            var jws =
                    SignedStatement.sign(signer(heart, "algo-lab"), heart.readingPayload("algo-lab", pair.publicKey()));
            var answer = heart.read("algo-lab", jws);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);

            var event = answer.json().getAsJsonObject("event");
            assertThat(event).isEqualTo(last(heart));
            assertThat(event.get("event").getAsString()).isEqualTo("result-read");
            assertThat(event.get("contract").getAsString()).isEqualTo(heart.contract.id());
            assertThat(event.get("party").getAsString()).isEqualTo("algo-lab");
            assertThat(event.get("result").getAsString()).isEqualTo("risk-model");
            assertThat(event.get("signed").getAsString()).isEqualTo(jws);
            var object = event.getAsJsonObject("object");
            assertThat(object.get("identity").getAsString()).isEqualTo("read-allowed/risk-model");
            assertThat(object.get("store").getAsString()).isEqualTo("s3://husk/risk-model");
            assertThat(object.get("sha256").getAsString()).isEqualTo(RESULT);
            var receipt = Receipt.parse(answer.json().getAsJsonObject("receipt"));
            var opening = new Opening(answer.json().get("salt").getAsString(), event);
            assertThat(opening.opens(receipt.leaf())).isTrue();
            assertThat(receipt.provenBy(logKey())).isTrue();

            assertThat(opened(heart, pair, answer)).hasSize(32).isEqualTo(keyOfTheNextRun(heart));
            assertThat(answer.json().get("url").getAsString()).contains("risk-model", "X-Amz-Signature");

            refusedInTheLog(heart, heart.read("algo-lab", jws), "algo-lab", "REPLAYED");
        }
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

    private static byte[] opened(TestContract heart, HpkeKeyPair pair, Http.Answer answer) throws Exception {
        var key = answer.json().getAsJsonObject("key");
        return SealedResultKey.open(
                pair,
                heart.contract.id(),
                "risk-model",
                new Sealed(
                        Base64Url.decode(key.get("enc").getAsString()),
                        Base64Url.decode(key.get("ciphertext").getAsString())));
    }

    /** What the function seals the result under: its releases carry it. */
    private static byte[] keyOfTheNextRun(TestContract heart) throws Exception {
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var caller = heart.invocation("algo-lab", new JsonObject());
        try (var release = sandbox.open(sandbox.release(heart.contract.name(), "train", caller))) {
            return Objects.requireNonNull(release.writes().get("risk-model"))
                    .key()
                    .clone();
        }
    }

    @Test
    void whoIsNoReaderOrAsksWhileTheContractIsSuspendedIsRefusedAndTheNonceIsSpent() throws Exception {
        var heart = readableByTheLab("read-denied");
        written(heart);
        refusedInTheLog(
                heart,
                heart.read(
                        "hospital-a", SignedStatement.sign(signer(heart, "hospital-a"), reading(heart, "hospital-a"))),
                "hospital-a",
                "READER_DENIED");
        heart.state("suspend", "hospital-b");
        var statement = reading(heart, "algo-lab");
        refusedInTheLog(heart, read(heart, statement), "algo-lab", "CONTRACT_NOT_ACTIVE");
        for (var party : heart.signers.keySet()) {
            heart.state("resume", party);
        }
        refusedInTheLog(heart, read(heart, statement), "algo-lab", "REPLAYED");
        assertThat(read(heart, reading(heart, "algo-lab")).status()).isEqualTo(200);
    }

    @Test
    void aReadersTokenWithoutItsOwnFreshSignatureAboutThisResultGetsNoKeyAndIsSeenInTheLog() throws Exception {
        var heart = readableByTheLab("read-forged");
        written(heart);
        var honest = reading(heart, "algo-lab");
        refusedInTheLog(
                heart,
                heart.read("algo-lab", SignedStatement.sign(signer(heart, "hospital-a"), honest)),
                "algo-lab",
                "SIGNATURE_INVALID");
        refusedInTheLog(
                heart,
                heart.read("hospital-a", SignedStatement.sign(signer(heart, "algo-lab"), honest)),
                "hospital-a",
                "SIGNATURE_INVALID");
        refusedInTheLog(heart, heart.read("algo-lab", "nothing"), "algo-lab", "SIGNATURE_INVALID");
        var stale = honest.deepCopy();
        stale.addProperty("time", Instant.now().minus(Duration.ofMinutes(11)).toString());
        refusedInTheLog(heart, read(heart, stale), "algo-lab", "STATEMENT_STALE");
        var elsewhere = honest.deepCopy();
        elsewhere.addProperty("contract", "sha256:" + "0".repeat(64));
        refusedInTheLog(heart, read(heart, elsewhere), "algo-lab", "STATEMENT_MISMATCH");
        var other = honest.deepCopy();
        other.addProperty("result", "other");
        refusedInTheLog(heart, read(heart, other), "algo-lab", "STATEMENT_MISMATCH");
        // None of them has spent the nonce of what the reader did sign.
        assertThat(read(heart, honest).status()).isEqualTo(200);
    }

    @Test
    void whatIsNoRequestForAResultIsMalformedAndNotLogged() throws Exception {
        var heart = readableByTheLab("read-malformed");
        written(heart);
        int before = heart.events().size();
        for (var member : List.of("key", "nonce", "result")) {
            var without = reading(heart, "algo-lab");
            without.remove(member);
            refused(read(heart, without), 400, "MALFORMED");
        }
        var action = reading(heart, "algo-lab");
        action.addProperty("action", "deposit");
        refused(read(heart, action), 400, "MALFORMED");
        // Of low order, so that everybody knows what it agrees on.
        refused(
                read(heart, heart.readingPayload("algo-lab", new byte[32])),
                400,
                "no X25519 key that can be sealed to");
        refused(heart.read("stranger", "x.y.z"), 404, "NOT_FOUND");
        refused(
                Http.post(
                        "v1/contracts/read-malformed/results/other",
                        "text/plain",
                        SignedStatement.sign(signer(heart, "algo-lab"), reading(heart, "algo-lab")),
                        TestContract.bearer("algo-lab")),
                404,
                "no result other in read-malformed");
        refused(Http.post("v1/contracts/read-malformed/results/risk-model", "text/plain", "x", Map.of()), 401, "");
        assertThat(heart.events()).hasSize(before);
    }
}
