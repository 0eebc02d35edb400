package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Deposits that are not what they say. */
@ArquillianTest
@RunAsClient
class DepositIT {

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
}
