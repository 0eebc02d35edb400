package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.local.Backing;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.Receipt;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Transactions commit before they are durable, and answers wait: while the database and the gateway are killed at random
 * points under load, the log gets no gap and no second history, and whatever a receipt was handed out for stays in it. A
 * gateway that had decided from what a database then lost ends, and another one goes on.
 */
class LogCrashIT {
    private static final int CLIENTS = 8;
    private static final int KILLS = 6;

    private final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();
    private final Queue<String> granted = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final List<GatewayServer> servers = new ArrayList<>();
    private int endedByThemselves;

    @Test
    void whatAReceiptProvesSurvivesTheDeathOfTheDatabaseAndOfTheGatewayAtAnyPoint() throws Exception {
        long seed = Long.getLong("husk.seed", System.nanoTime());
        System.out.println("LogCrashIT: -Dhusk.seed=" + seed);
        var random = new Random(seed);
        var folder = GatewayServer.fresh("log-crash");
        var backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        var pool = Executors.newFixedThreadPool(CLIENTS);
        try {
            slowDown(backing);
            var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
            servers.add(GatewayServer.start(folder, settings));
            var heart = TestContract.named(
                            "log-crash",
                            text -> text.replace("\"runs\": 10", "\"runs\": 1000000")
                                    .replace("\"perDay\": 5", "\"perDay\": \"any\""))
                    .active();
            var key = BudgetCrashIT.logKey();
            var clients = new ArrayList<Future<?>>();
            for (int i = 0; i < CLIENTS; i++) {
                var sandbox = new TestSandbox();
                assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
                clients.add(pool.submit(() -> {
                    while (!stopped.get()) {
                        release(heart, sandbox);
                    }
                    return null;
                }));
            }
            for (int kill = 0; kill < KILLS; kill++) {
                awaitReceipts(receipts.size() + 10 + random.nextInt(30), clients, settings);
                LockSupport.parkNanos(random.nextInt(40_000_000));
                if (kill % 3 < 2) {
                    backing.killDatabase();
                    backing = backing.startAgain();
                } else {
                    servers.get(servers.size() - 1).kill();
                    servers.add(GatewayServer.start(folder, settings));
                }
            }
            awaitReceipts(Math.max(300, receipts.size() + 20), clients, settings);
            int endedBefore = endedByThemselves;
            failNextTile(backing);
            while (!tileFailed(backing)) {
                awaitReceipts(receipts.size() + 10, clients, settings);
            }
            awaitReceipts(receipts.size() + 20, clients, settings);
            assertThat(endedByThemselves).as("nothing was lost").isEqualTo(endedBefore);
            stopped.set(true);
            for (var client : clients) {
                client.get();
            }
            System.out.println("LogCrashIT: " + endedByThemselves + " gateways ended by themselves");
            // The gateway that went on over each database that came back, and one that reads all of it anew.
            check(heart, key);
            servers.get(servers.size() - 1).kill();
            backing.killDatabase();
            backing = backing.startAgain();
            servers.add(GatewayServer.start(folder, settings));
            requireDerivedTiles(backing);
            check(heart, key);
        } finally {
            stopped.set(true);
            pool.shutdown();
            for (int i = servers.size() - 1; i >= 0; i--) {
                servers.get(i).close();
            }
            backing.close();
        }
    }

    /** Between what a round of the gateway reads and its flush there is time to be killed. */
    private static void slowDown(Backing backing) throws Exception {
        try (var database = backing.connect("husk");
                var statement = database.createStatement()) {
            statement.execute("create schema slow");
            statement.execute("create function slow.pg_logical_emit_message(boolean, text, text) returns pg_lsn"
                    + " language sql as 'select pg_catalog.pg_logical_emit_message($1, $2, $3) from pg_sleep(0.1)'");
            statement.execute("alter role husk set search_path = public, slow, pg_catalog");
        }
    }

