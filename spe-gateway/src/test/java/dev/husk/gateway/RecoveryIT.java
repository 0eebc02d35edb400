package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A gateway loses its state key, and two of three parties bring it back on another machine, under another key. */
@TestMethodOrder(OrderAnnotation.class)
class RecoveryIT {
    private static final String DATABASE = "recovery";
    private static final ShareHolders HOLDERS = new ShareHolders(2, "hospital-a", "hospital-b", "algo-lab");

    private static Path folder;
    private static Replica gateway;
    private static TestContract heart;
    private static JsonObject keysBefore = new JsonObject();
    private static byte[] hpkeBefore = {};
    private static Map<String, byte[]> sharesBefore = new HashMap<>();

    private static Map<String, String> settings(String stateKey) {
        var settings = new HashMap<String, String>();
        settings.put("HUSK_STATE_KEY_SOURCE", "file:" + folder.resolve(stateKey));
        settings.put("HUSK_RECOVERY", folder.resolve("recovery.json").toString());
        settings.put("HUSK_METRICS_TOKEN", "figures");
        return settings;
    }

    @BeforeAll
    static void start() throws Exception {
        folder = Path.of(System.getProperty("husk.it")).resolve("recovery-it");
        ServerUnderTest.delete(folder);
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("recovery.json"), HOLDERS.policy().toString());
        ServerUnderTest.backing().createDatabase(DATABASE);
        gateway = Replica.start("old", DATABASE, settings("old.key")).awaitReady();
        use(gateway);
        heart = TestContract.named("recovered").active();
    }

    private static void use(Replica replica) {
        gateway = replica;
        System.setProperty("husk.it.base", replica.base());
    }

    @AfterAll
    static void stop() {
        System.clearProperty("husk.it.base");
        if (gateway != null) {
            gateway.close();
        }
    }

    private static Http.Answer metrics() throws Exception {
        return Http.get("metrics", Map.of("Authorization", "Bearer figures"));
    }

    @Test
    @Order(1)
    void eachHolderGetsItsOwnShareWhichItAloneOpensAndTheGatewaySaysWhoHasNot() throws Exception {
        assertThat(ShareHolders.evidence().get("recovery"))
                .isEqualTo(HOLDERS.shown("algo-lab", "hospital-a", "hospital-b"));
        assertThat(Http.get("health/ready", Map.of()).body())
                .contains("\"recoverySharesUnfetched\":3", "\"recoveryHoldersDiffer\":false");
        assertThat(metrics().body()).contains("husk_recovery_shares_unfetched 3");
        HOLDERS.fetch("hospital-a");
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(HOLDERS.shown("algo-lab", "hospital-b"));
        HOLDERS.fetchAll();
        for (var holder : HOLDERS.names()) {
            sharesBefore.put(holder, HOLDERS.share(holder));
        }
        assertThat(ShareHolders.evidence().get("recovery")).isEqualTo(HOLDERS.shown());
        assertThat(metrics().body()).contains("husk_recovery_shares_unfetched 0");
        assertThat(Http.get("v1/gateway/recovery/share", TestContract.bearer("stranger"))
                        .status())
                .isEqualTo(404);
        assertThat(Http.get("v1/gateway/recovery/share", Map.of()).status()).isEqualTo(401);
        assertThat(StoredSecrets.events(DATABASE, folder.resolve("old.key"))).contains("recovery-shares-made");
    }

    @Test
    @Order(2)
    void aGatewayThatHasItsKeyTakesNoShares() throws Exception {
        assertThat(Http.post(
                                "v1/gateway/recovery/evidence",
                                "application/json",
                                "{\"nonce\":\"" + Base64Url.random(32) + "\"}",
                                Map.of())
                        .status())
                .isEqualTo(409);
        assertThat(giveUnsealed("hospital-a").status()).isEqualTo(409);
    }

    private static Http.Answer giveUnsealed(String party) throws Exception {
        return ShareHolders.post("v1/gateway/recovery/share", party, new byte[32], new byte[80]);
    }

    /** So that there is something in every table. */
    @Test
    @Order(2)
    void whatTheDatabaseHasBefore() throws Exception {
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        assertThat(sandbox.release("recovered", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        assertThat(heart.invocationKey("algo-lab", "train").status()).isEqualTo(200);
        keysBefore = ShareHolders.evidence().getAsJsonObject("keys");
        try (var database = ServerUnderTest.backing().connect(DATABASE);
                var statement = database.createStatement();
                var row = statement.executeQuery("select sealed from secret where name = 'hpke'")) {
            assertThat(row.next()).isTrue();
            hpkeBefore = row.getBytes(1);
        }
        assertThat(SealedValues.of(DATABASE))
                .as("columns with sealed values")
                .allSatisfy((column, values) -> assertThat(values).as(column).isNotEmpty())
                .containsOnlyKeys(
                        "chain.sealed",
                        "data_key.sealed",
                        "event_detail.sealed",
                        "invocation_key.sealed",
                        "leaf.sealed",
                        "sandbox.sealed",
                        "sandbox.sealed_lease",
                        "secret.sealed");
    }

    @Test
    @Order(3)
    void withoutHoldersALostStateKeyStopsTheStart() throws Exception {
        gateway.kill();
        var settings = settings("none.key");
        settings.remove("HUSK_RECOVERY");
        try (var lost = Replica.start("lost", DATABASE, settings)) {
            assertThat(lost.awaitEnd()).isEqualTo(78);
            assertThat(lost.printed()).contains("the gateway does not start: the state key of this database is lost");
        }
        assertThat(folder.resolve("none.key")).doesNotExist();
    }

    @Test
    @Order(3)
    void theStateKeyOfAnotherDatabaseStopsTheStart() throws Exception {
        gateway.kill();
        Files.write(folder.resolve("other.key"), new byte[32]);
        var before = SealedValues.of(DATABASE);
        try (var other = Replica.start("other", DATABASE, settings("other.key"))) {
            assertThat(other.awaitEnd()).isEqualTo(78);
            assertThat(other.printed())
                    .contains("the gateway does not start: no state key: the one from FileStateKey")
                    .contains("does not open this database");
        }
        assertThat(SealedValues.of(DATABASE)).isEqualTo(before);
    }

    private static void startWithoutItsKey(String name) throws Exception {
        gateway.kill();
        use(Replica.start(name, DATABASE, settings("fresh.key")).awaitPrinted("waits for 2 shares"));
        gateway.await("log/checkpoint", 503);
    }

    @Test
    @Order(4)
    void aFreshGatewayWaitsAndServesNothingElse() throws Exception {
        startWithoutItsKey("fresh");
        assertThat(Http.get("health/ready", Map.of()).status()).isEqualTo(503);
        assertThat(Http.post(
                                "kbs/v0/auth",
                                "application/json",
                                "{\"version\":\"0.4.0\",\"tee\":\"snp\",\"extra-params\":\"\"}",
                                Map.of())
                        .status())
                .isEqualTo(503);
        assertThat(ShareHolders.post("v1/gateway/recovery/holders", "hospital-a", new byte[32], new byte[80])
                        .status())
                .isEqualTo(409);
    }

    private static Http.Answer give(String holder, byte[] share) throws Exception {
        return HOLDERS.give(holder, holder, share);
    }

    private static void refused(Http.Answer answer, int status, String code, String name) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.body()).contains(code).contains(name);
    }

    @Test
    @Order(5)
    void wrongForeignAndDoubleSharesAreNamedAndRefused() throws Exception {
        refused(give("stranger", HOLDERS.share("algo-lab")), 403, "NOT_A_HOLDER", "stranger");
        refused(
                HOLDERS.give("hospital-a", "hospital-b", HOLDERS.share("hospital-b")),
                400,
                "SHARE_UNREADABLE",
                "hospital-a");
        refused(give("hospital-a", HOLDERS.share("hospital-b")), 403, "SHARE_WRONG", "hospital-a");
        refused(give("hospital-a", new byte[49]), 400, "no share", "hospital-a");
        for (int i : new int[] {18, 30, 49}) {
            byte[] wrong = HOLDERS.share("hospital-a");
            wrong[i] ^= 1;
            refused(give("hospital-a", wrong), 403, "SHARE_WRONG", "hospital-a");
        }
        byte[] foreign = HOLDERS.share("hospital-a");
        foreign[0] ^= 1;
        refused(give("hospital-a", foreign), 403, "SHARE_FOREIGN", "hospital-a");
        byte[] easier = HOLDERS.share("hospital-a");
        easier[16] = 1;
        refused(give("hospital-a", easier), 403, "SHARE_FOREIGN", "hospital-a");
        assertThat(Http.post("v1/gateway/recovery/share", "application/json", "{}", Map.of())
                        .status())
                .isEqualTo(401);

        var first = HOLDERS.give("hospital-a");
        assertThat(first.status()).as(first.body()).isEqualTo(200);
        assertThat(first.json().get("state").getAsString()).isEqualTo("waiting");
        refused(HOLDERS.give("hospital-a"), 409, "SHARE_DUPLICATE", "hospital-a");
        assertThat(Http.get("health/ready", Map.of()).status()).isEqualTo(503);
    }

    /** Gives the last share and waits until the gateway has ended over it, without an answer. */
    private static void giveTheLast() throws Exception {
        try {
            var answer = HOLDERS.give("algo-lab");
            assertThat(answer.status()).as(answer.body()).isGreaterThanOrEqualTo(500);
        } catch (IOException e) {
            // It ended while it was being asked.
        }
    }

    @Test
    @Order(6)
    void aColumnThatNobodySealsAnewStopsTheRecoveryAndNothingIsLost() throws Exception {
        var before = SealedValues.of(DATABASE);
        execute("create table forgotten (id int primary key, sealed bytea not null, sealed_too bytea)");
        giveTheLast();
        assertThat(gateway.awaitEnd()).isEqualTo(78);
        assertThat(gateway.printed())
                .contains("nothing seals these columns anew: forgotten.sealed, forgotten.sealed_too");
        execute("drop table forgotten");
        assertThat(SealedValues.of(DATABASE)).isEqualTo(before);
        assertThat(folder.resolve("fresh.key")).doesNotExist();
    }

    private static void execute(String sql) throws Exception {
        try (var database = ServerUnderTest.backing().connect(DATABASE);
                var statement = database.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    @Order(7)
    void killedWhileItSealsEverythingAnewItHasLostNothing() throws Exception {
        var before = SealedValues.of(DATABASE);
        startWithoutItsKey("killed");
        assertThat(HOLDERS.give("hospital-a").status()).isEqualTo(200);
        var pool = Executors.newSingleThreadExecutor();
        try (var database = ServerUnderTest.backing().connect(DATABASE);
                var statement = database.createStatement()) {
            // Somebody holds the newest entry, which therefore cannot be written: there the gateway stands still.
            database.setAutoCommit(false);
            statement.execute("select 1 from leaf where idx = (select max(idx) from leaf) for update");
            var asked = pool.submit(() -> {
                giveTheLast();
                return true;
            });
            awaitSomebodyWhoWaitsForALock();
            gateway.kill();
            assertThat(asked.get()).isTrue();
            database.rollback();
        } finally {
            pool.shutdownNow();
        }
        assertThat(SealedValues.of(DATABASE)).isEqualTo(before);
        assertThat(folder.resolve("fresh.key")).doesNotExist();
        assertThat(folder.resolve("fresh.key.next"))
                .as("the key that it was about to use")
                .exists();
    }

    private static void awaitSomebodyWhoWaitsForALock() throws Exception {
        var deadline = Instant.now().plus(Duration.ofMinutes(3));
        try (var database = ServerUnderTest.backing().connect(DATABASE);
                var statement = database.createStatement()) {
            while (Instant.now().isBefore(deadline)) {
                try (var row = statement.executeQuery("select count(*) from pg_stat_activity"
                        + " where datname = current_database() and wait_event_type = 'Lock'")) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        return;
                    }
                }
                LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            }
        }
        throw new IllegalStateException("nobody waits for the lock");
    }

    @Test
    @Order(8)
    void endedOnceTheDatabaseIsUnderTheNewKeyItGoesOnWithThatKey() throws Exception {
        var before = SealedValues.of(DATABASE);
        startWithoutItsKey("ended");
        assertThat(HOLDERS.give("hospital-a").status()).isEqualTo(200);
        // Where its key belongs something else stands, so it fails after the database is done, as if it had been
        // killed.
        Files.createDirectories(folder.resolve("fresh.key").resolve("in-the-way"));
        giveTheLast();
        assertThat(gateway.awaitEnd()).isEqualTo(78);
        Files.delete(folder.resolve("fresh.key").resolve("in-the-way"));
        Files.delete(folder.resolve("fresh.key"));
        assertThat(SealedValues.of(DATABASE)).as("sealed anew").allSatisfy((table, values) -> {
            assertThat(values).as(table).isNotEmpty();
            assertThat(values).as(table).doesNotContainAnyElementsOf(Objects.requireNonNull(before.get(table)));
        });

        use(Replica.start("again", DATABASE, settings("fresh.key")).awaitReady());
        assertThat(folder.resolve("fresh.key.next")).doesNotExist();
        assertThat(Files.readAllBytes(folder.resolve("fresh.key")))
                .isNotEqualTo(Files.readAllBytes(folder.resolve("old.key")));
    }

    @Test
    @Order(9)
    void theGatewayIsBackWithKeysThatTheOldLogKeyEndorses() throws Exception {
        var evidence = ShareHolders.evidence();
        var keys = evidence.getAsJsonObject("keys");
        assertThat(keys.get("log")).isEqualTo(keysBefore.get("log"));
        assertThat(keys.get("hpke")).isNotEqualTo(keysBefore.get("hpke"));
        assertThat(keys.get("token")).isNotEqualTo(keysBefore.get("token"));
        var logKey = VerifierKey.parse(keys.get("log").getAsString());
        var endorsed =
                SignedStatement.verify(evidence.get("endorsement").getAsString(), PartyKey.ed25519(logKey.publicKey()));
        assertThat(endorsed.get("keys")).isEqualTo(keys);
        assertThat(Checkpoint.parse(evidence.get("checkpoint").getAsString()).verify(logKey))
                .isTrue();
        assertThat(StoredSecrets.events(DATABASE, folder.resolve("fresh.key")))
                .containsSubsequence(
                        "recovery-shares-made", "gateway-recovered", "recovery-shares-made", "gateway-started");

        assertThat(StoredSecrets.leased(DATABASE, folder.resolve("fresh.key")))
                .as("sandboxes, their leases and callers, each under the event that wrote it")
                .isEqualTo(1);

        // What the parties deposited before is there, and what they are told of what happened before.
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var released = sandbox.release("recovered", "train", heart.invocation("algo-lab", new JsonObject()));
        assertThat(released.status()).as(released.body()).isEqualTo(200);
        assertThat(heart.invocationKey("algo-lab", "train").status()).isEqualTo(200);
        assertThat(heart.eventNames()).contains("key-deposited", "released", "invocation-key");
        refused(giveUnsealed("hospital-b"), 409, "CONFLICT", "takes no shares");
    }

    @Test
    @Order(10)
    void newSharesAreThereAndTheGatewaySaysThatNobodyHasThem() throws Exception {
        assertThat(ShareHolders.evidence().get("recovery"))
                .isEqualTo(HOLDERS.shown("algo-lab", "hospital-a", "hospital-b"));
        assertThat(metrics().body()).contains("husk_recovery_shares_unfetched 3");
        HOLDERS.fetchAll();
        assertThat(metrics().body()).contains("husk_recovery_shares_unfetched 0");
    }

    @Test
    @Order(11)
    void theOldKeyAndTheOldSharesOpenNothingAndTheNewOnesDo() throws Exception {
        gateway.kill();
        try (var old = Replica.start("old-key", DATABASE, settings("old.key"))) {
            assertThat(old.awaitEnd()).isEqualTo(78);
            assertThat(old.printed()).contains("does not open this database");
        }
        Files.delete(folder.resolve("fresh.key"));
        startWithoutItsKey("twice");
        for (var holder : HOLDERS.names()) {
            refused(give(holder, Objects.requireNonNull(sharesBefore.get(holder))), 403, "SHARE_FOREIGN", holder);
        }
        assertThat(HOLDERS.give("hospital-a").status()).isEqualTo(200);
        refused(
                give("algo-lab", Objects.requireNonNull(sharesBefore.get("algo-lab"))),
                403,
                "SHARE_FOREIGN",
                "algo-lab");
        var last = HOLDERS.give("hospital-b");
        assertThat(last.status()).as(last.body()).isEqualTo(200);
        assertThat(last.json().get("state").getAsString()).isEqualTo("recovered");
        gateway.awaitReady();
    }

    @Test
    @Order(12)
    void aReplicaThatStillHasTheOldKeyWritesNothingMore() throws Exception {
        var behind = gateway;
        // The key is lost once more and recovered on another machine, while this one still runs.
        Files.move(folder.resolve("fresh.key"), folder.resolve("behind.key"));
        HOLDERS.fetchAll();
        use(Replica.start("ahead", DATABASE, settings("fresh.key")).awaitPrinted("waits for 2 shares"));
        gateway.await("log/checkpoint", 503);
        assertThat(HOLDERS.give("hospital-a").status()).isEqualTo(200);
        assertThat(HOLDERS.give("hospital-b").json().get("state").getAsString()).isEqualTo("recovered");
        gateway.awaitReady();
        var ahead = gateway;
        var head = ahead.text("log/checkpoint");
        try (behind) {
            behind.await("health/ready", 503);
            use(behind);
            assertThat(heart.state("suspend", "hospital-a").status()).isGreaterThanOrEqualTo(500);
        } finally {
            use(ahead);
        }
        assertThat(ahead.text("log/checkpoint")).isEqualTo(head);
    }

    @Test
    @Order(13)
    void afterARestartTheNewKeysAreStillThereAndTheOldOnesDoNotComeBack() throws Exception {
        var keys = ShareHolders.evidence().get("keys");
        gateway.kill();
        use(Replica.start("restarted", DATABASE, settings("fresh.key")).awaitReady());
        assertThat(ShareHolders.evidence().get("keys")).isEqualTo(keys);
        gateway.kill();
        try (var database = ServerUnderTest.backing().connect(DATABASE);
                var statement = database.prepareStatement("update secret set sealed = ? where name = 'hpke'")) {
            statement.setBytes(1, hpkeBefore);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
        try (var refusing = Replica.start("refusing", DATABASE, settings("fresh.key"))) {
            refusing.awaitPrinted("was changed, moved or put back");
        }
    }
}
