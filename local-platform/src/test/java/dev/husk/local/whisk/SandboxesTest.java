package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.local.whisk.Sandboxes.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The pool: reuse, room, queue, reaping, prewarming, hooks. */
@Timeout(300)
class SandboxesTest {
    @TempDir
    Path folder;

    @Test
    void aFullPoolEndsTheSandboxThatHasBeenIdleLongest() throws Exception {
        try (var server = Servers.start(folder, Servers.limits(2))) {
            var client = new Client(server);
            for (var name : List.of("a", "b", "c")) {
                client.create(name, "hello");
            }
            var a = pid(client, "a");
            var b = pid(client, "b");
            var c = pid(client, "c");
            assertThat(server.sandboxes().count()).isEqualTo(new Count(0, 2, 0, 0));
            a.onExit().get(2, TimeUnit.MINUTES);
            assertThat(b.isAlive()).isTrue();
            assertThat(pid(client, "b")).isEqualTo(b);
            assertThat(pid(client, "a")).isNotEqualTo(a);
            c.onExit().get(2, TimeUnit.MINUTES);
        }
    }

    @Test
    void anActivationThatFindsNoRoomWaitsAndThenFailsAsThePlatformsError() throws Exception {
        var limits = new SandboxLimits(1, Duration.ofMinutes(10), Duration.ofMillis(300), List.of());
        try (var server = Servers.start(folder, limits)) {
            var client = new Client(server);
            client.create("slow", "waits");
            client.create("other", "hello");
            client.call("POST", "actions/slow", "{\"millis\":60000}").is(202);
            Servers.await(() -> server.sandboxes().count().busy() > 0);
            var activation = client.invoke("other", "{}").is(500).object();
            assertThat(activation.getAsJsonObject("response").get("status").getAsString())
                    .isEqualTo("whisk internal error");
            assertThat(activation.toString()).contains("No sandbox became free");
        }
    }

    @Test
    void queuedActivationsRunOneAfterTheOther() throws Exception {
        try (var server = Servers.start(folder, Servers.limits(1))) {
            var client = new Client(server);
            client.create("hello", "hello");
            client.create("slow", "waits");
            client.call("POST", "actions/slow", "{\"millis\":200}").is(202);
            client.invoke("hello", "{}").is(200);
        }
    }

    @Test
    void anIdleSandboxEndsAfterItsTimeAndTellsTheHookOnce() throws Exception {
        var clock = new Servers.HandClock();
        Set<String> running = ConcurrentHashMap.newKeySet();
        SandboxHooks hooks = (id, kind) -> {
            running.add(id);
            return new SandboxHooks.Launch(
                    List.of("--sandbox", id),
                    () -> assertThat(running.remove(id)).isTrue());
        };
        try (var server = Servers.start(folder, Servers.limits(2), hooks, clock, Duration.ofSeconds(30))) {
            var client = new Client(server);
            client.create("hello", "hello");
            var activation = client.invoke("hello", "{}").is(200).object();
            assertThat(activation.getAsJsonArray("logs").toString())
                    .contains("arguments: --sandbox " + running.iterator().next());
            var process = process(activation);

            clock.advance(Duration.ofMinutes(9));
            server.sandboxes().reap();
            assertThat(server.sandboxes().count().idle()).isOne();

            clock.advance(Duration.ofMinutes(2));
            server.sandboxes().reap();
            assertThat(server.sandboxes().count()).isEqualTo(new Count(0, 0, 0, 0));
            process.onExit().get(2, TimeUnit.MINUTES);
            Servers.await(running::isEmpty);
        }
        assertThat(files(folder.resolve("sandboxes"))).isEmpty();
    }

    @Test
    void aPrewarmedSandboxIsTakenIfKindAndMemoryFitAndThenReplaced() throws Exception {
        var limits = new SandboxLimits(
                3,
                Duration.ofMinutes(10),
                Duration.ofSeconds(20),
                List.of(new SandboxLimits.StemCells(Servers.KIND, 256, 1)));
        try (var server = Servers.start(folder, limits)) {
            Servers.await(() -> server.sandboxes().count().prewarmed() > 0);
            var client = new Client(server);
            client.create("fits", "hello");
            client.invoke("fits", "{}").is(200);
            Servers.await(() -> server.sandboxes().count().prewarmed() > 0);
            client.create("larger", "hello", "{\"limits\":{\"memory\":300}}");
            client.invoke("larger", "{}").is(200);
            assertThat(server.sandboxes().count()).isEqualTo(new Count(0, 2, 1, 0));
        }
    }

    @Test
    void closingEndsIdleAndBusySandboxes() throws Exception {
        ProcessHandle idle;
        try (var server = Servers.start(folder, Servers.limits(2))) {
            var client = new Client(server);
            client.create("hello", "hello");
            client.create("slow", "waits");
            idle = pid(client, "hello");
            client.call("POST", "actions/slow", "{\"millis\":60000}").is(202);
            Servers.await(() -> server.sandboxes().count().busy() > 0);
        }
        assertThat(idle.isAlive()).isFalse();
        assertThat(ProcessHandle.current().descendants().filter(ProcessHandle::isAlive))
                .noneMatch(process -> process.info().commandLine().orElse("").contains(folder.toString()));
    }

    @Test
    void aHookThatFailsIsThePlatformsError() throws Exception {
        SandboxHooks hooks = (id, kind) -> {
            throw new IOException("no simulated processor");
        };
        try (var server = Servers.start(folder, Servers.limits(1), hooks, Clock.systemUTC(), Duration.ofSeconds(30))) {
            var client = new Client(server);
            client.create("hello", "hello");
            client.invoke("hello", "{}").is(500);
            assertThat(server.sandboxes().count()).isEqualTo(new Count(0, 0, 0, 0));
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static ProcessHandle pid(Client client, String action) throws Exception {
        return process(client.invoke(action, "{}").is(200).object());
    }

    private static ProcessHandle process(JsonObject activation) {
        return ProcessHandle.of(activation
                        .getAsJsonObject("response")
                        .getAsJsonObject("result")
                        .get("pid")
                        .getAsLong())
                .orElseThrow();
    }
}
