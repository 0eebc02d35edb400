package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Budgets and the log survive the death of the gateway: many sandboxes ask for more runs than the contract has, while
 * the process is killed at random points and started again.
 */
class BudgetCrashIT {
    private static final int REQUESTS = 500;
    private static final int RUNS = 300;
    private static final int SANDBOXES = 20;
    private static final int THREADS = 16;
    private static final int KILLS = 3;

    private static String portBefore = "";
    private static CrashingGateway gateway;

    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Queue<Receipt> receipts = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void start() throws Exception {
        gateway = CrashingGateway.start("crash");
        gateway.awaitReady();
        portBefore = System.setProperty("husk.it.port", "" + gateway.port());
    }

    @AfterAll
    static void stop() throws Exception {
        System.setProperty("husk.it.port", portBefore);
        gateway.kill();
    }

    @Test
    void killedAtAnyPointItGivesNoRunTooManyAndLosesNoEvent() throws Exception {
        long seed = Long.getLong("husk.seed", System.nanoTime());
        System.out.println("BudgetCrashIT: -Dhusk.seed=" + seed);
        var random = new Random(seed);
        var heart = TestContract.named(
                        "crash",
                        text -> text.replace("\"runs\": 10", "\"runs\": " + RUNS)
                                .replace("\"perDay\": 5", "\"perDay\": \"any\""))
                .active();
        var logKey = logKey();
        var sandboxes = new ArrayList<TestSandbox>();
        for (int i = 0; i < SANDBOXES; i++) {
            var sandbox = new TestSandbox();
            assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
            sandboxes.add(sandbox);
        }

        var pool = Executors.newFixedThreadPool(THREADS);
        var running = new ArrayList<Future<?>>();
        for (int i = 0; i < REQUESTS; i++) {
            var sandbox = sandboxes.get(i % SANDBOXES);
            running.add(pool.submit(() -> {
                release(heart, sandbox);
                return null;
            }));
        }
        for (int kill = 0; kill < KILLS; kill++) {
            // Somewhere in the next part of the attempts, and there at any point of one.
            int part = REQUESTS / (KILLS + 1);
            int at = kill * part + 10 + random.nextInt(part);
            while (attempts.get() < at && running.stream().anyMatch(one -> !one.isDone())) {
                LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
            }
            LockSupport.parkNanos(random.nextInt(40_000_000));
            gateway.restart();
        }
        for (var one : running) {
            one.get();
        }
        pool.shutdown();
        gateway.restart();

        System.out.printf(
                "BudgetCrashIT: %d attempts, %d released, %d refused, %d without an answer%n",
                attempts.get(), receipts.size(), refused.get(), unknown.get());
        assertThat(receipts.size() + refused.get()).isEqualTo(REQUESTS);
        assertThat(unknown.get())
                .as("no request was under way when the gateway died")
                .isPositive();
        checkBudget(heart);
        checkLog(heart, logKey);
    }

    /** Asks until there is an answer; where none came, what was asked for may have happened or not. */
    private void release(TestContract heart, TestSandbox sandbox) throws Exception {
        while (true) {
            attempts.incrementAndGet();
            try {
                var answer = sandbox.release("crash", "train", heart.invocation("algo-lab", new JsonObject()));
                if (answer.status() == 200) {
                    try (var release = sandbox.open(answer)) {
                        assertThat(release.reads()).isNotEmpty();
                        receipts.add(release.receipt());
                    }
                    return;
                }
                if (answer.status() == 403) {
                    assertThat(answer.body()).contains("RUNS_SPENT");
                    refused.incrementAndGet();
                    return;
                }
                // While it starts, there is no application yet.
                assertThat(answer.status()).as(answer.body()).isIn(404, 503);
                attempts.decrementAndGet();
            } catch (IOException e) {
                unknown.incrementAndGet();
            }
            gateway.awaitRestart();
        }
    }

    private void checkBudget(TestContract heart) throws Exception {
        var names = heart.eventNames();
        // More was asked for than there is, so all of it was given, and to the event.
        assertThat(names).filteredOn("released"::equals).hasSize(RUNS);
        assertThat(receipts).hasSizeBetween(RUNS - unknown.get(), RUNS);
        assertThat(names.stream().filter("refused"::equals).count()).isGreaterThanOrEqualTo(refused.get());
        refuseOneMore(heart);
    }

    private static void refuseOneMore(TestContract heart) throws Exception {
        var sandbox = new TestSandbox();
        sandbox.attest(TestContract.CODE);
        var answer = sandbox.release("crash", "train", heart.invocation("algo-lab", new JsonObject()));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).contains("RUNS_SPENT");
    }

    private void checkLog(TestContract heart, VerifierKey logKey) throws Exception {
        var log = new PublicLog(ServerUnderTest.base());
        log.requireHolds(logKey, receipts);
        var leaves = log.leaves(log.checkpoint());
        var released = new HashMap<Long, JsonObject>();
        long seq = 0;
        for (var event : heart.events()) {
            long index = event.get("index").getAsLong();
            var leaf = Leaf.parse(event.get("leaf").getAsString().getBytes(StandardCharsets.UTF_8));
            assertThat(leaf.seq()).isEqualTo(seq++);
            assertThat(leaves.get((int) index)).isEqualTo(event.get("leaf").getAsString());
            assertThat(new Opening(event.get("salt").getAsString(), event.getAsJsonObject("event")).opens(leaf))
                    .isTrue();
            if (event.getAsJsonObject("event").get("event").getAsString().equals("released")) {
                released.put(index, event);
            }
        }
        for (var receipt : receipts) {
            assertThat(released).containsKey(receipt.index());
        }
    }

    static VerifierKey logKey() throws Exception {
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
}
