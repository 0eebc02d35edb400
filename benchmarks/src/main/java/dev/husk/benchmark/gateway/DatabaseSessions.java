package dev.husk.benchmark.gateway;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the database sessions of the gateway were seen doing: one look ten times in a second until it is closed. Says
 * whether transactions queue for the lock on the log's head, and what whoever holds it does meanwhile.
 */
final class DatabaseSessions implements AutoCloseable {
    private static final long PAUSE_MILLIS = 100;
    private static final String LOOK = """
            select coalesce(wait_event_type, ''), coalesce(wait_event, ''), state from pg_stat_activity
            where backend_type = 'client backend' and pid <> pg_backend_pid() and state <> 'idle'
            """;

    /** What a session in a transaction may be doing. */
    enum Doing {
        /** Waits until another transaction has ended. */
        WAITS_FOR_LOCK,
        /** Waits until its commit is on disk. */
        WAITS_FOR_DISK,
        /** Holds its transaction open while the gateway computes. */
        WAITS_FOR_GATEWAY,
        WORKS
    }

    /** The average number of sessions at a time that did so. */
    record Seen(int looks, Map<Doing, Double> sessions) {
        double of(Doing what) {
            return sessions.getOrDefault(what, 0.0);
        }
    }

    private final Connection connection;
    private final ScheduledExecutorService looking = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "load-sessions");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<Doing, Integer> counts = new EnumMap<>(Doing.class);
    private final Future<?> task;
    private int looks;

    /** @param connection which this closes */
    DatabaseSessions(Connection connection) {
        this.connection = connection;
        this.task = looking.scheduleWithFixedDelay(this::look, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private synchronized void look() {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(LOOK)) {
            while (rows.next()) {
                counts.merge(doing(rows.getString(1), rows.getString(2), rows.getString(3)), 1, Integer::sum);
            }
            looks++;
        } catch (SQLException e) {
            throw new IllegalStateException("the database does not say what it does", e);
        }
    }

    /** By the names of "Wait Event Types" in PostgreSQL's manual. */
    static Doing doing(String type, String event, String state) {
        if (type.equals("Lock")) {
            return Doing.WAITS_FOR_LOCK;
        }
        if (type.equals("IO") || event.equalsIgnoreCase("WALWrite")) {
            return Doing.WAITS_FOR_DISK;
        }
        return state.startsWith("idle in transaction") ? Doing.WAITS_FOR_GATEWAY : Doing.WORKS;
    }

    /** What was seen so far. */
    synchronized Seen seen() throws LoadFailedException {
        if (looks == 0 || task.isDone()) {
            throw new LoadFailedException("nobody saw what the database did");
        }
        var averages = new EnumMap<Doing, Double>(Doing.class);
        counts.forEach((what, count) -> averages.put(what, (double) count / looks));
        return new Seen(looks, averages);
    }

    @Override
    public void close() throws SQLException {
        looking.shutdownNow();
        synchronized (this) {
            connection.close();
        }
    }
}
