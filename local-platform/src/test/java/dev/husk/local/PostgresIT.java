package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresIT {
    private static Path binaries = Path.of("");

    @TempDir
    Path folder;

    private StateFolder state;

    @BeforeAll
    static void unpack() throws Exception {
        binaries = PostgresBinaries.unpackedIn(Path.of("target/cache").toAbsolutePath());
    }

    @BeforeEach
    void open() throws Exception {
        state = StateFolder.open(folder.resolve("state"));
    }

    @AfterEach
    void close() throws Exception {
        state.close();
    }

    @Test
    void whatWasCommittedIsThereAfterARestartAndFsyncIsOn() throws Exception {
        try (var postgres = start()) {
            execute(postgres, "CREATE TABLE kept (value text)");
            execute(postgres, "INSERT INTO kept VALUES ('Grüße')");
            assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
            assertThat(query(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
            assertThat(query(postgres, "SHOW password_encryption")).isEqualTo("scram-sha-256");
        }
        assertThat(state.path().resolve("postgres/data/postmaster.pid")).doesNotExist();
        try (var postgres = start()) {
            assertThat(query(postgres, "SELECT value FROM kept")).isEqualTo("Grüße");
        }
    }

    @Test
    void aServerKilledBySigkillLosesNothingAndTheNextStarts() throws Exception {
        var killed = start();
        execute(killed, "CREATE TABLE kept AS SELECT 7 AS value");
        long server = Long.parseLong(Files.readAllLines(state.path().resolve("postgres/data/postmaster.pid"))
                .get(0));
        var handle = ProcessHandle.of(server).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().get(2, TimeUnit.MINUTES);
        killed.close();
        try (var postgres = start()) {
            assertThat(query(postgres, "SELECT value FROM kept")).isEqualTo("7");
        }
    }

    @Test
    void aLeftOverPidFileOfAnotherLivingProcessDoesNotMatter() throws Exception {
        start().close();
        Files.writeString(
                state.path().resolve("postgres/data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n");
        start().close();
    }

    @Test
    void noPasswordNoEntry() throws Exception {
        try (var postgres = start()) {
            assertThatThrownBy(() -> DriverManager.getConnection(
                                    "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/husk?user=husk&password=husk")
                            .close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("password authentication failed");
        }
        assertThat(Files.getPosixFilePermissions(state.path().resolve("postgres.password")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void aTakenPortIsNamedWithPostgresOwnWords() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> Postgres.start(binaries, state, taken.getLocalPort())
                            .close())
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("PostgreSQL ended while starting")
                    .hasMessageContaining("Address already in use")
                    .hasMessageContaining("postgres.log");
        }
    }

    private Postgres start() throws Exception {
        return Postgres.start(binaries, state, Ports.ANY.chosen().postgres());
    }

    private static void execute(Postgres postgres, String sql) throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String query(Postgres postgres, String sql) throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
