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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** A gateway in a process of its own, with a database of its own, that can be killed and started again. */
final class CrashingGateway {
    private final Path usr;
    private final Path log;
    private final Path liberty;
    private final String name;
    private final int port;
    private Process process;
    private volatile CompletableFuture<Void> up = new CompletableFuture<>();

    private CrashingGateway(Path it, Path liberty, String name, int port) throws IOException {
        this.usr = it.resolve("usr");
        this.log = it.resolve(name + ".log");
        this.liberty = liberty;
        this.name = name;
        this.port = port;
        this.process = start();
    }

    static CrashingGateway start(String database) throws Exception {
        var it = Path.of(System.getProperty("husk.it"));
        var liberty = Path.of(System.getProperty("husk.liberty"));
        ServerUnderTest.backing().createDatabase(database);
        int port = Backing.freePort();
        var name = "gateway-" + database + "-" + port;
        ServerUnderTest.layOut(it, liberty, name, port, database);
        return new CrashingGateway(it, liberty, name, port);
    }

    int port() {
        return port;
    }

    private Process start() throws IOException {
        var builder = new ProcessBuilder(List.of(liberty.resolve("bin/server").toString(), "run", name))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("WLP_USER_DIR", usr.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JVM_ARGS", "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
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
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                .timeout(Duration.ofSeconds(10))
                .build();
        while (!answers(request)) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the gateway is not ready after three minutes, see " + log);
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
        up.complete(null);
    }

    private static boolean answers(HttpRequest request) throws InterruptedException {
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
