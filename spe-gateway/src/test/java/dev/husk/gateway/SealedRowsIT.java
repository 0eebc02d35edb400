package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What whoever runs the database may try with what is in it. */
@ArquillianTest
@RunAsClient
class SealedRowsIT {
    private Connection database;

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("rows.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    @BeforeEach
    void connect() throws Exception {
        database = ServerUnderTest.backing().connect("husk");
    }

    @AfterEach
    void disconnect() throws Exception {
        database.close();
    }

    /** The secrets that these refusals were about, and what the server says about its trouble, all written by now. */
    @AfterAll
    static void noSecretIsInAnyLogOrFailureDump() throws Exception {
        byte[] dataKey = new byte[32];
        dataKey[0] = 42;
        var secrets = new HashMap<>(StoredSecrets.of("husk", ServerUnderTest.stateKey()));
        secrets.put("the state key", Files.readAllBytes(ServerUnderTest.stateKey()));
        secrets.put("a data key", dataKey);
        var logs = Path.of(System.getProperty("husk.it.usr"), "servers", System.getProperty("husk.it.server"), "logs");
        assertThat(logs.resolve("messages.log")).content().contains("was changed, moved or put back");
        assertThat(Logs.assertWithout(logs, secrets)).isPositive();
    }

    private int change(String sql, Object... values) throws Exception {
        try (var statement = database.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            return statement.executeUpdate();
        }
    }

    private List<Object> row(String sql, Object... values) throws Exception {
        try (var statement = database.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (var rows = statement.executeQuery()) {
                assertThat(rows.next()).as(sql).isTrue();
                var row = new ArrayList<Object>();
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(rows.getObject(i));
                }
                return row;
            }
        }
    }

    private Object dataKey(String contract, String object) throws Exception {
        return row("select sealed from data_key where contract = ? and object = ?", contract, object)
                .get(0);
    }

    private void putDataKey(String contract, String object, Object sealed) throws Exception {
        assertThat(change("update data_key set sealed = ? where contract = ? and object = ?", sealed, contract, object))
                .isEqualTo(1);
    }

    private static TestSandbox sandbox() throws Exception {
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        return sandbox;
    }

    private static Http.Answer release(TestContract contract) throws Exception {
        return sandbox().release(contract.contract.name(), "train", contract.invocation("algo-lab", new JsonObject()));
    }

