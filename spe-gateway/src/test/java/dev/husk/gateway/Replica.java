package dev.husk.gateway;

import com.google.gson.JsonObject;
import dev.husk.local.Backing;
import dev.husk.local.process.ChildOutput;
import dev.husk.local.process.ChildProcess;
import dev.husk.protocol.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A gateway in a process of its own, that a test may kill. */
final class Replica implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final ChildProcess process;
    private final int port;
    private final Path folder;

    private Replica(ChildProcess process, int port, Path folder) {
        this.process = process;
        this.port = port;
        this.folder = folder;
    }

    /**
     * Starts one and waits for nothing.
     *
     * @param settings in addition to those that all gateways of the tests have
     */
    static Replica start(String name, String database, Map<String, String> settings) throws Exception {
        var it = Path.of(System.getProperty("husk.it"));
        var folder = it.resolve("replicas").resolve(name);
        ServerUnderTest.delete(folder);
        Files.createDirectories(folder);
        int port = Backing.freePort();
        var environment = new LinkedHashMap<>(ServerUnderTest.settings(port, database));
        environment.putAll(settings);
        environment.putAll(PreparedServer.environment(folder));
        var process = ChildProcess.start(
                PreparedServer.command(), environment, folder, new ChildOutput.ToFile(folder.resolve("console.log")));
        return new Replica(process, port, folder);
    }

    Replica awaitReady() throws Exception {
        await("health/ready", 200);
        return this;
    }

    /** Waits until the server answers {@code path} with {@code status}. */
    Replica await(String path, int status) throws Exception {
        var deadline = Instant.now().plus(START);
        while (status(path) != status) {
            if (Instant.now().isAfter(deadline) || !process.isAlive()) {
                throw new IllegalStateException(
                        "no " + status + " from " + path + ": " + Files.readString(folder.resolve("console.log")));
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
        return this;
    }

    /** Waits until what it printed contains a text. */
    Replica awaitPrinted(String text) throws Exception {
        var deadline = Instant.now().plus(START);
        while (true) {
            // Asked first: what it printed before it ended counts.
            boolean alive = process.isAlive();
            if (printed().contains(text)) {
                return this;
            }
            if (Instant.now().isAfter(deadline) || !alive) {
                throw new IllegalStateException("never printed '" + text + "': " + printed());
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    /** Waits until it has ended by itself, and says with which status. */
    int awaitEnd() throws Exception {
        return process.onExit().get(START.toMillis(), TimeUnit.MILLISECONDS);
    }

    String printed() throws IOException {
        return Files.readString(folder.resolve("console.log"));
    }

    private int status(String path) throws InterruptedException {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(base() + path))
                                    .timeout(Duration.ofSeconds(10))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return -1; // not yet
        }
    }

    String base() {
        return "http://127.0.0.1:" + port + "/";
    }

    int port() {
        return port;
    }

    Path folder() {
        return folder;
    }

    /** Asks this very replica, past any balancer. */
    JsonObject get(String path) throws Exception {
        return Json.parse(text(path).getBytes(StandardCharsets.UTF_8), 16 << 20).getAsJsonObject();
    }

    String text(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(base() + path)).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** SIGKILL: nothing is flushed, nothing is said. */
    void kill() {
        process.stop("KILL", Duration.ofSeconds(10));
    }

    @Override
    public void close() {
        process.stop("KILL", Duration.ofSeconds(10));
    }
}
