package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Consistency;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * Two gateways over one PostgreSQL behind a TCP balancer. The second gets the state key from the first, after each has
 * proved to the other what it is.
 */
@TestMethodOrder(OrderAnnotation.class)
class ReplicasIT {
    private static final String DATABASE = "replicas";
    private static final byte[] MEASUREMENT = measurement(7);
    private static final int RUNS = 60;

    private static Path folder;
    private static Replica first;
    private static Replica second;
    private static Balancer balancer;
    private static Optional<TestContract> killed = Optional.empty();

    private static byte[] measurement(int fill) {
        byte[] measurement = new byte[48];
        java.util.Arrays.fill(measurement, (byte) fill);
        return measurement;
    }

    private static String platform(String tee, byte[] measurement) {
        return """
                {"name":"gateway","tee":"%s","binding":"sandbox","products":"any","measurements":["%s"],
                 "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any",
                 "authorKeys":"any","providers":"none",
                 "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}
                """.formatted(tee, java.util.HexFormat.of().formatHex(measurement));
    }

    private static Map<String, String> settings(String source, byte[] measurement) {
        var settings = new HashMap<String, String>();
        settings.put("HUSK_STATE_KEY_SOURCE", source);
        settings.put("HUSK_PEER_PLATFORM", folder.resolve("peers.json").toString());
        settings.put("HUSK_SIMULATED_PEERS", "yes");
        settings.put("HUSK_EVIDENCE", ServerUnderTest.evidence(ServerUnderTest.processor(), measurement));
        return settings;
    }

    @BeforeAll
    static void start() throws Exception {
        folder = Files.createDirectories(Path.of(System.getProperty("husk.it")).resolve("replicas-it"));
        Files.deleteIfExists(folder.resolve("state.key"));
        Files.deleteIfExists(folder.resolve("state.key.checkpoint"));
        Files.writeString(folder.resolve("peers.json"), platform("simulated", MEASUREMENT));
        ServerUnderTest.backing().createDatabase(DATABASE);
        first = Replica.start("first", DATABASE, settings("file:" + folder.resolve("state.key"), MEASUREMENT));
        // It waits for the first to be ready by itself.
        second = Replica.start("second", DATABASE, settings("peer:" + first.base(), MEASUREMENT));
        first.awaitReady();
        second.awaitReady();
        balancer = Balancer.over(List.of(first.port(), second.port()));
        System.setProperty("husk.it.base", balancer.base());
    }

    @AfterAll
    static void stop() throws Exception {
        System.clearProperty("husk.it.base");
        if (balancer != null) {
            balancer.close();
        }
        if (second != null) {
            second.close();
        }
        if (first != null) {
            first.close();
        }
    }

    @Test
    @Order(1)
    void bothHaveTheSameKeysAndTheHandOverStandsInTheLog() throws Exception {
        assertThat(evidence(first).get("keys")).isEqualTo(evidence(second).get("keys"));
        assertThat(gatewayEvents()).containsSubsequence("gateway-started", "state-key-handed-over", "gateway-started");
        assertThat(Http.get("v1/gateway/events", Map.of()).status()).isEqualTo(401);
        assertThat(first.printed()).contains("UNPROTECTED");
    }

    @Test
    @Order(1)
    void eachSaysWhereTheStateKeysOfAllComeFromAndGoTo() throws Exception {
        var stateKey = new JsonObject();
        stateKey.add("sources", Json.parse("[\"file\",\"peer\"]".getBytes(StandardCharsets.UTF_8), 100));
        var peers = new JsonArray();
        peers.add(Json.parse(platform("simulated", MEASUREMENT).getBytes(StandardCharsets.UTF_8), 4096));
        stateKey.add("peers", peers);
        assertThat(evidence(first).get("stateKey")).isEqualTo(stateKey);
        assertThat(evidence(second).get("stateKey")).isEqualTo(stateKey);
    }

