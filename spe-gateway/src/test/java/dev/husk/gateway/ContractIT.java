package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.log.Details;
import dev.husk.protocol.run.RunStatement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What parties do with contracts, and what one of them cannot do to the others. */
@ArquillianTest
@RunAsClient
class ContractIT {

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("contracts.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    private static String state(Http.Answer answer) throws Exception {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json().get("state").getAsString();
    }

    private static void refused(Http.Answer answer, int status, String text) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(text);
    }

    @Test
    void aPartyWithAHardwareTokenDoesAllThatAPartyDoes() throws Exception {
        var token = new HardwareToken();
        var heart = TestContract.named(
                "es256",
                text -> text.replaceFirst(
                        "ed25519:[^\"]*(\"\\s*},\\s*\\{\\s*\"name\": \"algo-lab\")", token.key() + "$1"));
        assertThat(heart.contract.party("hospital-b").orElseThrow().key().text())
                .isEqualTo(token.key());
        assertThat(heart.propose().status()).isEqualTo(201);
        heart.state("accept", "hospital-a");
        heart.state("accept", "algo-lab");
        // Under the key that it had before nobody accepts for it.
        refused(heart.state("accept", "hospital-b"), 403, "SIGNATURE_INVALID");
        assertThat(state(heart.say("hospital-b", token.sign(heart.payload("accept", "hospital-b")))))
                .isEqualTo("active");
        assertThat(state(heart.say("hospital-b", token.sign(heart.payload("suspend", "hospital-b")))))
                .isEqualTo("suspended");
        var resumption = token.sign(heart.payload("resume", "hospital-b"));
        assertThat(state(heart.say("hospital-b", resumption))).isEqualTo("suspended");
        heart.state("resume", "hospital-a");
        assertThat(state(heart.state("resume", "algo-lab"))).isEqualTo("active");
        assertThat(state(heart.say("hospital-b", token.sign(heart.payload("suspend", "hospital-b")))))
                .isEqualTo("suspended");
        refused(heart.say("hospital-b", token.mirrored(resumption)), 409, "made already");
    }

    @Test
    void aGrantThatHasEndedAlreadyIsRefusedAtProposal() throws Exception {
        var past = TestContract.named("past", text -> text.replace("2027-12-31", "2020-12-31"));
        refused(past.propose(), 400, "grant of train: limits.until: has passed");
        refused(past.propose(), 400, "grant of infer: limits.until: has passed");
    }

    @Test
    void whoSuspendsAgainTakesBackAllAgreementsToResume() throws Exception {
        var heart = TestContract.named("again").active();
        heart.state("suspend", "hospital-a");
        heart.state("resume", "hospital-a");
        heart.state("resume", "hospital-b");
        assertThat(state(heart.state("suspend", "hospital-b"))).isEqualTo("suspended");
        assertThat(state(heart.state("resume", "algo-lab"))).isEqualTo("suspended");
        assertThat(state(heart.state("resume", "hospital-a"))).isEqualTo("suspended");
        assertThat(state(heart.state("resume", "hospital-b"))).isEqualTo("active");
    }

    @Test
    void aStatementThatWasHeldBackUndoesNothingThatItsPartySaidSince() throws Exception {
        var heart = TestContract.named("held-back").active();
        heart.state("suspend", "hospital-b");
        var heldBack = heart.statement("resume", "hospital-a");
        heart.state("suspend", "hospital-a");
        refused(heart.say("hospital-a", heldBack), 403, "STATEMENT_STALE");
    }

    @Test
    void anAmendmentCountsOnceAllOfBothVersionsHaveAccepted() throws Exception {
        var heart = TestContract.named("amended").active();
        var next = heart.amended(json -> json.getAsJsonArray("grants")
                .get(0)
                .getAsJsonObject()
                .getAsJsonObject("limits")
                .addProperty("runs", 20));
        assertThat(next.propose().status()).isEqualTo(201);
        next.state("accept", "algo-lab");
        next.state("accept", "hospital-a");
        var shown = Http.get("v1/contracts/amended", TestContract.bearer("hospital-b"))
                .json();
        assertThat(shown.getAsJsonObject("contract").get("version").getAsInt()).isEqualTo(1);
        assertThat(shown.getAsJsonObject("proposal").get("awaited").toString()).isEqualTo("[\"hospital-b\"]");
        assertThat(state(next.state("accept", "hospital-b"))).isEqualTo("active");
        shown = Http.get("v1/contracts/amended", TestContract.bearer("hospital-b"))
                .json();
        assertThat(shown.getAsJsonObject("contract").get("version").getAsInt()).isEqualTo(2);
        assertThat(shown.has("proposal")).isFalse();
        refused(heart.state("suspend", "hospital-a"), 409, "is superseded, not active");
        refused(heart.propose(), 409, "stands already");
    }

    @Test
    void nobodyIsLeftOutOfAnAmendmentWithoutAgreeing() throws Exception {
        var heart = TestContract.named("left-out").active();
        // The lab takes the hospital's dataset by its name, for the key lies there under that.
        var theft = heart.amended(json -> {
            json.getAsJsonArray("parties").remove(0);
            json.getAsJsonArray("datasets").get(0).getAsJsonObject().addProperty("owner", "algo-lab");
            json.getAsJsonArray("grants")
                    .get(1)
                    .getAsJsonObject()
                    .getAsJsonArray("callers")
                    .remove(0);
        });
        assertThat(theft.propose().status()).isEqualTo(201);
        assertThat(state(theft.state("accept", "algo-lab"))).isEqualTo("proposed");
        var last = theft.state("accept", "hospital-b");
        assertThat(state(last)).isEqualTo("proposed");
        assertThat(last.json().get("awaited").toString()).isEqualTo("[\"hospital-a\"]");
        assertThat(state(theft.state("accept", "hospital-a"))).isEqualTo("active");
        assertThat(theft.contract.party("hospital-a")).isEmpty();
        refused(theft.state("suspend", "hospital-a"), 403, "NOT_A_PARTY");
    }

    @Test
    void aPartysKeyIsReplacedOnlyUnderItsOldOneToo() throws Exception {
        var heart = TestContract.named("new-key").active();
        try (var thief = PartySigner.generate()) {
            var next = heart.amended(json -> json.getAsJsonArray("parties")
                    .get(0)
                    .getAsJsonObject()
                    .addProperty("key", thief.key().text()));
            next.propose();
            next.state("accept", "algo-lab");
            next.state("accept", "hospital-b");
            var forged = next.say("hospital-a", SignedStatement.sign(thief, next.payload("accept", "hospital-a")));
            assertThat(state(forged)).isEqualTo("proposed");
            assertThat(forged.json().get("awaited").toString()).isEqualTo("[\"hospital-a\"]");
            assertThat(state(next.state("accept", "hospital-a"))).isEqualTo("active");
        }
    }

    @Test
    void aProposalStopsNeitherSuspensionNorDeposit() throws Exception {
        var heart = TestContract.named("pending").active();
        var next = heart.amended(json -> {});
        assertThat(next.propose().status()).isEqualTo(201);
        assertThat(heart.deposit("hospital-a", "anna-2025").status()).isEqualTo(201);
        assertThat(state(heart.state("suspend", "hospital-b"))).isEqualTo("suspended");
    }

    @Test
    void anAmendmentEndsTheLeasesOfTheVersionThatItReplaces() throws Exception {
        var heart = TestContract.named("leases").active();
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        assertThat(sandbox.release("leases", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        var next = heart.amended(json -> json.getAsJsonArray("functions")
                .get(0)
                .getAsJsonObject()
                .addProperty("code", "sha256:" + "7".repeat(64)));
        next.propose();
        for (var party : next.signers.keySet()) {
            next.state("accept", party);
        }
        assertThat(sandbox.renew().status()).isEqualTo(403);
        refused(sandbox.key("leases", "anna-2025"), 403, "LEASE_ENDED");
        refused(
                sandbox.release("leases", "train", next.invocation("algo-lab", new JsonObject())),
                403,
                "CODE_MISMATCH");
    }

    @Test
    void whatEndedIsNotProposedAnew() throws Exception {
        var heart = TestContract.named("ended").active();
        var before = heart.amended(json -> {});
        before.propose();
        heart.state("end", "hospital-a");
        refused(before.state("accept", "algo-lab"), 409, "has ended");
        refused(before.amended(json -> {}).propose(), 409, "has ended");
    }

    @Test
    void onlyThePartiesOfAContractProposeItsNextVersionAndThatIsTheNext() throws Exception {
        var heart = TestContract.named("next").active();
        var jump = heart.amended(json -> json.addProperty("version", Integer.MAX_VALUE));
        refused(jump.propose(), 409, "propose version 2");
        try (var eve = PartySigner.generate()) {
            var foreign = heart.amended(json -> {
                var party = new JsonObject();
                party.addProperty("name", "eve");
                party.addProperty("key", eve.key().text());
                json.getAsJsonArray("parties").add(party);
            });
            foreign.signers.put("eve", eve);
            var headers = new LinkedHashMap<>(TestContract.bearer("eve"));
            headers.put("Husk-Statement", foreign.statement("propose", "eve"));
            refused(
                    Http.post("v1/contracts", "application/json", foreign.contract.canonical(), headers),
                    403,
                    "NOT_A_PARTY");
            // One party may propose it; until all have accepted, who is invited sees the proposal alone.
            foreign.propose();
            var shown =
                    Http.get("v1/contracts/next", TestContract.bearer("eve")).json();
            assertThat(shown.get("state").getAsString()).isEqualTo("proposed");
            assertThat(shown.has("logKey")).isFalse();
            var events = Http.get("v1/contracts/next/events", TestContract.bearer("eve"))
                    .json()
                    .getAsJsonArray("events");
            assertThat(events).hasSize(1);
            assertThat(events.get(0).toString())
                    .contains("\"event\":\"proposed\"")
                    .contains("\"version\":2");
            for (var party : new ArrayList<>(foreign.signers.keySet())) {
                foreign.state("accept", party);
            }
            shown = Http.get("v1/contracts/next", TestContract.bearer("eve")).json();
            assertThat(shown.get("state").getAsString()).isEqualTo("active");
            assertThat(shown.has("logKey")).isTrue();
        }
    }

    private static JsonObject last(String contract, String party) throws Exception {
        var events = Http.get("v1/contracts/" + contract + "/events", TestContract.bearer(party))
                .json()
                .getAsJsonArray("events");
        return events.get(events.size() - 1).getAsJsonObject();
    }

    private static JsonObject epochs(int number) {
        var parameters = new JsonObject();
        parameters.addProperty("epochs", number);
        return parameters;
    }

    /** A contract in which berta's owner neither calls train nor owns anything that it reads. */
    private static TestContract withoutBerta(String name) throws Exception {
        return TestContract.named(name, text -> text.replaceFirst("\"anna-2025\",\\s*\"berta-2025\"", "\"anna-2025\""))
                .active();
    }

    @Test
    void whatAFunctionIsCalledWithIsToldToItsCallerAndToTheOwnersOfWhatItReads() throws Exception {
        var heart = withoutBerta("details");
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        var answer = sandbox.release("details", "train", heart.invocation("algo-lab", epochs(17)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        for (var party : new String[] {"algo-lab", "hospital-a"}) {
            var shown = last("details", party);
            var details = new Details(
                    shown.getAsJsonObject("details").get("salt").getAsString(),
                    shown.getAsJsonObject("details").getAsJsonObject("values"));
            assertThat(details.belongTo(shown.getAsJsonObject("event"))).isTrue();
            assertThat(details.within(shown.getAsJsonObject("event")).get("parameters"))
                    .isEqualTo(epochs(17));
        }
        var other = last("details", "hospital-b");
        assertThat(other.has("details")).isFalse();
        assertThat(other.getAsJsonObject("event").get("parameters").toString()).isEqualTo("[\"epochs\"]");
        assertThat(other.toString()).doesNotContain("\"epochs\":17");
        // What was handed out is named to all: it stands in the contract, and deposits are events.
        var objects = other.getAsJsonObject("event").getAsJsonObject("objects");
        assertThat(objects.keySet()).containsExactly("anna-2025", "risk-model");
        assertThat(objects.getAsJsonObject("anna-2025").toString())
                .contains("s3://husk/anna-2025", "details/anna-2025", "sha256:" + "a".repeat(64));

        // Everybody can check what the sandbox signed; what it was called with stays with those who know the salt.
        var salt = last("details", "algo-lab")
                .getAsJsonObject("details")
                .get("salt")
                .getAsString();
        var stated = sandbox.stated(heart);
        var parameters =
                new RunStatement.Parameters(List.of("epochs"), Optional.of(RunStatement.commitment(salt, epochs(17))));
        assertThat(sandbox.run(new RunStatement(
                                stated.results(),
                                stated.contract(),
                                stated.function(),
                                stated.code(),
                                parameters,
                                stated.reads(),
                                stated.by(),
                                stated.activation(),
                                stated.started(),
                                stated.finished(),
                                true))
                        .status())
                .isEqualTo(200);
        var run = last("details", "hospital-b");
        assertThat(run.getAsJsonObject("event").get("event").getAsString()).isEqualTo("run");
        assertThat(run).isEqualTo(last("details", "algo-lab"));
        assertThat(run.toString()).contains("\"signatures\"").doesNotContain("\"epochs\":17");
    }

    @Test
    void whyParametersWereRefusedIsNoMatterOfTheOtherParties() throws Exception {
        var heart = withoutBerta("private-refusal");
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        var parameters = epochs(99999);
        parameters.addProperty("patient-4711", true);
        refused(
                sandbox.release("private-refusal", "train", heart.invocation("algo-lab", parameters)),
                403,
                "patient-4711");
        assertThat(last("private-refusal", "algo-lab").toString()).contains("patient-4711", "from 1 to 200");
        assertThat(last("private-refusal", "hospital-a").toString()).contains("patient-4711");
        var other = last("private-refusal", "hospital-b");
        assertThat(other.toString())
                .contains("PARAMETER_UNKNOWN", "PARAMETER_OUT_OF_BOUNDS")
                .doesNotContain("patient-4711", "from 1 to 200", "99999");
        // What concerns the contract is told to all.
        refused(sandbox.release("private-refusal", "infer", ""), 403, "CODE_MISMATCH");
        assertThat(last("private-refusal", "hospital-b").toString()).contains("the contract names sha256:1111");
    }

    @Test
    void onceASuspensionIsAnsweredNoReleaseSucceeds() throws Exception {
        var heart = TestContract.named(
                        "kill-switch",
                        text -> text.replace("\"runs\": 10", "\"runs\": \"any\"")
                                .replace("\"perDay\": 5", "\"perDay\": \"any\""))
                .active();
        var sandboxes = new ArrayList<TestSandbox>();
        for (int i = 0; i < 4; i++) {
            var sandbox = new TestSandbox();
            assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
            sandboxes.add(sandbox);
        }
        for (int round = 0; round < 5; round++) {
            var suspended = new AtomicBoolean();
            var before = new ConcurrentLinkedQueue<Integer>();
            var after = new ConcurrentLinkedQueue<Integer>();
            var pool = Executors.newFixedThreadPool(sandboxes.size());
            var running = new ArrayList<Future<?>>();
            for (var sandbox : sandboxes) {
                running.add(pool.submit(() -> {
                    // Each goes on until it has asked three times after the answer to the suspension.
                    for (int late = 0; late < 3; ) {
                        boolean answered = suspended.get();
                        int status = sandbox.release(
                                        "kill-switch", "train", heart.invocation("algo-lab", new JsonObject()))
                                .status();
                        (answered ? after : before).add(status);
                        after.add(answered ? sandbox.renew().status() : 403);
                        late += answered ? 1 : 0;
                    }
                    return null;
                }));
            }
            while (before.size() < 4) {
                Thread.onSpinWait();
            }
            assertThat(state(heart.state("suspend", "hospital-b"))).isEqualTo("suspended");
            suspended.set(true);
            for (var one : running) {
                one.get();
            }
            pool.shutdown();
            assertThat(before).contains(200);
            assertThat(after).hasSizeGreaterThanOrEqualTo(24).containsOnly(403);
            for (var party : heart.signers.keySet()) {
                heart.state("resume", party);
            }
        }
    }

    @Test
    void theProblemsOfAContractOfAMebibyteAreSaidAtOnce() throws Exception {
        var heart = TestContract.named("large");
        var json = heart.contract.json();
        var grant = json.getAsJsonArray("grants").get(0);
        while (json.getAsJsonArray("grants").size() < 3000) {
            json.getAsJsonArray("grants").add(grant);
        }
        assertThat(json.toString().length()).isBetween(600_000, 1 << 20);
        var headers = new LinkedHashMap<>(TestContract.bearer("algo-lab"));
        headers.put("Husk-Statement", heart.statement("propose", "algo-lab"));
        refused(
                Http.post("v1/contracts", "application/json", json.toString(), headers),
                400,
                "grants: has more than 256 entries");
    }

    @Test
    void aRefusalIsNoIncident() throws Exception {
        var heart = TestContract.named("no-incident").active();
        refused(heart.propose(), 409, "stands already");
        refused(heart.state("accept", "hospital-a"), 409, "is active");
        refused(heart.state("resume", "hospital-a"), 409, "is active");
        refused(heart.say("hospital-a", "x.y.z"), 404, "no version");
        refused(heart.deposit("hospital-b", "anna-2025"), 403, "NOT_THE_OWNER");
        refused(Http.get("v1/contracts/no-incident", TestContract.bearer("eve")), 404, "no contract");
        refused(heart.invocationKey("hospital-a", "unknown"), 404, "no function");
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        refused(sandbox.release("unknown", "train", ""), 404, "no contract");
        var statement = sandbox.statement("release", "no-incident", "train", "");
        sandbox.release(statement);
        refused(sandbox.release(statement), 403, "used before");
        var incidents = Path.of(System.getProperty("husk.it.usr"), "servers", System.getProperty("husk.it.server"))
                .resolve("logs/ffdc");
        if (Files.exists(incidents)) {
            try (var files = Files.list(incidents)) {
                for (var file : files.toList()) {
                    assertThat(file).content().doesNotContain("RequestRefused");
                }
            }
        }
    }

    @Test
    void aStatementOfAnotherTimeIsRefused() throws Exception {
        var heart = TestContract.named("stale").active();
        for (int minutes : new int[] {-11, 11}) {
            var payload = heart.payload("suspend", "hospital-a");
            payload.addProperty(
                    "time", Instant.now().plus(minutes, ChronoUnit.MINUTES).toString());
            try (var signer = PartySigner.fromPkcs8(java.util.Objects.requireNonNull(heart.signers.get("hospital-a"))
                    .pkcs8())) {
                refused(heart.say("hospital-a", SignedStatement.sign(signer, payload)), 403, "STATEMENT_STALE");
            }
        }
        assertThat(Http.get("v1/contracts/stale", Map.of()).status()).isEqualTo(401);
    }
}