    /** The database refuses the next whole tile, once: the round that brings it fails after it took in its entries. */
    private static void failNextTile(Backing backing) throws Exception {
        try (var database = backing.connect("husk");
                var statement = database.createStatement()) {
            statement.execute("create sequence public.tries");
            // What a sequence has given out stays given out when the transaction fails.
            statement.execute("create function public.refuse_first() returns trigger language plpgsql as $$ begin"
                    + " if nextval('public.tries') = 1 then raise exception 'refused'; end if; return new; end $$");
            statement.execute("create trigger refuse_first before insert on tile"
                    + " for each row execute function public.refuse_first()");
        }
    }

    private static boolean tileFailed(Backing backing) throws Exception {
        try (var database = backing.connect("husk");
                var statement = database.createStatement();
                var tries = statement.executeQuery("select is_called from public.tries")) {
            tries.next();
            return tries.getBoolean(1);
        }
    }

    /** A tile that the database changed is not served, and one that it lost is derived from the leaves again. */
    private static void requireDerivedTiles(Backing backing) throws Exception {
        var log = new PublicLog(ServerUnderTest.base());
        try (var database = backing.connect("husk");
                var statement = database.createStatement()) {
            assertThat(statement.executeUpdate(
                            "update tile set hashes = set_byte(hashes, 77, 255 - get_byte(hashes, 77)) "
                                    + "where level = 0 and idx = 0"))
                    .isEqualTo(1);
            assertThat(log.get("log/tile/0/000").statusCode()).isEqualTo(500);
            assertThat(statement.executeUpdate("delete from tile where level = 0 and idx = 0"))
                    .isEqualTo(1);
        }
        assertThat(log.file("tile/0/000")).hasSize(8192);
    }

    /** What fails may have happened or not; what is answered has. */
    private void release(TestContract heart, TestSandbox sandbox) {
        try {
            var answer = sandbox.releaseOnFreshConnection(
                    sandbox.statement("release", "log-crash", "train", heart.invocation("algo-lab", new JsonObject())));
            if (answer.status() == 200) {
                try (var release = sandbox.open(answer)) {
                    receipts.add(release.receipt());
                    granted.add(sandbox.id);
                }
                return;
            }
            // Gone, coming back, or over its limit.
            assertThat(answer.status()).as(answer.body()).isIn(404, 429, 500, 503);
        } catch (Exception e) {
            // The gateway, or its connection, was killed.
            assertThat(e).isInstanceOf(java.io.IOException.class);
        }
        LockSupport.parkNanos(10_000_000);
    }

    private void awaitReceipts(int count, List<Future<?>> clients, Map<String, String> settings) throws Exception {
        var deadline = Instant.now().plusSeconds(180);
        while (receipts.size() < count) {
            for (var client : clients) {
                if (client.isDone()) {
                    client.get(); // says why
                }
            }
            var last = servers.get(servers.size() - 1);
            if (last.hasEnded()) {
                assertThat(last.awaitEnd()).as(last.console()).isEqualTo(75);
                endedByThemselves++;
                servers.add(GatewayServer.start(last.folder, settings));
            }
            assertThat(Instant.now())
                    .as("%d of %d receipts", receipts.size(), count)
                    .isBefore(deadline);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void check(TestContract heart, dev.husk.protocol.log.VerifierKey key) throws Exception {
        assertThat(receipts).isNotEmpty();
        new PublicLog(ServerUnderTest.base()).requireHolds(key, receipts);
        var released = new HashMap<Long, String>();
        long seq = 0;
        for (var event : heart.events()) {
            var leaf = Leaf.parse(event.get("leaf").getAsString().getBytes(StandardCharsets.UTF_8));
            assertThat(leaf.seq()).as("a gap").isEqualTo(seq++);
            var opened = event.getAsJsonObject("event");
            if (opened.get("event").getAsString().equals("released")) {
                released.put(
                        event.get("index").getAsLong(), opened.get("sandbox").getAsString());
            }
        }
        for (var receipt : receipts) {
            assertThat(released).containsKey(receipt.index());
        }
        assertThat(granted).hasSameSizeAs(receipts);
        assertThat(released.values()).containsAll(granted);
    }
}