    @Test
    @Order(2)
    void aHandshakeThatOneReplicaBeganIsFinishedAtTheOtherAndOnlyOnce() throws Exception {
        var sandbox = new TestSandbox();
        System.setProperty("husk.it.base", first.base());
        var session = TestSandbox.auth();
        var body = sandbox.body(session.nonce(), TestContract.CODE);
        System.setProperty("husk.it.base", second.base());
        assertThat(sandbox.send(session, body).status()).isEqualTo(200);
        assertThat(sandbox.send(session, body).status()).isEqualTo(401);
        System.setProperty("husk.it.base", first.base());
        assertThat(sandbox.send(session, body).status()).isEqualTo(401);
        System.setProperty("husk.it.base", balancer.base());
    }

    @Test
    @Order(2)
    void theCookieOfAnAttestedGuestIsKnownAtBothReplicas() throws Exception {
        var toml = TestGuest.toml("sha256", "replicas");
        TestGuest.contract("cookies", toml).active();
        var guest = new TestGuest(toml);
        var keys = TestGuest.Keys.p256();
        try {
            for (var replica : List.of(first, second)) {
                System.setProperty("husk.it.base", replica.base());
                if (guest.cookie.isEmpty()) {
                    assertThat(guest.attest(keys).status()).isEqualTo(200);
                }
                assertThat(TestGuest.open(keys, guest.getByCookie("cookies/anna-2025/key")))
                        .startsWith(42);
            }
        } finally {
            System.setProperty("husk.it.base", balancer.base());
        }
    }

    @Test
    @Order(2)
    void aSessionThatWasChangedOrMadeForSomethingElseIsNone() throws Exception {
        var cookie = TestSandbox.auth().cookie();
        int name = cookie.indexOf('=') + 1;
        for (int i = name; i < cookie.length(); i++) {
            var changed = cookie.substring(0, i) + (cookie.charAt(i) == 'A' ? 'B' : 'A') + cookie.substring(i + 1);
            assertThat(attest(changed)).as("character %d", i - name).isEqualTo(401);
        }
        assertThat(attest(cookie + "AAAA")).isEqualTo(401);
        assertThat(attest(
                        cookie.substring(0, name) + challenge().get("challenge").getAsString()))
                .as("a challenge of a hand-over")
                .isEqualTo(401);
        // Unspent by all this: what is refused now is the body.
        assertThat(attest(cookie)).isEqualTo(400);
        assertThat(attest(cookie)).isEqualTo(401);
    }

    private static int attest(String cookie) throws Exception {
        return Http.post("kbs/v0/attest", "application/json", "{}", Map.of("Cookie", cookie))
                .status();
    }

    @Test
    @Order(3)
    void softwareThatIsNoGatewayGetsNoStateKeyAndTheRefusalStandsInTheLog() throws Exception {
        try (var stranger = Replica.start("stranger", DATABASE, settings("peer:" + first.base(), measurement(8)))) {
            stranger.awaitPrinted("NOT_A_PEER");
            assertThat(stranger.printed()).contains("MEASUREMENT_UNKNOWN");
        }
        assertThat(gatewayEvents()).contains("state-key-refused");
    }

    @Test
    @Order(3)
    void aReplicaThatWouldHandTheStateKeyOnToOtherSoftwareGetsNone() throws Exception {
        var file = Files.writeString(folder.resolve("others.json"), platform("simulated", measurement(9)));
        var settings = settings("peer:" + first.base(), MEASUREMENT);
        settings.put("HUSK_PEER_PLATFORM", file.toString());
        try (var generous = Replica.start("generous", DATABASE, settings)) {
            generous.awaitPrinted("PEERS_DIFFER");
        }
    }

    @Test
    @Order(3)
    void aSimulatedPeerIsRefusedWithoutTheFlag() throws Exception {
        var settings = settings("peer:" + first.base(), MEASUREMENT);
        settings.remove("HUSK_SIMULATED_PEERS");
        try (var unflagged = Replica.start("unflagged", DATABASE, settings)) {
            unflagged.awaitPrinted("SIMULATION_DENIED");
        }
    }

