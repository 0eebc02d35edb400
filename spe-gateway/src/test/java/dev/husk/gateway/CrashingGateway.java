package dev.husk.gateway;

import dev.husk.local.Backing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** A gateway in a process of its own, with a database of its own, that can be killed and started again. */
final class CrashingGateway {
    private final Path folder;
    private final Path log;
    private final Map<String, String> settings;
    private final int port;
    private Process process;
    private volatile CompletableFuture<Void> up = new CompletableFuture<>();

    private CrashingGateway(Path folder, Map<String, String> settings, int port) throws Exception {
        this.folder = folder;
        this.log = folder.resolve("console.log");
        this.settings = settings;
        this.port = port;
        this.process = start();
    }

    static CrashingGateway start(String database) throws Exception {
        ServerUnderTest.backing().createDatabase(database);
        var folder = GatewayServer.fresh(database);
        int port = Backing.freePort();
        var settings = new HashMap<>(ServerUnderTest.settings(port, database));
        settings.put("HUSK_STATE_KEY_SOURCE", "file:" + folder.resolve("state.key"));
        return new CrashingGateway(folder, settings, port);
    }

    int port() {
        return port;
    }

    private Process start() throws Exception {
        var builder = new ProcessBuilder(PreparedServer.command())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        PreparedServer.withoutOurs(builder).putAll(settings);
        builder.environment().putAll(PreparedServer.environment(folder));
        return builder.start();
    }

    /** SIGKILL, to the server and whatever it started. */
    void kill() throws InterruptedException {
        var all = process.descendants().toList();
        all.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
        for (var one : all) {
            one.onExit().join();
        }
    }

    /** Kills it, starts it again and waits until it answers; a thread that asks meanwhile gets errors. */
    void restart() throws Exception {
        up = new CompletableFuture<>();
        kill();
        process = start();
        awaitReady();
    }

    /** Waits until the one who restarts it has seen it answer. */
    void awaitRestart() {
        up.join();
    }

    /** Asks until it answers. */
    void awaitReady() throws Exception {
        var deadline = Instant.now().plus(Duration.ofMinutes(3));
        while (!answers(port)) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the gateway is not ready after three minutes, see " + log);
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
        up.complete(null);
    }

    /** Whether a gateway listens on the port and says that it is ready. */
    static boolean answers(int port) throws InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                .timeout(Duration.ofSeconds(10))
                .build();
        try {
            return HttpClient.newHttpClient()
                            .send(request, HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
