package dev.husk.gateway;

import dev.husk.local.Backing;
import dev.husk.local.LocalIssuer;
import dev.husk.snp.simulator.EvidenceServer;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.asset.StringAsset;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Lays out a server folder of its own for the integration tests, with a real PostgreSQL and the simulator behind it,
 * before Arquillian starts the server. Does nothing in the unit tests' JVM.
 */
public final class ServerUnderTest implements LauncherSessionListener {
    private static Optional<Behind> behind = Optional.empty();

    /** What runs behind the server. */
    private record Behind(Backing backing, EvidenceServer evidence, SimulatedProcessor processor) {}

    static LocalIssuer issuer() {
        return behind.orElseThrow().backing().issuer();
    }

    /** The gateway's own database, as its operator has it in hand. */
    static java.sql.Connection database() throws java.sql.SQLException {
        var backing = behind.orElseThrow().backing();
        return java.sql.DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + backing.databasePort() + "/husk", "husk", backing.databasePassword());
    }

    static SimulatedProcessor processor() {
        return behind.orElseThrow().processor();
    }

    static Backing backing() {
        return behind.orElseThrow().backing();
    }

    /** The address of the evidence of a fresh sandbox, as {@code HUSK_EVIDENCE}. */
    static String evidence(SimulatedProcessor of, byte[] measurement) {
        return "simulator:" + behind.orElseThrow().evidence().add(of.launch(measurement, new byte[32], 0x30000));
    }

    static String base() {
        return System.getProperty("husk.it.base", "http://127.0.0.1:" + System.getProperty("husk.it.port") + "/");
    }

    /** The gateway itself is a part of the server; what Arquillian deploys beside it holds nothing. */
    static WebArchive nothing(String name) {
        return ShrinkWrap.create(WebArchive.class, name).addAsWebResource(new StringAsset("nothing"), "index.txt");
    }

    /** Waits until the gateway says that it is ready; it starts beside what Arquillian deploys. */
    static void awaitReady() throws Exception {
        var deadline = Instant.now().plus(Duration.ofMinutes(3));
        while (Http.get("health/ready", Map.of()).status() != 200) {
            if (Instant.now().isAfter(deadline)) {
                throw new IllegalStateException("the gateway is not ready after three minutes");
            }
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        var it = System.getProperty("husk.it");
        if (it == null || behind.isPresent()) {
            return;
        }
        try {
            prepare(Path.of(it), Path.of(System.getProperty("husk.liberty")));
        } catch (Exception e) {
            throw new IllegalStateException("cannot prepare the server under test", e);
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        if (behind.isEmpty()) {
            return;
        }
        try {
            behind.get().evidence().close();
            behind.get().backing().close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot stop what the tests started", e);
        }
    }

    private static void prepare(Path it, Path liberty) throws Exception {
        delete(it.resolve("state"));
        delete(it.resolve("usr"));
        var backing = Backing.start(it.resolve("state"), it.resolve("cache"));
        var processor = SimulatedProcessor.open(it.resolve("sp"));
        var evidence = EvidenceServer.start();
        behind = Optional.of(new Behind(backing, evidence, processor));
        Files.write(simulatedRoot(), processor.certificates().get(2));
        Files.write(simulatedRoot(), processor.certificates().get(1), StandardOpenOption.APPEND);
        int port = Backing.freePort();
        // Arquillian takes a server of the same name for its own, also that of another build on this machine.
        var name = "gateway-it-" + port;
        var server = layOut(it, liberty, name, port);
        // Arquillian deploys over JMX, and its own servlet wants pages.
        Files.createDirectories(server.resolve("configDropins/overrides"));
        Files.writeString(server.resolve("configDropins/overrides/arquillian.xml"), """
                <server>
                  <featureManager><feature>localConnector-1.0</feature><feature>pages-4.0</feature></featureManager>
                  <applicationMonitor updateTrigger="mbean"/>
                </server>
                """);
        System.setProperty("husk.it.usr", it.resolve("usr").toString());
        System.setProperty("husk.it.server", name);
        System.setProperty("husk.it.port", "" + port);
    }

    private static Path layOut(Path it, Path liberty, String name, int port) throws Exception {
        var server = it.resolve("usr/servers").resolve(name);
        copy(liberty.resolve("usr/servers/gateway"), server);
        var settings = settings(port, "husk");
        settings.put("HUSK_STATE_KEY_SOURCE", "file:" + stateKey());
        write(server.resolve("bootstrap.properties"), settings);
        return server;
    }

    /** The file with the state key of the server under test. */
    static Path stateKey() {
        return Path.of(System.getProperty("husk.it")).resolve("state/state.key");
    }

    /** What every gateway of the tests is told, but for where its state key comes from. */
    static Map<String, String> settings(int port, String database) {
        var it = Path.of(System.getProperty("husk.it"));
        var settings = new LinkedHashMap<String, String>();
        settings.put("HUSK_HTTP_PORT", "" + port);
        settings.put("HUSK_DB_HOST", "127.0.0.1");
        settings.put("HUSK_DB_PORT", "" + backing().databasePort());
        settings.put("HUSK_DB_NAME", database);
        settings.put("HUSK_DB_USER", "husk");
        settings.put("HUSK_DB_PASSWORD", backing().databasePassword());
        settings.put("HUSK_SIMULATED_ROOT", simulatedRoot().toString());
        settings.put("HUSK_EVIDENCE", evidence(processor(), new byte[48]));
        settings.put("HUSK_ISSUER", LocalIssuer.ISSUER);
        settings.put("HUSK_JWKS", backing().jwks().toString());
        settings.put("HUSK_S3_ENDPOINT", "http://127.0.0.1:9");
        settings.put("HUSK_S3_ACCESS_KEY", "access");
        settings.put("HUSK_S3_SECRET_KEY", "secretsecret");
        settings.put("HUSK_LOG_ORIGIN", "husk.test/log");
        settings.put("HUSK_LTPA_PASSWORD", "unused");
        settings.put("HUSK_TLS", "off");
        settings.put("env.HUSK_TLS", "off"); // as includes read it from a file
        // Any certificate: these servers have none of their own, and evidence says what it is told.
        settings.put("HUSK_TLS_CERTIFICATE", it.resolve("sp/ark.der").toString());
        return settings;
    }

    /** The root of the simulator and, behind it, what signs for it. */
    private static Path simulatedRoot() {
        return Path.of(System.getProperty("husk.it")).resolve("state/simulated-root.der");
    }

    private static void write(Path file, Map<String, String> settings) throws IOException {
        var text = new StringBuilder();
        settings.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        Files.writeString(file, text);
    }

    static void copy(Path from, Path to) throws IOException {
        try (var files = Files.walk(from)) {
            for (var file : (Iterable<Path>) files::iterator) {
                var target = to.resolve(from.relativize(file).toString());
                if (file.startsWith(from.resolve("workarea")) || file.startsWith(from.resolve("logs"))) {
                    continue;
                }
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
    }

    static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
