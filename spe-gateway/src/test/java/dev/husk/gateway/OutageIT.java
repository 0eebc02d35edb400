package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.local.Backing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What remains after the database is killed, put back, or lost, and what a gateway that is told to stop does. */
@SuppressWarnings("try") // what a server is for are the requests that go to it
class OutageIT {
    private static final int CLIENTS = 6;

    @Test
    void nothingThatWasAcknowledgedIsLostWhenEveryProcessOfTheDatabaseIsKilled() throws Exception {
        var folder = GatewayServer.fresh("killed");
        var backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
        try (var server = GatewayServer.start(folder, settings)) {
            var heart = unlimited("killed").active();
            var load = Load.start(heart, "killed");
            try {
                load.awaitAnswers(20);
                backing.killDatabase();
                backing = backing.startAgain();
                // The same gateway goes on over the database that came back.
                load.awaitMoreGranted(20);
            } finally {
                load.stop();
            }
            assertThat(load.statuses()).isSubsetOf(200, 500, 503);
            var released = new ArrayList<String>();
            for (var event : heart.events()) {
                var opened = event.getAsJsonObject("event");
                if (opened.get("event").getAsString().equals("released")) {
                    released.add(opened.get("sandbox").getAsString());
                }
            }
            assertThat(load.granted()).isNotEmpty();
            load.granted().forEach(released::remove);
            // Every answer had its event; a few events may have lost their answers.
            assertThat(heart.eventNames().stream().filter("released"::equals).count())
                    .isEqualTo(released.size() + load.granted().size());
        } finally {
            backing.close();
        }
    }

    @Test
    void whoeverLeavesAGatewayThatSaysItIsNotReadyHasGotWholeAnswers() throws Exception {
        var folder = GatewayServer.fresh("stopped");
        try (var backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"))) {
            var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
            settings.put("HUSK_DRAIN", "600");
            try (var server = GatewayServer.start(folder, settings)) {
                var load = Load.start(unlimited("stopped").active(), "stopped");
                try {
                    load.awaitAnswers(20);
                    server.terminate();
                    server.awaitNotReady();
                    load.awaitMoreGranted(20);
                } finally {
                    load.stop();
                }
                assertThat(load.statuses()).containsOnly(200);
                assertThat(load.broken()).isEmpty();
                // Told again, it waits no longer.
                server.terminate();
                assertThat(server.awaitEnd()).isEqualTo(143);
            }
        }
    }

    @Test
    void aRestoredBackupGoesOnAndAnOlderOneIsRefusedUntilTheOperatorSaysSo() throws Exception {
        var folder = GatewayServer.fresh("restored");
        var backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        try {
            var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
            long size;
            try (var server = GatewayServer.start(folder, settings)) {
                TestContract.named("restored").active();
                size = Flow.logSize();
            }
            backing.stopDatabase();
            var backup = folder.resolve("backup");
            ServerUnderTest.copy(backing.data(), backup);
            backing = backing.startAgain();
            settings.put("HUSK_DB_PORT", "" + backing.databasePort());
            try (var server = GatewayServer.start(folder, settings)) {
                assertThat(Flow.logSize()).isEqualTo(size + 1);
            }
            backing.stopDatabase();
            restore(backup, backing.data());
            backing = backing.startAgain();
            var refused = GatewayServer.startThatFails(folder, settings);
            assertThat(refused.awaitEnd()).isEqualTo(78);
            assertThat(refused.console())
                    .contains("the gateway does not start: the database is older than what this gateway signed: it has "
                            + size + " entries of " + (size + 1));
            // The operator accepts the loss, as docs/operations.md says.
            Files.delete(folder.resolve("state.key.checkpoint"));
            try (var server = GatewayServer.start(folder, settings)) {
                assertThat(Flow.logSize()).isEqualTo(size + 1);
                assertThat(Http.get("v1/contracts/restored", TestContract.bearer("hospital-a"))
                                .status())
                        .isEqualTo(200);
            }
        } finally {
            backing.close();
        }
    }

    @Test
    void aMissingValueEndsTheStartWithOneLineThatNamesIt() throws Exception {
        var folder = GatewayServer.fresh("missing");
        var settings = GatewayServer.settings(folder, 1, "secret-of-the-database");
        settings.remove("HUSK_EVIDENCE");
        settings.put("HUSK_S3_SECRET_KEY", "");
        var server = GatewayServer.startThatFails(folder, settings);
        assertThat(server.awaitEnd()).isEqualTo(78);
        assertThat(server.console())
                .contains("the gateway does not start: HUSK_EVIDENCE is not set; HUSK_S3_SECRET_KEY is not set");
        assertThat(server.console()).doesNotContain("secret-of-the-database");
    }

    private static TestContract unlimited(String name) throws Exception {
        return TestContract.named(
                name,
                text -> text.replace("\"runs\": 10", "\"runs\": 100000")
                        .replace("\"perDay\": 5", "\"perDay\": \"any\""));
    }

    private static void restore(Path backup, Path data) throws Exception {
        ServerUnderTest.delete(data);
        ServerUnderTest.copy(backup, data);
        Files.setPosixFilePermissions(data, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
    }

    /** Sandboxes that ask for releases, one after the other, until they are stopped. */
    private static final class Load {
        private final ConcurrentLinkedQueue<String> granted = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<String> broken = new ConcurrentLinkedQueue<>();
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final CountDownLatch ended = new CountDownLatch(CLIENTS);

        static Load start(TestContract heart, String name) throws Exception {
            var load = new Load();
            var pool = Executors.newFixedThreadPool(CLIENTS);
            var sandboxes = new ArrayList<TestSandbox>();
            for (int i = 0; i < CLIENTS; i++) {
                var sandbox = new TestSandbox();
                assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
                sandboxes.add(sandbox);
            }
            for (var sandbox : sandboxes) {
                pool.execute(() -> {
                    try {
                        while (!load.stopped.get()) {
                            load.ask(heart, name, sandbox);
                        }
                    } finally {
                        load.ended.countDown();
                    }
                });
            }
            pool.shutdown();
            return load;
        }

        private void ask(TestContract heart, String name, TestSandbox sandbox) {
            try {
                var answer = sandbox.releaseOnFreshConnection(
                        sandbox.statement("release", name, "train", heart.invocation("algo-lab", new JsonObject())));
                statuses.add(answer.status());
                if (answer.status() == 200) {
                    granted.add(sandbox.id);
                    sandbox.open(answer).close();
                }
            } catch (java.net.ConnectException e) {
                // Not accepted, so nothing was promised.
                return;
            } catch (Exception e) {
                broken.add(String.valueOf(e));
            }
        }

        void awaitAnswers(int count) throws Exception {
            var deadline = java.time.Instant.now().plusSeconds(180);
            while (statuses.size() < count) {
                assertThat(java.time.Instant.now()).isBefore(deadline);
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        }

        void awaitMoreGranted(int count) throws Exception {
            int before = granted.size();
            var deadline = java.time.Instant.now().plusSeconds(180);
            while (granted.size() < before + count) {
                assertThat(java.time.Instant.now())
                        .as("%s %s", statuses, broken)
                        .isBefore(deadline);
                java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            }
        }

        void stop() throws Exception {
            stopped.set(true);
            assertThat(ended.await(180, TimeUnit.SECONDS)).isTrue();
        }

        List<String> granted() {
            return List.copyOf(granted);
        }

        List<Integer> statuses() {
            return List.copyOf(statuses);
        }

        List<String> broken() {
            return List.copyOf(broken);
        }
    }
}