    private static void refused(TestContract contract) throws Exception {
        var answer = release(contract);
        assertThat(answer.status()).as(answer.body()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("data_key").doesNotContain("ciphertext");
        // What failed left no trace of a release.
        assertThat(contract.eventNames()).doesNotContain("released");
    }

    @Test
    void aKeyThatWasSwappedWithItsNeighboursDoesNotOpen() throws Exception {
        var heart = TestContract.named("swapped").active();
        var anna = dataKey("swapped", "anna-2025");
        var berta = dataKey("swapped", "berta-2025");
        putDataKey("swapped", "anna-2025", berta);
        putDataKey("swapped", "berta-2025", anna);
        refused(heart);
        putDataKey("swapped", "anna-2025", anna);
        putDataKey("swapped", "berta-2025", berta);
        assertThat(release(heart).status()).isEqualTo(200);
    }

    @Test
    void aKeyThatWasMovedFromAnotherContractDoesNotOpen() throws Exception {
        var heart = TestContract.named("moved").active();
        TestContract.named("moved-from").active();
        var own = dataKey("moved", "anna-2025");
        putDataKey("moved", "anna-2025", dataKey("moved-from", "anna-2025"));
        refused(heart);
        putDataKey("moved", "anna-2025", own);
        assertThat(release(heart).status()).isEqualTo(200);
    }

    @Test
    void aRowThatWasPutBackToWhatItWasBeforeDoesNotOpen() throws Exception {
        var heart = TestContract.named("rolled-back").active();
        var old = row(
                "select sealed, sha256, size from data_key where contract = 'rolled-back' and object = 'anna-2025'");
        assertThat(heart.deposit("hospital-a", "anna-2025").status()).isEqualTo(201);
        var now = row(
                "select sealed, sha256, size from data_key where contract = 'rolled-back' and object = 'anna-2025'");
        var put =
                "update data_key set sealed = ?, sha256 = ?, size = ? where contract = 'rolled-back' and object = 'anna-2025'";
        change(put, old.toArray());
        refused(heart);
        change(put, now.toArray());
        assertThat(release(heart).status()).isEqualTo(200);
    }

    @Test
    void aDigestThatWasExchangedUnderTheKeyDoesNotOpen() throws Exception {
        var heart = TestContract.named("redirected").active();
        change("update data_key set sha256 = ? where contract = 'redirected'", "sha256:" + "b".repeat(64));
        refused(heart);
    }

    @Test
    void aRowThatWasTakenAwayGivesNoKey() throws Exception {
        var heart = TestContract.named("taken-away").active();
        change("delete from data_key where contract = 'taken-away' and object = 'anna-2025'");
        var answer = release(heart);
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("KEY_MISSING");
    }

    @Test
    void anInvocationKeyThatWasMovedOrTakenAwayIsNotGivenOut() throws Exception {
        var heart = TestContract.named("invocation-moved").active();
        assertThat(heart.invocationKey("algo-lab", "train").status()).isEqualTo(200);
        assertThat(heart.invocationKey("algo-lab", "infer").status()).isEqualTo(200);
        var train = row(
                "select sealed, leaf from invocation_key where contract = 'invocation-moved' and function = 'train'");
        var infer = row(
                "select sealed, leaf from invocation_key where contract = 'invocation-moved' and function = 'infer'");
        var put =
                "update invocation_key set sealed = ?, leaf = ? where contract = 'invocation-moved' and function = 'train'";
        change(put, infer.toArray());
        assertThat(heart.invocationKey("algo-lab", "train").status()).isEqualTo(500);
        change("delete from invocation_key where contract = 'invocation-moved' and function = 'train'");
        // A fresh key in its place would not be the one that callers have sealed to.
        assertThat(heart.invocationKey("algo-lab", "train").status()).isEqualTo(500);
        assertThat(change(
                        "insert into invocation_key (sealed, leaf, contract, function) values (?, ?, 'invocation-moved', 'train')",
                        train.toArray()))
                .isEqualTo(1);
        assertThat(heart.invocationKey("algo-lab", "train").status()).isEqualTo(200);
    }

    @Test
    void anEventThatWasSwappedOrChangedIsNotShown() throws Exception {
        var heart = TestContract.named("events-swapped").active();
        var first = row("select idx, sealed from leaf where chain = 'events-swapped' and seq = 0");
        var second = row("select idx, sealed from leaf where chain = 'events-swapped' and seq = 1");
        change("update leaf set sealed = ? where idx = ?", second.get(1), first.get(0));
        assertThat(events("events-swapped")).isEqualTo(500);
        change("update leaf set sealed = ? where idx = ?", first.get(1), first.get(0));
        assertThat(heart.eventNames()).contains("proposed");
    }

    @Test
    void aChainsKeyThatWasMovedDoesNotOpen() throws Exception {
        TestContract.named("chain-moved").active();
        TestContract.named("chain-moved-from").active();
        var own = row("select sealed from chain where name = 'chain-moved'").get(0);
        var other =
                row("select sealed from chain where name = 'chain-moved-from'").get(0);
        change("update chain set sealed = ? where name = 'chain-moved'", other);
        assertThat(Http.get("v1/contracts/chain-moved", TestContract.bearer("hospital-a"))
                        .status())
                .isEqualTo(500);
        change("update chain set sealed = ? where name = 'chain-moved'", own);
        assertThat(Http.get("v1/contracts/chain-moved", TestContract.bearer("hospital-a"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theDatabaseHoldsNothingThatWouldSayWhereAContractStandsOrWhatWasUsed() throws Exception {
        assertThat(row("select string_agg(column_name, ' ' order by column_name) from information_schema.columns"
                        + " where table_schema = 'public' and table_name = 'contract'"))
                .containsExactly("canonical id");
        assertThat(row("select count(*) from information_schema.tables"
                        + " where table_schema = 'public' and table_name in ('statement', 'nonce', 'run_count')"))
                .containsExactly(0L);
    }

    /** What seals values anew finds them by the names of their columns. */
    @Test
    void everyColumnOfBytesIsSealedByItsNameOrOneOfThoseThatHoldNothingSealed() throws Exception {
        assertThat(row("select string_agg(table_name || '.' || column_name, ' ' order by table_name, column_name)"
                        + " from information_schema.columns where table_schema = 'public' and data_type = 'bytea'"
                        + " and column_name not like 'sealed%'"))
                .containsExactly("contract.canonical leaf.bytes recovery_share.ciphertext"
                        + " recovery_share.digest recovery_share.enc sandbox.certificates sandbox.pin sandbox.quote"
                        + " sandbox.report sandbox.report_data tile.hashes");
    }

    @Test
    void aContractsTextThatWasExchangedOrTakenAwayReleasesNothing() throws Exception {
        var heart = TestContract.named("text-lost").active();
        var lax = TestContract.named("text-lost", text -> text.replace("\"runs\": 10", "\"runs\": \"any\""));
        var sandbox = sandbox();
        var id = heart.contract.id();
        var own = row("select canonical from contract where id = ?", id).get(0);
        try {
            change("update contract set canonical = ? where id = ?", lax.contract.canonical(), id);
            failed(sandbox.release("text-lost", "train", heart.invocation("algo-lab", new JsonObject())));
            change("delete from contract where id = ?", id);
            failed(sandbox.release("text-lost", "train", heart.invocation("algo-lab", new JsonObject())));
        } finally {
            change("delete from contract where id = ?", id);
            change("insert into contract (id, canonical) values (?, ?)", id, own);
        }
        assertThat(heart.eventNames()).doesNotContain("released");
        assertThat(sandbox.release("text-lost", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aContractThatNobodyProposedIsNone() throws Exception {
        var forged = TestContract.named("forged");
        change("insert into contract (id, canonical) values (?, ?)", forged.contract.id(), forged.contract.canonical());
        assertThat(Http.get("v1/contracts/forged", TestContract.bearer("hospital-a"))
                        .status())
                .isEqualTo(404);
        // Nor does its text stand in the way of those who propose it.
        assertThat(forged.propose().status()).isEqualTo(201);
    }

    private static void failed(Http.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("sha256:");
    }

    /** The row as it is now, to be put back later. */
    private void remember(TestSandbox sandbox) throws Exception {
        change("create temp table kept as select * from sandbox where id = ?", sandbox.id);
    }

    private void takeAway(TestSandbox sandbox) throws Exception {
        assertThat(change("delete from sandbox where id = ?", sandbox.id)).isEqualTo(1);
    }

    private void putBack() throws Exception {
        assertThat(change("insert into sandbox select * from kept")).isEqualTo(1);
    }

    @Test
    void aSandboxThatWasTakenAwayIsNotBoundAgain() throws Exception {
        var heart = TestContract.named("lost-sandbox").active();
        var sandbox = sandbox();
        var before = heart.eventNames();
        remember(sandbox);
        takeAway(sandbox);
        failed(sandbox.attest(TestContract.CODE));
        failed(sandbox.release("lost-sandbox", "train", heart.invocation("algo-lab", new JsonObject())));
        assertThat(heart.eventNames()).isEqualTo(before);
        putBack();
        assertThat(sandbox.release("lost-sandbox", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whatWasBoundAsPlainCannotBecomeAFunctionByLosingItsRow() throws Exception {
        var heart = TestContract.named("plain-lost").active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest("sha256:" + "7".repeat(64)).status()).isEqualTo(200);
        takeAway(sandbox);
        failed(sandbox.attest(TestContract.CODE));
        assertThat(heart.eventNames()).doesNotContain("sandbox-bound");
    }

    @Test
    void aSandboxThatWasPutBackToBeforeItsReleaseServesNoOtherContract() throws Exception {
        var one = TestContract.named("put-back-one").active();
        var two = TestContract.named("put-back-two").active();
        var sandbox = sandbox();
        remember(sandbox);
        assertThat(sandbox.release("put-back-one", "train", one.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        takeAway(sandbox);
        putBack();
        failed(sandbox.release("put-back-two", "train", two.invocation("algo-lab", new JsonObject())));
        assertThat(two.eventNames()).doesNotContain("released");
    }

    @Test
    void twoSandboxesThatWereSwappedAreNeither() throws Exception {
        var heart = TestContract.named("sandboxes-swapped").active();
        var one = sandbox();
        var other = sandbox();
        var swap = "update sandbox set id = case id when ? then ? else ? end where id in (?, ?)";
        change("alter table sandbox drop constraint sandbox_pkey");
        try {
            assertThat(change(swap, one.id, other.id, one.id, one.id, other.id)).isEqualTo(2);
            failed(one.release("sandboxes-swapped", "train", heart.invocation("algo-lab", new JsonObject())));
            failed(other.release("sandboxes-swapped", "train", heart.invocation("algo-lab", new JsonObject())));
            assertThat(change(swap, one.id, other.id, one.id, one.id, other.id)).isEqualTo(2);
        } finally {
            change("alter table sandbox add primary key (id)");
        }
        assertThat(one.release("sandboxes-swapped", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
    }

    private static void resume(TestContract contract) throws Exception {
        for (var party : contract.signers.keySet()) {
            assertThat(contract.state("resume", party).status()).isEqualTo(200);
        }
    }

    @Test
    void aLeaseThatASuspensionEndedDoesNotComeBackWithItsRow() throws Exception {
        var heart = TestContract.named("lease-back").active();
        var sandbox = sandbox();
        assertThat(sandbox.release("lease-back", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        assertThat(sandbox.key("lease-back", "anna-2025").status()).isEqualTo(200);
        remember(sandbox);
        heart.state("suspend", "hospital-a");
        resume(heart);
        assertThat(sandbox.key("lease-back", "anna-2025").body()).contains("LEASE_ENDED");
        takeAway(sandbox);
        putBack();
        failed(sandbox.key("lease-back", "anna-2025"));
        failed(sandbox.renew());
    }

    @Test
    void aLeaseThatTheDatabaseHidFromASuspensionHasEndedAllTheSame() throws Exception {
        var heart = TestContract.named("lease-hidden").active();
        var sandbox = sandbox();
        assertThat(sandbox.release("lease-hidden", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
        change("update sandbox set lease_until = null where id = ?", sandbox.id);
        // Nothing is decided by that column.
        assertThat(sandbox.key("lease-hidden", "anna-2025").status()).isEqualTo(200);
        heart.state("suspend", "hospital-a");
        assertThat(heart.eventNames()).endsWith("suspended");
        resume(heart);
        assertThat(sandbox.key("lease-hidden", "anna-2025").body()).contains("LEASE_ENDED");
        assertThat(sandbox.renew().status()).isEqualTo(403);
        assertThat(heart.eventNames()).endsWith("refused", "lease-ended");
    }

    @Test
    void aRenewalThatIsPutBackOnlyEndsEarlierAndNobodyElsesIsTaken() throws Exception {
        var heart = TestContract.named("renewal-back").active();
        var sandbox = sandbox();
        var other = sandbox();
        for (var one : List.of(sandbox, other)) {
            assertThat(one.release("renewal-back", "train", heart.invocation("algo-lab", new JsonObject()))
                            .status())
                    .isEqualTo(200);
        }
        var first =
                row("select sealed_lease from sandbox where id = ?", sandbox.id).get(0);
        var foreign =
                row("select sealed_lease from sandbox where id = ?", other.id).get(0);
        assertThat(sandbox.renew().status()).isEqualTo(200);
        change("update sandbox set sealed_lease = ? where id = ?", first, sandbox.id);
        assertThat(sandbox.key("renewal-back", "anna-2025").status()).isEqualTo(200);
        change("update sandbox set sealed_lease = ? where id = ?", foreign, sandbox.id);
        failed(sandbox.key("renewal-back", "anna-2025"));
        change("update sandbox set sealed_lease = ? where id = ?", first, sandbox.id);
        assertThat(sandbox.renew().status()).isEqualTo(200);
    }

    @Test
    void whatTheDatabaseDidNotCommitLeavesNoTrace() throws Exception {
        var heart = TestContract.named("rolled-over", text -> text.replace("\"runs\": 10", "\"runs\": 1"))
                .active();
        var sandbox = sandbox();
        var asked =
                sandbox.statement("release", "rolled-over", "train", heart.invocation("algo-lab", new JsonObject()));
        var before = heart.eventNames();
        var size = row("select size from log_head").get(0);
        change("alter table log_head add constraint no_more check (size <= " + size + ")");
        try {
            assertThat(sandbox.release(asked).status()).isEqualTo(500);
            assertThat(heart.state("suspend", "hospital-a").status()).isEqualTo(500);
        } finally {
            change("alter table log_head drop constraint no_more");
        }
        assertThat(heart.eventNames()).isEqualTo(before);
        // Neither is it suspended, nor were the nonces or the one run used.
        assertThat(sandbox.release(asked).status()).isEqualTo(200);
        assertThat(sandbox.release(asked).body()).contains("REPLAYED");
        assertThat(sandbox.release("rolled-over", "train", heart.invocation("algo-lab", new JsonObject()))
                        .body())
                .contains("RUNS_SPENT");
    }

    private static int events(String contract) throws Exception {
        return Http.get("v1/contracts/" + contract + "/events", TestContract.bearer("hospital-a"))
                .status();
    }
}
