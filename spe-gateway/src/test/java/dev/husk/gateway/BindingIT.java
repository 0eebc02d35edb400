package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.gateway.TestGuest.Keys;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.RunStatement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One binding per sandbox, of either kind, and the leases under it. */
@ArquillianTest
@RunAsClient
class BindingIT {
    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("nothing.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    @Test
    void aStockGuestsFirstResourceIsARunAndTheOthersBelongToIt() throws Exception {
        var toml = toml();
        var heart = TestGuest.contract("stock-run", toml, text -> text.replace("\"runs\": 10", "\"runs\": 1"))
                .active();
        var guest = new TestGuest(toml);
        var keys = Keys.p256();
        assertThat(guest.attest(keys).status()).isEqualTo(200);
        assertThat(TestGuest.open(keys, guest.get("stock-run/anna-2025/key"))).hasSize(32);
        assertThat(TestGuest.open(keys, guest.get("stock-run/berta-2025/key"))).hasSize(32);
        var object = Json.parse(TestGuest.open(keys, guest.get("stock-run/anna-2025/object")), 1 << 16)
                .getAsJsonObject();
        assertThat(object.get("identity").getAsString()).isEqualTo("stock-run/anna-2025");
        assertThat(object.get("sha256").getAsString()).isEqualTo("sha256:" + "a".repeat(64));
        assertThat(object.get("url").getAsString()).contains("X-Amz-Signature");
        assertThat(heart.eventNames()).endsWith("sandbox-bound", "released", "released", "released");
        assertThat(last(heart).get("resource").getAsString()).isEqualTo("anna-2025/object");
        assertThat(last(heart).get("function").getAsString()).isEqualTo("train");

        // Another guest would be a second run.
        var other = new TestGuest(toml);
        assertThat(other.attest(keys).status()).isEqualTo(200);
        var refused = other.get("stock-run/anna-2025/key");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("RUNS_SPENT");
        assertThat(heart.eventNames()).endsWith("sandbox-bound", "refused");
    }

    @Test
    void concurrentGuestsNeverGetMoreRunsThanTheContractAllows() throws Exception {
        var toml = toml();
        var heart = TestGuest.contract("stock-budget", toml, text -> text.replace("\"runs\": 10", "\"runs\": 3"))
                .active();
        var calls = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < 10; i++) {
            var guest = new TestGuest(toml);
            assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
            calls.add(() -> guest.get("stock-budget/anna-2025/key").status());
            calls.add(() -> guest.get("stock-budget/berta-2025/key").status());
        }
        var pool = Executors.newFixedThreadPool(10);
        try {
            var statuses = new ArrayList<Integer>();
            for (var call : pool.invokeAll(calls)) {
                statuses.add(call.get());
            }
            assertThat(statuses).filteredOn(status -> status == 200).hasSize(6);
            assertThat(statuses).filteredOn(status -> status == 403).hasSize(14);
        } finally {
            pool.shutdownNow();
        }
        assertThat(heart.eventNames()).filteredOn("released"::equals).hasSize(6);
    }

    @Test
    void aStockGuestGetsNoKeyOnAPlatformOfTheFunctionRuntime() throws Exception {
        var toml = toml();
        var heart = TestContract.named(
                        "stock-elsewhere",
                        text -> text.replace(
                                        "\"hostData\": \"any\"", "\"hostData\": [\"" + TestGuest.hostData(toml) + "\"]")
                                .replaceFirst("(?s)\"callers\": \\[.*?\\]", "\"callers\": \"any\""))
                .active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        var answer = guest.get("stock-elsewhere/anna-2025/key");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("NOT_IN_GRANT").contains("initdata");
        assertThat(heart.eventNames()).endsWith("refused").doesNotContain("released");
    }

    @Test
    void aGuestWithOtherInitDataGetsNothing() throws Exception {
        var heart = TestGuest.contract("stock-other", toml()).active();
        var guest = new TestGuest(toml());
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        var answer = guest.get("stock-other/anna-2025/key");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("PLATFORM_HOST_DATA_UNKNOWN").contains("BOUND_AS_PLAIN");
        assertThat(heart.eventNames()).endsWith("refused").doesNotContain("released");
    }

