package dev.husk.benchmark.gateway;

import dev.husk.benchmark.gateway.DatabaseSessions.Doing;
import java.io.IOException;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Full cycles, a fresh sandbox each, with one thread or several: how many, how long each waits for the gateway, and what
 * they cost beside the bare cryptography. Every round measures every number of threads and the bare work once, so that
 * what else the machine does meets all of them; the figures are medians over the rounds.
 */
record Throughput(Map<Integer, List<Window>> windows) {
    static final List<Integer> CONCURRENCIES = List.of(1, 4, 16);

    /**
     * One stretch of cycles.
     *
     * @param events by which the log grew
     * @param bareMillis processor time of one {@link BareCycle}, measured just before
     */
    record Window(Crew.Done done, long events, UnderLoad.Cpu cpu, double bareMillis, DatabaseSessions.Seen sessions) {
        int cycles() {
            return done.cycles().size();
        }

        double perSecond() {
            return cycles() / done.seconds();
        }

        double eventsPerSecond() {
            return events / done.seconds();
        }

        double waited(ToDoubleFunction<Guest.Waited> step, double share) {
            return Quantiles.of(done.cycles().stream().map(step::applyAsDouble).toList())
                    .at(share);
        }

        double perCycleMillis(double seconds) {
            return seconds * 1000 / cycles();
        }

        /** How many cores all of it kept busy. */
        double busyCores() {
            return cpu.all() / done.seconds();
        }
    }

    static Throughput measure(UnderLoad gateway, int rounds, Duration window)
            throws LoadFailedException, IOException, InterruptedException, GeneralSecurityException, SQLException {
        return measure(List.of(gateway), rounds, window).get(0);
    }

    /** The same of several gateways, which take turns in every round. */
    static List<Throughput> measure(List<UnderLoad> gateways, int rounds, Duration window)
            throws LoadFailedException, IOException, InterruptedException, GeneralSecurityException, SQLException {
        var measured = gateways.stream()
                .map(gateway -> new Throughput(new LinkedHashMap<>()))
                .toList();
        for (int round = 0; round < rounds; round++) {
            for (int concurrency : CONCURRENCIES) {
                for (int i = 0; i < gateways.size(); i++) {
                    var gateway = gateways.get(i);
                    var bare = new BareCycle(gateway.parts().processor());
                    measured.get(i)
                            .windows()
                            .computeIfAbsent(concurrency, c -> new ArrayList<>())
                            .add(window(gateway, bare, concurrency, window));
                }
            }
        }
        return measured;
    }

    private static Window window(UnderLoad gateway, BareCycle bare, int concurrency, Duration window)
            throws LoadFailedException, IOException, InterruptedException, GeneralSecurityException, SQLException {
        double bareMillis = bare.milliseconds(window.dividedBy(4));
        try (var crew = new Crew(gateway, concurrency);
                var sessions = new DatabaseSessions(gateway.parts().database())) {
            // Connections are opened before anything counts.
            crew.times(concurrency);
            long entries = gateway.logSize();
            var before = gateway.cpu();
            var done = crew.during(window);
            var used = gateway.cpu().since(before);
            return new Window(done, gateway.logSize() - entries, used, bareMillis, sessions.seen());
        }
    }

    /** The median over the rounds with so many threads. */
    double median(int concurrency, ToDoubleFunction<Window> figure) {
        return Quantiles.of(windows.getOrDefault(concurrency, List.of()).stream()
                        .map(figure::applyAsDouble)
                        .toList())
                .median();
    }

    void print(PrintStream out) {
        out.printf("%nFull cycles (auth, attest a fresh sandbox, release, prove the receipt)%n");
        row(out, "threads", c -> c, "%10.0f");
        row(out, "cycles in a round", c -> median(c, Window::cycles), "%10.0f");
        row(out, "cycles in a second", c -> median(c, Window::perSecond), "%10.1f");
        row(out, "events appended to the log in a second", c -> median(c, Window::eventsPerSecond), "%10.1f");
        row(
                out,
                "cycles in a core's second (gateway, database)",
                c -> median(c, w -> w.cycles() / (w.cpu().gateway() + w.cpu().database())),
                "%10.1f");
        for (double share : new double[] {0.5, 0.99}) {
            var name = "p%.0f".formatted(share * 100);
            row(out, name + " of the three calls, ms", c -> median(c, w -> w.waited(Guest.Waited::all, share)), MILLIS);
            row(out, name + " of auth, ms", c -> median(c, w -> w.waited(Guest.Waited::auth, share)), MILLIS);
            row(out, name + " of attest, ms", c -> median(c, w -> w.waited(Guest.Waited::attest, share)), MILLIS);
            row(out, name + " of release, ms", c -> median(c, w -> w.waited(Guest.Waited::release, share)), MILLIS);
        }
        out.printf("Processor time of a cycle, ms%n");
        row(out, "gateway", c -> median(c, w -> w.perCycleMillis(w.cpu().gateway())), FINE);
        row(out, "PostgreSQL", c -> median(c, w -> w.perCycleMillis(w.cpu().database())), FINE);
        row(
                out,
                "the sandboxes and this driver",
                c -> median(c, w -> w.perCycleMillis(w.cpu().driver())),
                FINE);
        row(out, "bare cryptography of the gateway's part", c -> median(c, Window::bareMillis), FINE);
        row(
                out,
                "gateway / bare cryptography",
                c -> median(c, w -> w.perCycleMillis(w.cpu().gateway()) / w.bareMillis()),
                FINE);
        out.printf("What bounds it%n");
        var cores = Runtime.getRuntime().availableProcessors();
        row(out, "busy cores, of " + cores, c -> median(c, Window::busyCores), FINE);
        row(out, "sessions waiting for the log's lock", c -> seen(c, Doing.WAITS_FOR_LOCK), FINE);
        row(out, "sessions waiting for the disk", c -> seen(c, Doing.WAITS_FOR_DISK), FINE);
        row(out, "open transactions waiting for the gateway", c -> seen(c, Doing.WAITS_FOR_GATEWAY), FINE);
        row(out, "sessions working", c -> seen(c, Doing.WORKS), FINE);
    }

    private static final String MILLIS = "%10.1f";
    private static final String FINE = "%10.2f";

    private double seen(int concurrency, Doing what) {
        return median(concurrency, window -> window.sessions().of(what));
    }

    private interface Figure {
        double of(int concurrency);
    }

    private void row(PrintStream out, String name, Figure figure, String format) {
        var line = new StringBuilder("  %-48s".formatted(name));
        windows.keySet().forEach(concurrency -> line.append(format.formatted(figure.of(concurrency))));
        out.println(line);
    }
}
