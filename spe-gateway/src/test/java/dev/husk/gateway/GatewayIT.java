package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.seal.HpkeKeyPair;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway's interface on a real Open Liberty over a real PostgreSQL. */
@ArquillianTest
@RunAsClient
class GatewayIT {

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("nothing.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    @Test
    void aContractIsActiveOnceEveryPartyHasAcceptedTheSameBytes() throws Exception {
        var heart = TestContract.named("lifecycle");
        assertThat(heart.propose().json().get("state").getAsString()).isEqualTo("proposed");
        assertThat(heart.state("accept", "hospital-a").json().get("state").getAsString())
                .isEqualTo("proposed");
        assertThat(heart.state("accept", "hospital-b").json().get("state").getAsString())
                .isEqualTo("proposed");
        assertThat(heart.state("accept", "algo-lab").json().get("state").getAsString())
                .isEqualTo("active");
        assertThat(heart.state("accept", "algo-lab").status()).isEqualTo(409);
        assertThat(heart.state("suspend", "hospital-b").json().get("state").getAsString())
                .isEqualTo("suspended");
        heart.state("resume", "hospital-a");
        heart.state("resume", "hospital-b");
        assertThat(heart.state("resume", "algo-lab").json().get("state").getAsString())
                .isEqualTo("active");
        assertThat(heart.state("end", "hospital-a").json().get("state").getAsString())
                .isEqualTo("ended");
        assertThat(heart.state("resume", "hospital-a").status()).isEqualTo(409);
        assertThat(heart.eventNames())
                .containsExactly(
                        "proposed",
                        "accepted",
                        "accepted",
                        "accepted",
                        "suspended",
                        "resumed",
                        "resumed",
                        "resumed",
                        "ended");
    }

    @Test
    void aStatementCountsOnlyUnderTheKeyThatTheContractGives() throws Exception {
        var heart = TestContract.named("wrong-key");
        heart.propose();
        try (var stranger = PartySigner.generate()) {
            var forged = SignedStatement.sign(stranger, heart.payload("accept", "hospital-a"));
            var answer = heart.say("hospital-a", forged);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.contentType()).isEqualTo("application/problem+json");
            assertThat(answer.json().get("code").getAsString()).isEqualTo("SIGNATURE_INVALID");
        }
        // Nor does one party speak for another, whoever's token it holds.
        assertThat(heart.say("hospital-a", heart.statement("accept", "hospital-b"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void theSameStatementIsTakenOnce() throws Exception {
        var heart = TestContract.named("replay").active();
        var suspension = heart.statement("suspend", "hospital-a");
        assertThat(heart.say("hospital-a", suspension).status()).isEqualTo(200);
        assertThat(heart.say("hospital-a", suspension).status()).isEqualTo(409);
    }

    @Test
    void aContractThatContradictsItselfIsRefusedWithEveryProblem() throws Exception {
        var heart = TestContract.named("contradiction");
        var json = heart.contract.json();
        json.getAsJsonArray("datasets").get(0).getAsJsonObject().addProperty("owner", "nobody");
        json.getAsJsonArray("grants")
                .get(0)
                .getAsJsonObject()
                .getAsJsonArray("reads")
                .add("unknown");
        var headers = new LinkedHashMap<>(TestContract.bearer("algo-lab"));
        headers.put("Husk-Statement", heart.statement("propose", "algo-lab"));
        var answer = Http.post("v1/contracts", "application/json", json.toString(), headers);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().get("code").getAsString()).isEqualTo("CONTRACT_INVALID");
        assertThat(answer.json().getAsJsonArray("reasons").toString())
                .contains("no party is named nobody")
                .contains("no dataset or result is named unknown");
    }

    @Test
    void nobodyButItsPartiesSeesAContract() throws Exception {
        var heart = TestContract.named("private");
        heart.propose();
        assertThat(Http.get("v1/contracts/private", TestContract.bearer("hospital-a"))
                        .status())
                .isEqualTo(200);
        assertThat(Http.get("v1/contracts/private", TestContract.bearer("eve")).status())
                .isEqualTo(404);
        assertThat(Http.get("v1/contracts/private/events", TestContract.bearer("eve"))
                        .status())
                .isEqualTo(404);
        assertThat(Http.get("v1/contracts/private", Map.of()).status()).isEqualTo(401);
        assertThat(Http.get("v1/contracts/private", Map.of("Authorization", "Bearer x.y.z"))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void onlyTheOwnerDepositsADatasetsKeyAndOnlyToThisGateway() throws Exception {
        var heart = TestContract.named("deposit").active();
        var answer = heart.deposit("hospital-b", "anna-2025");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.json().get("code").getAsString()).isEqualTo("NOT_THE_OWNER");
        try (var other = HpkeKeyPair.generate()) {
            var unreadable = heart.deposit("hospital-a", "anna-2025", other.publicKey());
            assertThat(unreadable.status()).isEqualTo(400);
            assertThat(unreadable.json().get("code").getAsString()).isEqualTo("KEY_UNREADABLE");
        }
        assertThat(heart.deposit("hospital-a", "unknown").status()).isEqualTo(404);
    }

    @Test
    void anAttestedSandboxGetsTheKeysOfItsGrantWithAReceipt() throws Exception {
        var heart = TestContract.named("release").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var parameters = new JsonObject();
        parameters.addProperty("epochs", 7);
        var answer = sandbox.release("release", "train", heart.invocation("algo-lab", parameters));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        try (var release = sandbox.open(answer)) {
            assertThat(release.reads()).containsOnlyKeys("anna-2025", "berta-2025");
            var anna = Objects.requireNonNull(release.reads().get("anna-2025"));
            assertThat(anna.key()[0]).isEqualTo((byte) 42);
            assertThat(anna.identity()).isEqualTo("release/anna-2025");
            assertThat(anna.sha256()).contains("sha256:" + "a".repeat(64));
            assertThat(release.writes()).containsOnlyKeys("risk-model");
            assertThat(release.parameters()).isEqualTo(parameters);
            assertThat(release.caller()).contains("algo-lab");
            assertThat(release.simulated()).isTrue();
            assertThat(release.receipt().provenBy(logKey())).isTrue();
            assertThat(release.opening().opens(release.receipt().leaf())).isTrue();
        }
        assertThat(heart.eventNames()).endsWith("sandbox-bound", "released");
        // Its own datasets it may ask for one by one, for as long as the lease runs; no other.
        assertThat(sandbox.key("release", "anna-2025").status()).isEqualTo(200);
        var other = sandbox.key("release", "risk-model");
        assertThat(other.status()).isEqualTo(403);
        assertThat(other.body()).contains("NOT_IN_GRANT").contains("kbs/errors/PolicyDeny");
        assertThat(heart.eventNames()).endsWith("refused");
    }

    @Test
    void aSandboxIsBoundOnceAndASecondAttemptIsAnAlarm() throws Exception {
        var heart = TestContract.named("second-binding").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var again = sandbox.attest("sha256:" + "9".repeat(64));
        assertThat(again.status()).isEqualTo(403);
        assertThat(again.body()).contains("BOUND_BEFORE");
        assertThat(heart.events().toString()).contains("ALARM");
    }

    @Test
    void aChangedArchiveIsBoundAsPlainAndNeverGetsAKey() throws Exception {
        var heart = TestContract.named("changed-code").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest("sha256:" + "1".repeat(63) + "2").status()).isEqualTo(200);
        var answer = sandbox.release("changed-code", "train", heart.invocation("algo-lab", new JsonObject()));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("CODE_MISMATCH").contains("BOUND_AS_PLAIN");
        assertThat(heart.eventNames()).endsWith("refused");
        assertThat(heart.events().get(heart.events().size() - 1).toString()).contains("CODE_MISMATCH");
    }

    @Test
    void aSuspensionEndsLeasesAndTheNextRelease() throws Exception {
        var heart = TestContract.named("suspended").active();
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        assertThat(sandbox.release("suspended", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        assertThat(sandbox.renew().status()).isEqualTo(200);
        heart.state("suspend", "hospital-b");
        assertThat(sandbox.renew().status()).isEqualTo(403);
        var answer = sandbox.release("suspended", "train", heart.invocation("algo-lab", new JsonObject()));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("CONTRACT_NOT_ACTIVE");
        assertThat(heart.eventNames()).endsWith("suspended", "lease-ended", "refused");
    }

    @Test
    void aRequestIsAnsweredOnceEvenWithTheRightSignature() throws Exception {
        var heart = TestContract.named("replayed").active();
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        var invocation = heart.invocation("algo-lab", new JsonObject());
        var first = sandbox.statement("release", "replayed", "train", invocation);
        assertThat(sandbox.release(first).status()).isEqualTo(200);
        assertThat(sandbox.release(first).status()).isEqualTo(403);
        var second = sandbox.release("replayed", "train", invocation);
        assertThat(second.status()).isEqualTo(403);
        assertThat(second.body()).contains("REPLAYED");
    }

    @Test
    void aTokenIsOfNoUseWithoutTheSandboxsKey() throws Exception {
        var heart = TestContract.named("stolen-token").active();
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        var thief = new TestSandbox();
        thief.token = sandbox.token;
        thief.id = sandbox.id;
        var answer = thief.release("stolen-token", "train", heart.invocation("algo-lab", new JsonObject()));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("SignatureInvalid");
    }

    @Test
    void concurrentRequestsNeverGetMoreRunsThanTheContractAllows() throws Exception {
        var heart = TestContract.named(
                        "budget",
                        text -> text.replace("\"runs\": 10", "\"runs\": 5")
                                .replace("\"perDay\": 5", "\"perDay\": \"any\""))
                .active();
        var calls = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 16; i++) {
            var sandbox = new TestSandbox();
            assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
            calls.add(() -> sandbox.release("budget", "train", heart.invocation("algo-lab", new JsonObject()))
                    .status());
        }
        var pool = Executors.newFixedThreadPool(16);
        try {
            var statuses = new ArrayList<Integer>();
            for (var call : pool.invokeAll(calls)) {
                statuses.add(call.get());
            }
            assertThat(statuses).filteredOn(status -> status == 200).hasSize(5);
            assertThat(statuses).filteredOn(status -> status == 403).hasSize(11);
        } finally {
            pool.shutdownNow();
        }
        assertThat(heart.eventNames()).filteredOn("released"::equals).hasSize(5);
        assertThat(heart.eventNames()).filteredOn("refused"::equals).hasSize(11);
    }

    @Test
    void whatIsWrongWithAHandshakeIsSaidWithoutFailing() throws Exception {
        var mismatch = Http.post(
                "kbs/v0/auth",
                "application/json",
                "{\"version\":\"0.3.9\",\"tee\":\"snp\",\"extra-params\":\"\"}",
                Map.of());
        assertThat(mismatch.status()).isEqualTo(401);
        assertThat(mismatch.json().get("detail").getAsString())
                .isEqualTo("KBS Client Protocol Version Mismatch: expect =0.4.0 while the request is 0.3.9");

        var sandbox = new TestSandbox();
        var session = TestSandbox.auth();
        var body = sandbox.body(session.nonce(), TestContract.CODE);
        var other = TestSandbox.auth();
        // Another session's nonce; and by that failure the session is spent.
        assertThat(sandbox.send(other, body).status()).isEqualTo(401);
        assertThat(sandbox.send(other, sandbox.body(other.nonce(), TestContract.CODE))
                        .status())
                .isEqualTo(401);
        // The right one works once.
        assertThat(sandbox.send(session, body).status()).isEqualTo(200);
        assertThat(sandbox.send(session, body).status()).isEqualTo(401);
        assertThat(Http.post("kbs/v0/attest", "application/json", body.toString(), Map.of())
                        .status())
                .isEqualTo(401);
    }

    @Test
    void everyMemberOfAHandshakeDroppedOrChangedIsACleanRefusal() throws Exception {
        var sandbox = new TestSandbox();
        int tried = 0;
        for (var path : paths(sandbox.body("nonce", TestContract.CODE), "")) {
            for (var change : List.of("drop", "null", "text", "number", "array", "huge")) {
                // What a Genoa does not have may be null or absent.
                if (change.equals("drop") && path.matches(".*/(fmc|launch_mit_vector|current_mit_vector)")) {
                    continue;
                }
                var session = TestSandbox.auth();
                var body = sandbox.body(session.nonce(), TestContract.CODE);
                var whole = body.deepCopy();
                change(body, path.split("/"), change);
                if (body.equals(whole)) {
                    continue;
                }
                var answer = sandbox.send(session, body);
                assertThat(answer.status())
                        .as("%s of %s: %s", change, path, answer.body())
                        .isBetween(400, 499);
                assertThat(answer.json().get("type").getAsString())
                        .startsWith("https://github.com/confidential-containers/kbs/errors/");
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(100);
    }

    @Test
    void randomBytesAreACleanRefusalEverywhere() throws Exception {
        var random = new Random(20261125);
        var token = TestContract.bearer("hospital-a");
        for (int i = 0; i < 200; i++) {
            byte[] body = new byte[random.nextInt(300)];
            random.nextBytes(body);
            for (var path : List.of("kbs/v0/auth", "kbs/v0/attest", "v1/contracts", "v1/gateway/evidence")) {
                var answer = Http.post(path, "application/json", body, token);
                assertThat(answer.status()).as(path).isBetween(400, 499);
            }
            for (var path : List.of("kbs/v0/husk/renew", "kbs/v0/husk/release", "v1/contracts/x/statements")) {
                assertThat(Http.post(path, "text/plain", body, token).status())
                        .as(path)
                        .isBetween(400, 499);
            }
        }
    }

    @Test
    void aBodyOverTheLimitIsRefusedUnread() throws Exception {
        var answer = Http.post("kbs/v0/auth", "application/json", " ".repeat(1 << 20), Map.of());
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.json().get("detail").getAsString()).contains("larger than");
    }

    @Test
    void theLogGrowsConsistentlyAndEveryEventOpens() throws Exception {
        var before = Checkpoint.parse(Http.get("log/checkpoint", Map.of()).body());
        var heart = TestContract.named("log").active();
        var after = Checkpoint.parse(Http.get("log/checkpoint", Map.of()).body());
        assertThat(before.verify(logKey())).isTrue();
        assertThat(after.verify(logKey())).isTrue();
        assertThat(after.size()).isEqualTo(before.size() + 6);
        var log = new PublicLog(ServerUnderTest.base());
        assertThat(log.tree(after).root(before.size())).isEqualTo(before.root());
        assertThat(log.leaves(after)).hasSize((int) after.size());

        var logKeyText = Http.get("v1/contracts/log", TestContract.bearer("hospital-b"))
                .json()
                .get("logKey")
                .getAsString();
        var tag = Opening.tag(Base64Url.decode(logKeyText), "log");
        long seq = 0;
        for (var event : heart.events()) {
            var leaf = Leaf.parse(event.get("leaf").getAsString().getBytes(StandardCharsets.UTF_8));
            assertThat(leaf.tag()).isEqualTo(tag);
            assertThat(leaf.seq()).isEqualTo(seq++);
            assertThat(new Opening(event.get("salt").getAsString(), event.getAsJsonObject("event")).opens(leaf))
                    .isTrue();
        }
    }

    @Test
    void healthAndInterfaceDescriptionAreServed() throws Exception {
        assertThat(Http.get("health/ready", Map.of()).json().get("status").getAsString())
                .isEqualTo("UP");
        assertThat(Http.get("openapi", Map.of()).body())
                .contains("/v1/contracts")
                .contains("/kbs/v0/auth");
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

    /** Every member of the body but the byte arrays' elements. */
    private static List<String> paths(JsonObject object, String prefix) {
        var paths = new ArrayList<String>();
        for (var name : object.keySet()) {
            paths.add(prefix + name);
            if (object.get(name) instanceof JsonObject inner) {
                paths.addAll(paths(inner, prefix + name + "/"));
            }
        }
        return paths;
    }

    private static void change(JsonObject body, String[] path, String change) {
        var object = body;
        for (int i = 0; i < path.length - 1; i++) {
            object = object.getAsJsonObject(path[i]);
        }
        var name = path[path.length - 1];
        switch (change) {
            case "drop" -> object.remove(name);
            case "null" -> object.add(name, com.google.gson.JsonNull.INSTANCE);
            case "text" -> object.addProperty(name, "x");
            case "number" -> object.addProperty(name, 1e300);
            case "array" -> object.add(name, new JsonArray());
            default -> object.addProperty(name, "x".repeat(100_000));
        }
    }
}
