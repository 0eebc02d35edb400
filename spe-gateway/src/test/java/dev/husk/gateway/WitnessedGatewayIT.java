package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.gateway.log.FakeWitness;
import dev.husk.local.Backing;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.log.WitnessPolicy;
import dev.husk.protocol.run.RunStatement;
import dev.husk.protocol.seal.HpkeKeyPair;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A gateway with three witnesses, two of which must answer at its start. It is started thrice: new, with yesterday's
 * database being put aside; then for the tests; and at last over yesterday's database.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WitnessedGatewayIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<FakeWitness> WITNESSES = new ArrayList<>();

    private static Path folder;
    private static Path yesterday;
    private static Map<String, String> settings;
    private static Backing backing;
    private static GatewayServer server;
    private static VerifierKey logKey;

    @BeforeAll
    static void start() throws Exception {
        folder = GatewayServer.fresh("witnessed");
        yesterday = folder.resolve("yesterday");
        backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
        var policy = new StringBuilder();
        try (var nobody = PartySigner.generate()) {
            for (var name : List.of("a", "b", "c")) {
                var witness = new FakeWitness(
                        name, VerifierKey.of("husk.test/log", nobody.key().raw()), Clock.systemUTC());
                WITNESSES.add(witness);
                policy.append("witness %s %s %s%n"
                        .formatted(name, witness.key(), witness.witness().url().orElseThrow()));
            }
        }
        policy.append("group most 2 a b c\nquorum most\n");
        settings.put(
                "HUSK_WITNESSES",
                Files.writeString(folder.resolve("witnesses"), policy).toString());

        server = GatewayServer.begin(folder, settings);
        // Witnesses that do not know the log yet are none; the operator reads here what to tell them.
        server.awaitWritten("must know its log by the key");
        assertThat(Http.get("health/ready", Map.of()).body()).contains("a quorum of its witnesses");
        assertThat(Http.get("log/checkpoint", Map.of()).status()).isEqualTo(503);
        var written = Pattern.compile("its log by the key ([^;]+);")
                .matcher(server.console().replace("\\/", "/"));
        assertThat(written.find()).isTrue();
        logKey = VerifierKey.parse(written.group(1));
        WITNESSES.forEach(witness -> witness.log = logKey);
        server.awaitReady();
        server.close();

        backing.stopDatabase();
        ServerUnderTest.copy(backing.data(), yesterday);
        backing = backing.startAgain();
        settings.put("HUSK_DB_PORT", "" + backing.databasePort());
        server = GatewayServer.start(folder, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        WITNESSES.forEach(FakeWitness::close);
        backing.close();
    }

    private static TestContract contract(String name, int quorum, List<WitnessKey> keys) throws Exception {
        var clause = "{\"quorum\": %d, \"keys\": [%s]}"
                .formatted(quorum, keys.stream().map(key -> "\"" + key + "\"").collect(Collectors.joining(",")));
        return TestContract.named(
                name,
                text -> text.replace("\"witnesses\": \"none\"", "\"witnesses\": " + clause)
                        .replace("\"parties\": []", "\"parties\": [\"algo-lab\"]"));
    }

    private static List<WitnessKey> keys(int... indices) {
        return java.util.Arrays.stream(indices)
                .mapToObj(index -> WITNESSES.get(index).key())
                .toList();
    }

    private static TestSandbox attested() throws Exception {
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        return sandbox;
    }

    private static Http.Answer release(TestContract heart, TestSandbox sandbox) throws Exception {
        var parameters = new JsonObject();
        parameters.addProperty("epochs", 7);
        return sandbox.release(heart.contract.name(), "train", heart.invocation("algo-lab", parameters));
    }

    private static void written(TestContract heart, TestSandbox sandbox) throws Exception {
        var result = new RunStatement.Artifact("risk-model", "sha256:" + "b".repeat(64));
        assertThat(sandbox.run(sandbox.stated(heart, result)).status()).isEqualTo(200);
    }

    private static Http.Answer read(TestContract heart) throws Exception {
        try (var pair = HpkeKeyPair.generate()) {
            var signer = Objects.requireNonNull(heart.signers.get("algo-lab"));
            return heart.read(
                    "algo-lab", SignedStatement.sign(signer, heart.readingPayload("algo-lab", pair.publicKey())));
        }
    }

    @Test
    @Order(1)
    void aReleaseCarriesTheCosignaturesThatItsContractAsksFor() throws Exception {
        var heart = contract("all-three", 3, keys(0, 1, 2)).active();
        var asked = WitnessPolicy.of(heart.contract.witnesses());
        var sandbox = attested();
        var answer = release(heart, sandbox);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        try (var release = sandbox.open(answer)) {
            assertThat(release.contract()).isEqualTo(heart.contract);
            assertThat(release.receipt().provenBy(logKey, asked)).isTrue();
        }
        assertThat(sandbox.key("all-three", "anna-2025").status()).isEqualTo(200);
        var key = heart.invocationKey("algo-lab", "train").json();
        assertThat(Receipt.parse(key.getAsJsonObject("receipt")).provenBy(logKey, asked))
                .isTrue();
        written(heart, sandbox);
        var read = read(heart);
        assertThat(read.status()).as(read.body()).isEqualTo(200);
        assertThat(Receipt.parse(read.json().getAsJsonObject("receipt")).provenBy(logKey, asked))
                .isTrue();
        var checkpoint = Checkpoint.parse(Http.get("log/checkpoint", Map.of()).body());
        assertThat(checkpoint.verify(logKey)).isTrue();
        assertThat(WitnessPolicy.parse(Files.readAllBytes(folder.resolve("witnesses")))
                        .judge(checkpoint)
                        .enough())
                .isTrue();
    }

    @Test
    @Order(2)
    void aContractIsRefusedThatNamesAWitnessWhichTheGatewayDoesNotKnow() throws Exception {
        try (var stranger = PartySigner.generate()) {
            var key = WitnessKey.of("a.example", stranger.key().raw());
            var answer = contract("strange", 1, List.of(key)).propose();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body())
                    .contains("CONTRACT_INVALID")
                    .contains("this gateway does not know " + key + ": its operator must add it");
        }
    }

    @Test
    @Order(3)
    void noKeyLeavesWithoutTheQuorumAndWhoAsksForNoneWaitsForNobody() throws Exception {
        var heart = contract("two-of-three", 2, keys(0, 1, 2)).active();
        var free = TestContract.named("free").active();
        var writer = attested();
        assertThat(release(heart, writer).status()).isEqualTo(200);
        written(heart, writer);
        var first = attested();
        var second = attested();
        var end = new CountDownLatch(1);
        WITNESSES.get(1).waitsFor(end);
        WITNESSES.get(2).waitsFor(end);
        try {
            var missing = release(heart, first);
            assertThat(missing.status()).isEqualTo(503);
            assertThat(missing.body()).contains("WITNESSES_MISSING");
            assertThat(heart.eventNames()).endsWith("released");
            // Known to be away, they cost no run.
            var away = release(heart, second);
            assertThat(away.status()).isEqualTo(503);
            assertThat(away.body()).contains("WITNESSES_AWAY");
            assertThat(heart.eventNames().stream().filter("released"::equals)).hasSize(2);
            assertThat(read(heart).body()).contains("WITNESSES_AWAY");
            assertThat(heart.eventNames()).doesNotContain("result-read").endsWith("released");
            assertThat(first.renew().status()).isEqualTo(503);
            assertThat(release(free, attested()).status()).isEqualTo(200);
        } finally {
            end.countDown();
            WITNESSES.get(1).manners = Optional.empty();
            WITNESSES.get(2).manners = Optional.empty();
        }
        var deadline = Instant.now().plus(PATIENCE);
        var answer = release(heart, second);
        while (answer.status() == 503 && Instant.now().isBefore(deadline)) {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            answer = release(heart, second);
        }
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(server.console()).contains("the witness b does not cosign: ");
    }

    @Test
    @Order(4)
    void aDatabaseThatWasPutBackIsNotServedAlthoughNothingOnTheMachineTellsOfIt() throws Exception {
        long size = WITNESSES.get(0).latest.size();
        server.close();
        backing.stopDatabase();
        ServerUnderTest.delete(backing.data());
        ServerUnderTest.copy(yesterday, backing.data());
        Files.setPosixFilePermissions(backing.data(), PosixFilePermissions.fromString("rwx------"));
        backing = backing.startAgain();
        settings.put("HUSK_DB_PORT", "" + backing.databasePort());
        Files.delete(folder.resolve("state.key.checkpoint"));
        var refused = GatewayServer.startThatFails(folder, settings);
        assertThat(refused.awaitEnd()).isEqualTo(78);
        assertThat(refused.console())
                .contains("the gateway does not start: the database is older than what the witness")
                .contains(" entries of " + size + ";");
    }
}