    @Test
    @Order(3)
    void aRequestForTheStateKeyIsGoodOnceAndForItsOwnKeyAlone() throws Exception {
        System.setProperty("husk.it.base", first.base());
        try {
            var challenge = challenge();
            var peers = platform("simulated", MEASUREMENT);
            var hardware = ServerUnderTest.processor().launch(MEASUREMENT, new byte[32], 0x30000);
            var asked = HandoverRequest.honest(challenge, hardware, peers);
            assertThat(handover(asked.json()).status()).isEqualTo(200);
            assertThat(handover(asked.json()).status()).as("replayed").isEqualTo(401);

            var other = HandoverRequest.honest(challenge(), hardware, peers).json();
            other.addProperty("key", Base64Url.random(32));
            var refused = handover(other);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.body()).contains("REPORT_DATA_MISMATCH");

            var stale = HandoverRequest.honest(challenge(), hardware, peers).json();
            stale.add("challenge", challenge().get("challenge"));
            assertThat(handover(stale).body()).contains("REPORT_DATA_MISMATCH");

            for (var member : List.of("challenge", "key", "nonce", "stateKey", "evidence")) {
                var without =
                        HandoverRequest.honest(challenge(), hardware, peers).json();
                without.remove(member);
                assertThat(handover(without).status()).as(member).isEqualTo(400);
            }
        } finally {
            System.setProperty("husk.it.base", balancer.base());
        }
    }

    private static JsonObject challenge() throws Exception {
        return Http.post("v1/gateway/handover/challenge", "application/json", "{}", Map.of())
                .json();
    }

    private static Http.Answer handover(JsonObject asked) throws Exception {
        return Http.post("v1/gateway/handover", "application/json", asked.toString(), Map.of());
    }

    @Test
    @Order(4)
    void aChipThatIsRefusedAgainAndAgainFillsNoLog() throws Exception {
        System.setProperty("husk.it.base", first.base());
        try {
            var other = ServerUnderTest.processor().launch(measurement(8), new byte[32], 0x30000);
            for (int i = 0; i < 3; i++) {
                var asked = HandoverRequest.honest(challenge(), other, platform("simulated", MEASUREMENT));
                assertThat(handover(asked.json()).body()).contains("MEASUREMENT_UNKNOWN");
            }
        } finally {
            System.setProperty("husk.it.base", balancer.base());
        }
        assertThat(gatewayEvents()).filteredOn("state-key-refused"::equals).hasSize(1);
    }

    @Test
    @Order(4)
    void bothShowTheSameLog() throws Exception {
        TestContract.named("replicated").active();
        var one = Checkpoint.parse(first.text("log/checkpoint"));
        var other = Checkpoint.parse(second.text("log/checkpoint"));
        assertThat(one.text()).isEqualTo(other.text());
        assertThat(log(first).leaves(one)).isEqualTo(log(second).leaves(one));
        var later = TestContract.named("replicated-later");
        later.propose();
        // A proof to a head that the other signed.
        var head = Checkpoint.parse(first.text("log/checkpoint"));
        assertThat(log(second).tree(head).root(one.size())).isEqualTo(one.root());
    }

    private static void at(Replica replica) {
        System.setProperty("husk.it.base", replica.base());
    }

    @Test
    @Order(4)
    void whatOneReplicaHasDecidedCountsAtTheOtherAtOnce() throws Exception {
        try {
            at(first);
            var heart = TestContract.named("shared", text -> text.replace("\"runs\": 10", "\"runs\": 2"))
                    .active();
            var elsewhere = TestContract.named("shared-elsewhere").active();
            var sandbox = new TestSandbox();
            assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
            var invocation = heart.invocation("algo-lab", new JsonObject());
            var asked = sandbox.statement("release", "shared", "train", invocation);
            assertThat(sandbox.release(asked).status()).isEqualTo(200);

            at(second);
            assertThat(sandbox.release(asked).body()).contains("REPLAYED");
            assertThat(sandbox.release("shared", "train", invocation).body()).contains("REPLAYED");
            assertThat(sandbox.release("shared-elsewhere", "train", elsewhere.invocation("algo-lab", new JsonObject()))
                            .body())
                    .contains("BOUND_ELSEWHERE");
            assertThat(sandbox.attest(TestContract.CODE).body()).contains("BOUND_BEFORE");
            assertThat(sandbox.renew().status()).isEqualTo(200);
            assertThat(release(sandbox, heart).status()).isEqualTo(200);

            at(first);
            assertThat(sandbox.key("shared", "anna-2025").status()).isEqualTo(200);
            assertThat(release(sandbox, heart).body()).contains("RUNS_SPENT");
            var suspension = heart.statement("suspend", "hospital-b");
            assertThat(heart.say("hospital-b", suspension).status()).isEqualTo(200);

            at(second);
            assertThat(release(sandbox, heart).body()).contains("CONTRACT_NOT_ACTIVE");
            assertThat(sandbox.renew().status()).isEqualTo(403);
            assertThat(heart.say("hospital-b", suspension).body()).contains("made already");
            for (var party : heart.signers.keySet()) {
                at(party.equals("algo-lab") ? first : second);
                assertThat(heart.state("resume", party).status()).isEqualTo(200);
            }
            at(second);
            assertThat(sandbox.key("shared", "anna-2025").body()).contains("LEASE_ENDED");
            assertThat(release(sandbox, heart).body()).contains("RUNS_SPENT").doesNotContain("CONTRACT_NOT_ACTIVE");
        } finally {
            System.setProperty("husk.it.base", balancer.base());
        }
    }

    private static Http.Answer release(TestSandbox sandbox, TestContract contract) throws Exception {
        return sandbox.release(contract.contract.name(), "train", contract.invocation("algo-lab", new JsonObject()));
    }

    /** What one client saw. */
    private record Seen(List<Receipt> receipts, int lost, String end) {}

    @Test
    @Order(5)
    void oneReplicaIsKilledUnderLoadAndNothingIsLostAndNoBudgetExceeded() throws Exception {
        var heart = TestContract.named(
                        "killed",
                        text -> text.replace("\"runs\": 10", "\"runs\": " + RUNS)
                                .replace("\"perDay\": 5", "\"perDay\": \"any\""))
                .active();
        killed = Optional.of(heart);
        var before = Checkpoint.parse(first.text("log/checkpoint"));
        var released = new AtomicInteger();
        var clients = new ArrayList<Callable<Seen>>();
        for (int i = 0; i < 6; i++) {
            clients.add(() -> untilTheBudgetIsSpent(heart, released));
        }
        var pool = Executors.newFixedThreadPool(clients.size() + 1);
        var seen = new ArrayList<Seen>();
        try {
            var killer = pool.submit(() -> {
                var deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
                while (released.get() < RUNS / 4 && System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
                first.kill();
                return released.get();
            });
            for (var result : pool.invokeAll(clients)) {
                seen.add(result.get());
            }
            assertThat(killer.get()).as("releases before the kill").isBetween(RUNS / 4, RUNS - 1);
        } finally {
            pool.shutdownNow();
        }
        assertThat(seen).allSatisfy(client -> assertThat(client.end()).contains("RUNS_SPENT"));
        int answered =
                seen.stream().mapToInt(client -> client.receipts().size()).sum();
        int lost = seen.stream().mapToInt(Seen::lost).sum();
        var events = heart.eventNames();
        assertThat(events).filteredOn("released"::equals).hasSize(RUNS);
        assertThat(answered).isBetween(RUNS - lost, RUNS);

        // Every release that a client was told of, by whichever replica, stands in the log of the one that is left.
        var after = Checkpoint.parse(second.text("log/checkpoint"));
        assertThat(after.verify(VerifierKey.parse(
                        evidence(second).getAsJsonObject("keys").get("log").getAsString())))
                .isTrue();
        var leaves = log(second).leaves(after);
        var tree = log(second).tree(after);
        assertThat(tree.root(before.size())).isEqualTo(before.root());
        for (var client : seen) {
            for (var receipt : client.receipts()) {
                assertThat(leaves.get((int) receipt.index()))
                        .isEqualTo(new String(receipt.leaf().bytes(), StandardCharsets.UTF_8));
                var head = receipt.checkpoint();
                assertThat(tree.root(head.size())).isEqualTo(head.root());
            }
        }
        assertThat(Consistency.verify(
                        before.size(),
                        after.size(),
                        tree.consistency(before.size(), after.size()),
                        before.root(),
                        after.root()))
                .isTrue();
    }

    /** Attests and asks for releases, again after each failure of the connection, until the contract refuses. */
    private static Seen untilTheBudgetIsSpent(TestContract heart, AtomicInteger released) throws Exception {
        var receipts = new ArrayList<Receipt>();
        int lost = 0;
        var sandbox = new TestSandbox();
        for (int tries = 0; tries < 10 * RUNS; tries++) {
            try {
                if (sandbox.token.isEmpty()) {
                    // A binding whose answer was lost is not made again: it takes a fresh sandbox.
                    sandbox = new TestSandbox();
                    if (sandbox.attest(TestContract.CODE).status() != 200) {
                        continue;
                    }
                }
                var answer = sandbox.release("killed", "train", heart.invocation("algo-lab", new JsonObject()));
                if (answer.status() == 200) {
                    receipts.add(sandbox.open(answer).receipt());
                    released.incrementAndGet();
                } else if (answer.status() == 403) {
                    return new Seen(receipts, lost, answer.body());
                } else {
                    lost++;
                }
            } catch (IOException e) {
                lost++; // the replica behind this connection was killed
            }
        }
        return new Seen(receipts, lost, "never refused");
    }

    @Test
    @Order(6)
    void aReplicaThatComesBackGoesOnWhereTheOtherIs() throws Exception {
        first = Replica.start("first-again", DATABASE, settings("peer:" + second.base(), MEASUREMENT))
                .awaitReady();
        // It has read the log anew: what was used before stays used.
        try {
            at(first);
            var sandbox = new TestSandbox();
            assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
            assertThat(release(sandbox, killed.orElseThrow()).body()).contains("RUNS_SPENT");
        } finally {
            System.setProperty("husk.it.base", balancer.base());
        }
        assertThat(first.text("log/checkpoint")).isEqualTo(second.text("log/checkpoint"));
        assertThat(evidence(first).get("keys")).isEqualTo(evidence(second).get("keys"));
    }

    @Test
    @Order(7)
    void aLogThatIsCutUnderARunningGatewayIsNoticedThereAndAtTheNextStart() throws Exception {
        try (var database = ServerUnderTest.backing().connect(DATABASE);
                var statement = database.createStatement()) {
            assertThat(statement.executeUpdate("delete from leaf where idx = (select max(idx) from leaf)"))
                    .isEqualTo(1);
            assertThat(statement.executeUpdate("update log_head set size = size - 1"))
                    .isEqualTo(1);
        }
        assertThat(second.text("log/checkpoint")).contains("UNEXPECTED");
        assertThat(second.printed()).contains("has lost or changed entry");
        try (var restarted =
                Replica.start("cut", DATABASE, settings("file:" + folder.resolve("state.key"), MEASUREMENT))) {
            restarted.awaitPrinted("does not fit the checkpoint");
        }
    }

    @Test
    @Order(8)
    void noSecretIsInAnyLog() throws Exception {
        byte[] dataKey = new byte[32];
        dataKey[0] = 42;
        var secrets = new HashMap<String, byte[]>();
        secrets.put("the state key", Files.readAllBytes(folder.resolve("state.key")));
        secrets.put("a data key", dataKey);
        secrets.putAll(StoredSecrets.of(DATABASE, folder.resolve("state.key")));
        assertThat(secrets).hasSizeGreaterThan(5);
        assertThat(Logs.assertWithout(first.folder().resolveSibling(""), secrets))
                .isGreaterThan(4);
    }

    private static List<String> gatewayEvents() throws Exception {
        var names = new ArrayList<String>();
        Http.get("v1/gateway/events", TestContract.bearer("hospital-a"))
                .json()
                .getAsJsonArray("events")
                .forEach(entry -> names.add(entry.getAsJsonObject()
                        .getAsJsonObject("event")
                        .get("event")
                        .getAsString()));
        return names;
    }

    private static JsonObject evidence(Replica replica) throws Exception {
        System.setProperty("husk.it.base", replica.base());
        try {
            return Http.post(
                            "v1/gateway/evidence",
                            "application/json",
                            "{\"nonce\":\"" + Base64Url.random(32) + "\"}",
                            Map.of())
                    .json();
        } finally {
            System.setProperty("husk.it.base", balancer.base());
        }
    }

    private static PublicLog log(Replica replica) {
        return new PublicLog(replica.base());
    }
}