    @Test
    void whereTwoFunctionsFitTheGuestIsNeither() throws Exception {
        var toml = toml();
        var heart = TestGuest.contract(
                        "stock-two",
                        toml,
                        text -> text.replaceFirst(
                                "\"reads\": \\[\\s*\"risk-model\"", "\"reads\": [\"risk-model\", \"anna-2025\""))
                .active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        assertThat(guest.get("stock-two/anna-2025/key").body()).contains("FUNCTION_AMBIGUOUS");
        assertThat(heart.eventNames()).endsWith("refused");
        // What one function alone reads says which it is, and from then on it is that one.
        assertThat(guest.get("stock-two/berta-2025/key").status()).isEqualTo(200);
        assertThat(guest.get("stock-two/anna-2025/key").status()).isEqualTo(200);
        assertThat(guest.get("stock-two/risk-model/key").body()).contains("NOT_IN_GRANT");
    }

    @Test
    void aStockGuestServesOneContract() throws Exception {
        var toml = toml();
        TestGuest.contract("stock-first", toml).active();
        var second = TestGuest.contract("stock-second", toml).active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        assertThat(guest.get("stock-first/anna-2025/key").status()).isEqualTo(200);
        var answer = guest.get("stock-second/anna-2025/key");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("BOUND_ELSEWHERE");
        assertThat(second.eventNames()).endsWith("refused");
    }

    @Test
    void aStockGuestMayAttestAgainToTheSameInitDataAndTheLogSaysSo() throws Exception {
        var toml = toml();
        var heart = TestGuest.contract("stock-again", toml, text -> text.replace("\"runs\": 10", "\"runs\": 1"))
                .active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        assertThat(guest.get("stock-again/anna-2025/key").status()).isEqualTo(200);
        var keys = Keys.p521();
        assertThat(guest.attest(keys).status()).isEqualTo(200);
        // It is the same sandbox and the same run.
        assertThat(TestGuest.open(keys, guest.get("stock-again/berta-2025/key")))
                .hasSize(32);
        assertThat(heart.eventNames()).endsWith("sandbox-bound", "released", "sandbox-attested", "released");
    }

    @Test
    void codeInABoundSandboxCannotBindItAgainByEitherKindAndEachAttemptIsAnAlarm() throws Exception {
        var toml = toml();
        var stock = TestGuest.contract("alarm-stock", toml).active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        var claim = new dev.husk.protocol.kbs.CodeClaim(
                        TestContract.CODE,
                        TestContract.ENTRY,
                        "",
                        dev.husk.protocol.contract.PartySigner.generate().key())
                .text();
        var again = guest.attest(Keys.p256(), claim);
        assertThat(again.status()).isEqualTo(403);
        assertThat(again.body()).contains("BOUND_BEFORE");
        assertThat(stock.eventNames()).endsWith("sandbox-bound", "refused");
        assertThat(last(stock).toString()).contains("ALARM").contains(TestContract.CODE);

        var runtime = TestContract.named("alarm-runtime").active();
        var other = new TestGuest(toml());
        assertThat(other.attest(Keys.p256(), claim).status()).isEqualTo(200);
        var asStock = other.attest(Keys.p256());
        assertThat(asStock.status()).isEqualTo(403);
        assertThat(runtime.events().toString()).contains("ALARM");
    }

    @Test
    void anAlarmReachesTheContractAlsoWhileItIsSuspended() throws Exception {
        var heart = TestContract.named("alarm-suspended").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        heart.state("suspend", "hospital-a");
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(403);
        assertThat(last(heart).toString()).contains("ALARM");
    }

    @Test
    void aSuspensionEndsAStockGuestsLeaseAndItsNextResourceIsRefused() throws Exception {
        var toml = toml();
        var heart = TestGuest.contract("stock-suspended", toml).active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        assertThat(guest.get("stock-suspended/anna-2025/key").status()).isEqualTo(200);
        heart.state("suspend", "hospital-b");
        var answer = guest.get("stock-suspended/berta-2025/key");
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("CONTRACT_NOT_ACTIVE");
        assertThat(heart.eventNames()).endsWith("suspended", "lease-ended", "refused");
    }

    @Test
    void aStockGuestSignsNothingSoNoSignatureIsTakenForItsOwn() throws Exception {
        var toml = toml();
        TestGuest.contract("stock-unsigned", toml).active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        var forger = new TestSandbox();
        forger.token = guest.token;
        forger.id = guest.claims().getAsJsonObject("husk").get("sandbox").getAsString();
        assertThat(forger.release("stock-unsigned", "train", "").body()).contains("SignatureInvalid");
        assertThat(forger.renew().body()).contains("SignatureInvalid");
    }

