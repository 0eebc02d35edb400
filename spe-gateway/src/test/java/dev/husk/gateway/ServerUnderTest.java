package dev.husk.gateway;

import dev.husk.local.Backing;
import dev.husk.local.LocalIssuer;
import dev.husk.snp.simulator.EvidenceServer;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    static SimulatedProcessor processor() {
        return behind.orElseThrow().processor();
    }

    static String base() {
        return "http://127.0.0.1:" + System.getProperty("husk.it.port") + "/";
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
        var self = evidence.add(processor.launch(new byte[48], new byte[32], 0x30000));
        int port = Backing.freePort();
        // Arquillian takes a server of the same name for its own, also that of another build on this machine.
        var name = "gateway-it-" + port;
        var server = it.resolve("usr/servers").resolve(name);
        copy(liberty.resolve("usr/servers/gateway"), server);
        var settings = new LinkedHashMap<String, String>();
        settings.put("HUSK_HTTP_PORT", "" + port);
        settings.put("HUSK_DB_HOST", "127.0.0.1");
        settings.put("HUSK_DB_PORT", "" + backing.databasePort());
        settings.put("HUSK_DB_NAME", "husk");
        settings.put("HUSK_DB_USER", "husk");
        settings.put("HUSK_DB_PASSWORD", backing.databasePassword());
        settings.put("HUSK_STATE_KEY_FILE", it.resolve("state/state.key").toString());
        settings.put("HUSK_SIMULATED_ROOT", it.resolve("sp/ark.der").toString());
        settings.put("HUSK_EVIDENCE", "simulator:" + self);
        settings.put("HUSK_ISSUER", LocalIssuer.ISSUER);
        settings.put("HUSK_JWKS", backing.jwks().toString());
        settings.put("HUSK_S3_ENDPOINT", "http://127.0.0.1:9");
        settings.put("HUSK_S3_ACCESS_KEY", "access");
        settings.put("HUSK_S3_SECRET_KEY", "secretsecret");
        settings.put("HUSK_LOG_ORIGIN", "husk.test/log");
        settings.put("HUSK_LTPA_PASSWORD", "unused");
        write(server.resolve("bootstrap.properties"), settings);
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

    private static void write(Path file, Map<String, String> settings) throws IOException {
        var text = new StringBuilder();
        settings.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        Files.writeString(file, text);
    }

    private static void copy(Path from, Path to) throws IOException {
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

    private static void delete(Path folder) throws IOException {
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
