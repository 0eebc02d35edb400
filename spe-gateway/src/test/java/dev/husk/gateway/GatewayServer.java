package dev.husk.gateway;

import dev.husk.local.Backing;
import dev.husk.local.LocalIssuer;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A gateway of a test's own, as operators run it: {@code server run} with an environment. While it is open, {@link
 * Http}, {@link TestContract} and {@link TestSandbox} talk to it.
 */
final class GatewayServer implements AutoCloseable {
    private static final Duration START_TIME = Duration.ofMinutes(3);

    final Path folder;
    final int port;
    private final Path output;
    private final Process process;
    private final String before;

    private GatewayServer(Path folder, Path output, int port, Process process) {
        this.folder = folder;
        this.output = output;
        this.port = port;
        this.process = process;
        this.before = System.getProperty("husk.it.port", "");
    }

    /** A folder for a test, empty. */
    static Path fresh(String name) throws IOException {
        var folder = Path.of(System.getProperty("husk.it")).resolve(name);
        ServerUnderTest.delete(folder);
        return Files.createDirectories(folder);
    }

    /** What a gateway over this database is given, where a test does not say otherwise. */
    static Map<String, String> settings(Path folder, int databasePort, String databasePassword) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("HUSK_TLS", "off");
        settings.put("HUSK_DRAIN", "0");
        settings.put("HUSK_DB_HOST", "127.0.0.1");
        settings.put("HUSK_DB_PORT", "" + databasePort);
        settings.put("HUSK_DB_NAME", "husk");
        settings.put("HUSK_DB_USER", "husk");
        settings.put("HUSK_DB_PASSWORD", databasePassword);
        settings.put("HUSK_STATE_KEY_FILE", folder.resolve("state.key").toString());
        settings.put(
                "HUSK_SIMULATED_ROOT",
                Path.of(System.getProperty("husk.it")).resolve("sp/ark.der").toString());
        settings.put("HUSK_EVIDENCE", ServerUnderTest.evidence(ServerUnderTest.processor(), new byte[48]));
        settings.put("HUSK_ISSUER", LocalIssuer.ISSUER);
        settings.put(
                "HUSK_JWKS",
                Path.of(System.getProperty("husk.it"))
                        .resolve("state/jwks.json")
                        .toString());
        settings.put("HUSK_S3_ENDPOINT", "http://127.0.0.1:9");
        settings.put("HUSK_S3_ACCESS_KEY", "access-key-of-the-store");
        settings.put("HUSK_S3_SECRET_KEY", "secret-key-of-the-store");
        settings.put("HUSK_LOG_ORIGIN", "husk.test/log");
        settings.put("HUSK_LTPA_PASSWORD", "ltpa-password-of-the-test");
        return settings;
    }

    /** Starts the server and waits until it is ready. */
    static GatewayServer start(Path folder, Map<String, String> settings) throws Exception {
        var server = begin(folder, settings);
        server.awaitReady();
        return server;
    }

    /** Starts the server and waits for nothing. */
    static GatewayServer begin(Path folder, Map<String, String> settings) throws Exception {
        var server = launch(folder, settings);
        System.setProperty("husk.it.port", "" + server.port);
        return server;
    }

    void awaitReady() throws Exception {
        await("the gateway is not ready", this::ready);
    }

    /** Waits until what it wrote contains a text. */
    void awaitWritten(String text) throws Exception {
        await("the gateway did not write " + text, () -> console().contains(text));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String problem, Condition condition) throws Exception {
        var deadline = Instant.now().plus(START_TIME);
        while (!condition.holds()) {
            if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                close();
                throw new IllegalStateException(problem + ":\n" + console());
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
    }

    /** Starts the server and waits until it ends by itself. */
    static GatewayServer startThatFails(Path folder, Map<String, String> settings) throws Exception {
        var server = launch(folder, settings);
        if (!server.process.waitFor(START_TIME.toSeconds(), TimeUnit.SECONDS)) {
            server.close();
            throw new IllegalStateException("the gateway did not end:\n" + server.console());
        }
        return server;
    }

    private static GatewayServer launch(Path folder, Map<String, String> settings) throws Exception {
        int port = Backing.freePort();
        var output = Files.createDirectories(folder.resolve("server-" + port));
        var builder = new ProcessBuilder(PreparedServer.command());
        PreparedServer.withoutOurs(builder).putAll(settings);
        builder.environment().put("HUSK_HTTP_PORT", "" + port);
        builder.environment().putAll(PreparedServer.environment(output));
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("console.log").toFile()));
        return new GatewayServer(folder, output, port, builder.start());
    }

    private boolean ready() {
        try {
            return Http.get("health/ready", Map.of()).status() == 200;
        } catch (Exception e) {
            return false; // not listening yet
        }
    }

    /** All that the process and its server wrote, also in files. */
    String console() throws IOException {
        var logs = new TreeSet<Path>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                return directory.endsWith("workarea") ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".log")) {
                    logs.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE; // of a server that works in its folder meanwhile
            }
        });
        var all = new StringBuilder();
        for (var file : logs) {
            all.append(Files.readString(file));
        }
        return all.toString();
    }

    /** The reports of the server's first-failure data capture. */
    List<Path> failureReports() throws IOException {
        try (var files = Files.walk(output)) {
            return files.filter(file -> file.getFileName().toString().startsWith("ffdc_"))
                    .toList();
        }
    }

    private ProcessHandle java() {
        return Stream.concat(process.toHandle().descendants(), Stream.of(process.toHandle()))
                .filter(handle -> handle.info().command().orElse("").endsWith("java"))
                .findFirst()
                .orElse(process.toHandle());
    }

    void kill() throws InterruptedException {
        java().destroyForcibly();
        process.waitFor();
    }

    /** Sends SIGTERM, without waiting. */
    void terminate() {
        java().destroy();
    }

    /** Waits until it says that it is not ready, which it does as long as it answers. */
    void awaitNotReady() throws Exception {
        var deadline = Instant.now().plus(START_TIME);
        while (Http.get("health/ready", Map.of()).status() != 503) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the gateway is still ready:\n" + console());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    boolean hasEnded() {
        return !process.isAlive();
    }

    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(START_TIME.toSeconds(), TimeUnit.SECONDS)) {
            throw new IllegalStateException("the gateway did not end within three minutes");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        terminate();
        process.onExit().completeOnTimeout(process, 40, TimeUnit.SECONDS).join();
        java().destroyForcibly();
        if (before.isEmpty()) {
            System.clearProperty("husk.it.port");
        } else {
            System.setProperty("husk.it.port", before);
        }
    }
}
