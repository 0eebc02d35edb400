package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.gson.JsonObject;
import dev.husk.local.Backing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The gateway over the PostgreSQL that Debian packages, of another major version than the embedded one. */
@SuppressWarnings("try") // what the server is for are the requests that go to it
class DebianPostgresIT {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

    @Test
    void theMainFlowWorksAndADumpRestoredIntoAFreshDatabaseGoesOn() throws Exception {
        var binaries = newest();
        assumeThat(binaries)
                .as("no PostgreSQL server in " + INSTALLED + ": install Debian's package postgresql to run this")
                .isPresent();
        var folder = GatewayServer.fresh("debian");
        var settings = settings(folder);
        var dump = folder.resolve("husk.dump");
        long size;
        try (var plain = Backing.over(folder.resolve("state"), binaries.orElseThrow());
                var backing = withTls(plain, folder)) {
            try (var connection = backing.connect()) {
                assertThat(connection.getMetaData().getDatabaseMajorVersion())
                        .as("the embedded one is 17")
                        .isNotEqualTo(17);
            }
            settings.put("HUSK_DB_PORT", "" + backing.databasePort());
            settings.put("HUSK_DB_PASSWORD", backing.databasePassword());
            settings.put("HUSK_DB_SSLMODE", "verify-full");
            settings.put("HUSK_DB_CA", folder.resolve("ca.pem").toString());
            try (var server = GatewayServer.start(folder, settings)) {
                assertThat(encrypted(backing)).isPositive();
                release("debian");
                size = Flow.logSize();
                run(backing, binaries.orElseThrow(), "pg_dump", "--format=custom", "--file=" + dump);
            }
        }
        try (var fresh = Backing.over(folder.resolve("fresh"), binaries.orElseThrow())) {
            run(fresh, binaries.orElseThrow(), "pg_restore", "--dbname=husk", "--exit-on-error", dump.toString());
            settings.put("HUSK_DB_SSLMODE", "disable");
            settings.put("HUSK_DB_PORT", "" + fresh.databasePort());
            settings.put("HUSK_DB_PASSWORD", fresh.databasePassword());
            try (var server = GatewayServer.start(folder, settings)) {
                // What was there is there, and the start is one entry more.
                assertThat(Flow.logSize()).isEqualTo(size + 1);
                release("debian-restored");
            }
        }
    }

    /** The database with a certificate of the test's own authority. */
    private static Backing withTls(Backing backing, Path folder) throws Exception {
        backing.stopDatabase();
        var authority = new TestAuthority();
        TestAuthority.write(folder.resolve("ca.pem"), authority.certificate);
        var key = backing.data().resolve("server.key");
        authority.issue(backing.data().resolve("server.crt"), key);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(
                backing.data().resolve("postgresql.conf"),
                "\nssl = on\nssl_cert_file = 'server.crt'\nssl_key_file = 'server.key'\n",
                StandardOpenOption.APPEND);
        return backing.startAgain();
    }

    /** How many connections use TLS. */
    private static long encrypted(Backing backing) throws Exception {
        try (var connection = backing.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from pg_stat_ssl where ssl")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private static java.util.Map<String, String> settings(Path folder) {
        return GatewayServer.settings(folder, 0, "");
    }

    private static void release(String name) throws Exception {
        var heart = TestContract.named(name).active();
        var sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
        var answer = sandbox.release(name, "train", heart.invocation("algo-lab", new JsonObject()));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(heart.eventNames()).endsWith("sandbox-bound", "released");
    }

    private static void run(Backing backing, Path binaries, String program, String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of(
                binaries.resolve("bin").resolve(program).toString(),
                "--host=127.0.0.1",
                "--port=" + backing.databasePort(),
                "--username=husk"));
        command.addAll(List.of(arguments));
        if (program.equals("pg_dump")) {
            command.add("husk");
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", backing.databasePassword());
        var process = builder.start();
        var output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }

    private static Optional<Path> newest() throws IOException {
        if (Files.notExists(INSTALLED)) {
            return Optional.empty();
        }
        try (var versions = Files.list(INSTALLED)) {
            return versions.filter(version -> Files.isExecutable(version.resolve("bin/initdb")))
                    .max(Comparator.comparing(Path::getFileName));
        }
    }
}
