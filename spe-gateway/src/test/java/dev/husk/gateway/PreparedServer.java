package dev.husk.gateway;

import dev.husk.local.Backing;
import dev.husk.protocol.json.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What one start of the gateway leaves for those that follow: the server's work area, and an archive of the classes that
 * it loaded. With both a start takes little more than half its processor time. The configuration, the application and
 * everything that a test sets are read anew at each start.
 */
final class PreparedServer {
    private static final String OPTIONS = "-Xmx384m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:MetaspaceSize=160m";

    private static final Duration START_TIME = Duration.ofMinutes(3);
    private static final String DATABASE = "prepared";

    private PreparedServer() {}

    /** The command that runs a gateway in the environment that {@link #environment} gives. */
    static List<String> command() {
        return List.of(liberty().resolve("bin/server").toString(), "run", "gateway");
    }

    /**
     * The environment that a gateway needs beside its own settings.
     *
     * @param output where it works and writes; a server that worked there before goes on with what it left
     */
    static Map<String, String> environment(Path output) throws Exception {
        var prepared = prepared();
        var workarea = output.resolve("gateway/workarea");
        if (Files.notExists(workarea)) {
            copy(prepared.resolve("workarea"), workarea);
        }
        return environment(output, "-XX:SharedArchiveFile=" + prepared.resolve("classes.jsa"));
    }

    private static Map<String, String> environment(Path output, String archive) {
        return Map.of(
                "WLP_OUTPUT_DIR",
                output.toString(),
                // It serves traces of running servers alone, and classes are not archived beside it.
                "WLP_SKIP_BOOTSTRAP_AGENT",
                "true",
                "JAVA_HOME",
                System.getProperty("java.home"),
                "JVM_ARGS",
                OPTIONS + " " + archive);
    }

    /** Made once for each build of the gateway and each JVM. */
    private static synchronized Path prepared() throws Exception {
        var folder = Path.of(System.getProperty("husk.it")).resolve("prepared");
        var war = liberty().resolve("usr/servers/gateway/apps/gateway.war");
        var of = Digests.sha256(Files.readAllBytes(war)) + " " + System.getProperty("java.vm.version");
        var mark = folder.resolve("of");
        if (Files.exists(mark) && Files.readString(mark).equals(of)) {
            return folder;
        }
        ServerUnderTest.delete(folder);
        start(Files.createDirectories(folder));
        Files.writeString(mark, of);
        return folder;
    }

    /** Starts a gateway over a database of its own and stops it, which makes the archive. */
    private static void start(Path folder) throws Exception {
        ServerUnderTest.backing().createDatabase(DATABASE);
        int port = Backing.freePort();
        var output = folder.resolve("output");
        var settings = new LinkedHashMap<>(ServerUnderTest.settings(port, DATABASE));
        settings.put("HUSK_DRAIN", "0");
        settings.put("HUSK_STATE_KEY_SOURCE", "file:" + folder.resolve("state.key"));
        settings.putAll(environment(output, "-XX:ArchiveClassesAtExit=" + folder.resolve("classes.jsa")));
        var log = folder.resolve("console.log");
        var builder = new ProcessBuilder(command()).redirectErrorStream(true).redirectOutput(log.toFile());
        withoutOurs(builder).putAll(settings);
        var process = builder.start();
        try {
            var deadline = Instant.now().plus(START_TIME);
            while (!CrashingGateway.answers(port)) {
                if (!process.isAlive() || Instant.now().isAfter(deadline)) {
                    throw new IllegalStateException("the gateway is not ready:\n" + Files.readString(log));
                }
                LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
            }
            process.destroy();
            if (!process.waitFor(START_TIME.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("the gateway did not end:\n" + Files.readString(log));
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly().waitFor();
        }
        Files.move(output.resolve("gateway/workarea"), folder.resolve("workarea"));
    }

    /** The environment of the process to be, without what this process was told. */
    static Map<String, String> withoutOurs(ProcessBuilder builder) {
        var environment = builder.environment();
        environment.keySet().removeIf(variable -> variable.startsWith("HUSK_") || variable.startsWith("WLP_"));
        return environment;
    }

    private static Path liberty() {
        return Path.of(System.getProperty("husk.liberty"));
    }

    /** With times: the server compares them with those of its own files. */
    private static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }
}
