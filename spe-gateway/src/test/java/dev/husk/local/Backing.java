package dev.husk.local;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;

/** The parts of the local platform that the gateway stands on, for its tests. */
public record Backing(StateFolder state, Postgres postgres, LocalIssuer issuer, Path binaries)
        implements AutoCloseable {

    public static Backing start(Path folder, Path cache) throws Exception {
        return over(folder, PostgresBinaries.unpackedIn(cache));
    }

    /** @param binaries a folder with another PostgreSQL's {@code bin} */
    public static Backing over(Path folder, Path binaries) throws Exception {
        var state = StateFolder.open(folder);
        var postgres = Postgres.start(binaries, state, Ports.ANY.chosen().postgres());
        return new Backing(state, postgres, LocalIssuer.open(state.path(), Clock.systemUTC()), binaries);
    }

    public void stopDatabase() {
        postgres.close();
    }

    /** Kills every process of the database at once, as a power cut does. */
    public void killDatabase() {
        var processes = ProcessHandle.of(postgres.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }

    /** Starts the database again on the same port and data, after it ended or was killed. */
    public Backing startAgain() throws Exception {
        int port = postgres.port();
        postgres.close();
        return new Backing(state, Postgres.start(binaries, state, port), issuer, binaries);
    }

    /** Where the database keeps its files. */
    public Path data() {
        return state.path().resolve("postgres/data");
    }

    public java.sql.Connection connect() throws java.sql.SQLException {
        return postgres.connect();
    }

    public int databasePort() {
        return postgres.port();
    }

    public String databasePassword() {
        return postgres.password();
    }

    /** The database under a gateway's feet, as whoever runs it has it. */
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:%d/%s".formatted(databasePort(), database), "husk", databasePassword());
    }

    public Path jwks() {
        return state.path().resolve("jwks.json");
    }

    /** An empty database beside the first one, on the same server. */
    public void createDatabase(String name) throws SQLException {
        try (var connection = postgres.connect();
                var statement = connection.createStatement()) {
            statement.execute("DROP DATABASE IF EXISTS " + name);
            statement.execute("CREATE DATABASE " + name);
        }
    }

    public static int freePort() throws Exception {
        return Ports.ANY.chosen().gateway();
    }

    @Override
    public void close() throws java.io.IOException {
        postgres.close();
        state.close();
    }
}