    @Test
    void aNewerVersionEndsTheLeasesUnderTheOldOne() throws Exception {
        var heart = TestContract.named("superseded").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        assertThat(sandbox.release("superseded", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        assertThat(sandbox.renew().status()).isEqualTo(200);
        var next = heart.json("version", 2);
        assertThat(next.propose().status()).isEqualTo(201);
        // A proposal changes nothing.
        assertThat(sandbox.renew().status()).isEqualTo(200);
        for (var party : heart.signers.keySet()) {
            assertThat(next.state("accept", party).status()).isEqualTo(200);
        }
        assertThat(sandbox.key("superseded", "anna-2025").body()).contains("LEASE_ENDED");
        var renewal = sandbox.renew();
        assertThat(renewal.status()).isEqualTo(403);
        assertThat(renewal.body()).contains("LeaseEnded");
        assertThat(next.eventNames()).endsWith("lease-ended", "refused");
        var ended = next.events().get(next.events().size() - 2).getAsJsonObject("event");
        assertThat(ended.get("reason").getAsString()).isEqualTo("replaced by version 2");
        // It stays ended, and a release under the new version begins another.
        assertThat(sandbox.renew().status()).isEqualTo(403);
        assertThat(sandbox.release("superseded", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        assertThat(sandbox.renew().status()).isEqualTo(200);
    }

    @Test
    void aLeaseNeverReachesBeyondTheGrant() throws Exception {
        var until = Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.SECONDS);
        var heart = TestContract.named("until", text -> text.replace("2027-12-31T00:00:00Z", until.toString()))
                .active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var answer = sandbox.release("until", "train", heart.invocation("algo-lab", new JsonObject()));
        try (var release = sandbox.open(answer)) {
            assertThat(release.leaseUntil()).isEqualTo(until);
        }
        assertThat(sandbox.renew().json().get("leaseUntil").getAsString()).isEqualTo(until.toString());
    }

    @Test
    void aLeaseEndsAtARenewalAfterTheGrantsTime() throws Exception {
        var until = Instant.now().plusSeconds(15);
        var heart = TestContract.named("past", text -> text.replace("2027-12-31T00:00:00Z", until.toString()))
                .active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        assertThat(sandbox.release("past", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        var deadline = until.plusSeconds(60);
        while (sandbox.renew().status() == 200 && Instant.now().isBefore(deadline)) {
            LockSupport.parkNanos(200_000_000);
        }
        assertThat(sandbox.renew().status()).isEqualTo(403);
        assertThat(heart.eventNames()).endsWith("released", "lease-ended");
        assertThat(last(heart).get("reason").getAsString()).isEqualTo("the grant's time is past");
    }

    @Test
    void whatASandboxStatesAfterItsLeaseHasEndedIsNobodysResult() throws Exception {
        var heart = TestContract.named("late").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        assertThat(sandbox.release("late", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        assertThat(sandbox.run(sandbox.stated(heart)).status()).isEqualTo(200);
        assertThat(heart.eventNames()).endsWith("released", "run");
        heart.state("suspend", "hospital-a");
        var late = sandbox.run(sandbox.stated(heart));
        assertThat(late.status()).isEqualTo(403);
        assertThat(late.body()).contains("LEASE_ENDED");
        assertThat(heart.eventNames()).endsWith("suspended", "lease-ended", "refused");
        assertThat(last(heart).get("what").getAsString()).isEqualTo("run");
    }

    @Test
    void onlyAWellFormedStatementOfTheSandboxsOwnRunIsLogged() throws Exception {
        var heart = TestContract.named("stated").active();
        var other = TestContract.named("stated-other").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        assertThat(sandbox.release("stated", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        var good = sandbox.stated(heart, new RunStatement.Artifact("risk-model", "sha256:" + "b".repeat(64)));
        var forged = Envelope.sign(new TestSandbox().signer, good.json()).json();
        refused(sandbox.run(forged), 403, "SignatureInvalid");
        refused(sandbox.run(other(sandbox, good, "predicateType")), 400, "predicateType");
        refused(sandbox.run(other(sandbox, good, "_type")), 400, "_type");
        refused(sandbox.run(new JsonObject()), 400, "payloadType");
        refused(
                sandbox.run(sandbox.stated(heart, new RunStatement.Artifact("anna-2025", "sha256:" + "b".repeat(64)))),
                403,
                "NotInGrant");
        refused(sandbox.run(sandbox.stated(other)), 403, "NotBound");
        var amended = heart.amended(json -> {});
        refused(sandbox.run(sandbox.stated(amended)), 403, "StatementMismatch");
        assertThat(heart.eventNames()).endsWith("released");

        var answer = sandbox.run(good);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var run = last(heart);
        var bound = heart.events().stream()
                .map(entry -> entry.getAsJsonObject("event"))
                .filter(event -> event.get("event").getAsString().equals("sandbox-bound"))
                .findFirst()
                .orElseThrow();
        var logged = Envelope.of(run.getAsJsonObject("statement"), run.getAsJsonArray("signatures"));
        assertThat(RunStatement.parse(logged.statement())).isEqualTo(good);
        assertThat(logged.isSignedBy(PartyKey.parse(bound.get("key").getAsString())))
                .isTrue();
        assertThat(bound.get("evidence").getAsString()).isEqualTo(good.by().evidence());
    }

    private static JsonObject other(TestSandbox sandbox, RunStatement statement, String member) {
        var json = statement.json();
        json.addProperty(member, "https://example.org/other");
        return Envelope.sign(sandbox.signer, json).json();
    }

    private static void refused(Http.Answer answer, int status, String words) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(words);
    }

    @Test
    void aGuestOnAzureIsBoundByPcr8() throws Exception {
        var guest = new TestAzureGuest();
        var pcrs = "{\"8\": [\"" + guest.pcr8() + "\"], \"others\": \"any\"}";
        var heart = TestContract.named(
                        "azure",
                        text -> text.replace("\"binding\": \"sandbox\"", "\"binding\": \"initdata\", \"pcrs\": " + pcrs)
                                .replaceFirst("(?s)\"callers\": \\[.*?\\]", "\"callers\": \"any\""))
                .active();
        var keys = Keys.p256();
        var answer = guest.attest(keys, guest.initData());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var key = guest.get("azure/anna-2025/key");
        assertThat(key.status()).as(key.body()).isEqualTo(200);
        assertThat(TestGuest.open(keys, key)).startsWith(42);
        assertThat(heart.eventNames()).endsWith("sandbox-bound", "released");
        // The same guest without its init-data, and with others.
        assertThat(guest.attest(keys, com.google.gson.JsonNull.INSTANCE).body()).contains("INIT_DATA_MISSING");
        var others = guest.initData();
        others.addProperty("body", toml());
        assertThat(guest.attest(keys, others).body()).contains("INIT_DATA_MISMATCH");
        var sha384 = new TestAzureGuest(
                ServerUnderTest.processor(), TestGuest.toml("sha384", "x").replace("sha384", "sha256"));
        var wrongHash = sha384.initData();
        wrongHash.addProperty("body", TestGuest.toml("sha384", "x"));
        assertThat(sha384.attest(keys, wrongHash).body()).contains("INIT_DATA_MISMATCH");
    }

    @Test
    void aBindingThatWasChangedInTheDatabaseIsAnErrorAndGetsNoKey() throws Exception {
        var heart = TestContract.named("tampered").active();
        var sandbox = new TestSandbox();
        // Bound to code that no contract names: its owner would like it to be another's.
        assertThat(sandbox.attest("sha256:" + "7".repeat(64)).status()).isEqualTo(200);
        try (var database = ServerUnderTest.database();
                var update = database.prepareStatement("update sandbox set code = ?, plain = false where id = ?")) {
            update.setString(1, TestContract.CODE);
            update.setString(2, sandbox.id);
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
        var answer = sandbox.release("tampered", "train", heart.invocation("algo-lab", new JsonObject()));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().get("detail").getAsString()).doesNotContain(sandbox.id);
        assertThat(heart.eventNames()).doesNotContain("released");
    }

    private static JsonObject last(TestContract contract) throws Exception {
        List<JsonObject> events = contract.events();
        return events.get(events.size() - 1).getAsJsonObject("event");
    }

    private static String toml() {
        return TestGuest.toml("sha256", UUID.randomUUID().toString());
    }
}
