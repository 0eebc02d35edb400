package dev.husk.local;

import dev.husk.local.process.ChildOutput;
import dev.husk.local.process.ChildProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A PostgreSQL server in the state folder, with the database {@value #NAME}: durable (fsync on), reachable from
 * 127.0.0.1 and a Unix socket in the state folder, and with a password everywhere.
 */
final class Postgres implements AutoCloseable {
    static final String HOST = "127.0.0.1";

    /** The name of the database and of its user. */
    static final String NAME = "husk";

    private static final Duration START_TIME = Duration.ofSeconds(60);
    private static final Duration FAST_SHUTDOWN = Duration.ofSeconds(20);
    private static final int PROBE_SECONDS = 2;
    private static final int STATEMENT_SECONDS = 60;
    private static final Predicate<String> MATTERS =
            Pattern.compile("FATAL|PANIC|ERROR|could not|HINT").asPredicate();

    /** A Unix socket's path has at most 107 bytes. */
    private static final int LONGEST_SOCKET_FOLDER = 107 - "/.s.PGSQL.65535".length();

    private final ChildProcess process;
    private final int port;
    private final String password;

    private Postgres(ChildProcess process, int port, String password) {
        this.process = process;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts the server; makes the database on first use.
     *
     * @param binaries see {@link PostgresBinaries}
     */
    static Postgres start(Path binaries, StateFolder state, int port)
            throws IOException, StartFailedException, InterruptedException {
        var folder = state.folder("postgres");
        var password = state.secret("postgres.password");
        var data = folder.resolve("data");
        var log = LogFile.open(state.folder("logs").resolve("postgres.log"));
        if (Files.notExists(data)) {
            initialize(binaries, state, data, log);
        }
        PostmasterFile.in(data).clear();
        var process =
                ChildProcess.start(command(binaries, data, port), Map.of(), folder, new ChildOutput.ToFile(log.path()));
        new Readiness("PostgreSQL", log, MATTERS, line -> false, START_TIME)
                .await(process, () -> accepts(port, password));
        var started = new Postgres(process, port, password);
        try {
            started.createDatabase();
            return started;
        } catch (SQLException e) {
            started.close();
            throw new StartFailedException("PostgreSQL refuses to create its database: " + e.getMessage(), e);
        }
    }

    int port() {
        return port;
    }

    String password() {
        return password;
    }

    long pid() {
        return process.pid();
    }

    Connection connect() throws SQLException {
        return connect(port, password, NAME, STATEMENT_SECONDS);
    }

    /** A fast shutdown: open transactions are rolled back, what was committed is on disk. */
    @Override
    public void close() {
        process.stop("INT", FAST_SHUTDOWN);
    }

    private static List<String> command(Path binaries, Path data, int port) {
        var socket = data.resolveSibling("");
        boolean fits = socket.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_FOLDER;
        var command = new ArrayList<>(AsOrdinaryUser.prefix());
        command.addAll(List.of(binaries.resolve("bin/postgres").toString(), "-D", data.toString(), "-p", "" + port));
        for (var setting : List.of(
                "listen_addresses=" + HOST,
                "unix_socket_directories=" + (fits ? quoted(socket) : ""),
                "fsync=on",
                "shared_buffers=32MB",
                "max_connections=60",
                "jit=off",
                "logging_collector=off")) {
            command.add("-c");
            command.add(setting);
        }
        return command;
    }

    /** One directory in PostgreSQL's list of directories. */
    private static String quoted(Path directory) {
        return '"' + directory.toString().replace("\"", "\"\"") + '"';
    }

    /** Made under another name and then moved, so that a folder of the right name is always complete. */
    private static void initialize(Path binaries, StateFolder state, Path data, LogFile log)
            throws IOException, StartFailedException {
        var fresh = data.resolveSibling("data.new");
        if (Files.exists(fresh)) {
            PostgresBinaries.delete(fresh);
        }
        var command = new ArrayList<>(AsOrdinaryUser.prefix());
        command.addAll(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + fresh,
                "--username=" + NAME,
                "--pwfile=" + state.path().resolve("postgres.password"),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--no-locale"));
        try (var process = ChildProcess.start(command, Map.of(), state.path(), new ChildOutput.ToFile(log.path()))) {
            int code = process.onExit().join();
            if (code != 0) {
                throw new StartFailedException("PostgreSQL cannot make its data folder (initdb ended with %d):%n  %s"
                        .formatted(code, log.problem(MATTERS.or(line -> line.startsWith("initdb: error")))));
            }
        }
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private void createDatabase() throws SQLException {
        try (var connection = connect(port, password, "postgres", STATEMENT_SECONDS);
                var statement = connection.createStatement()) {
            boolean missing;
            try (var found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + NAME + "'")) {
                missing = !found.next();
            }
            if (missing) {
                statement.execute("CREATE DATABASE " + NAME);
            }
        }
    }

    private static boolean accepts(int port, String password) {
        try (var connection = connect(port, password, "postgres", PROBE_SECONDS)) {
            return connection.isValid(2);
        } catch (SQLException e) {
            // Not yet; if it never will, the log says why.
            return false;
        }
    }

    private static Connection connect(int port, String password, String database, int seconds) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", NAME);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "2");
        // Something else may listen on the port, and say nothing.
        properties.setProperty("socketTimeout", Integer.toString(seconds));
        properties.setProperty("sslmode", "disable");
        return DriverManager.getConnection("jdbc:postgresql://%s:%d/%s".formatted(HOST, port, database), properties);
    }
}
