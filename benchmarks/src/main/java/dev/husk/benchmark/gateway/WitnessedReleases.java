package dev.husk.benchmark.gateway;

import dev.husk.local.StartFailedException;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The same cycles on two gateways that run side by side: one without witnesses, and one whose contract waits for all of
 * several. Windows take turns, so that what else the machine does meets both; the gateway that is not measured idles.
 */
record WitnessedReleases(int witnesses, Throughput without, Throughput with) {

    /** A gateway with so many witnesses, its contract asking for all of them. */
    private record Side(LocalWitnesses witnesses, TemporaryGateway gateway, UnderLoad load) implements AutoCloseable {
        static Side start(int number, Map<String, String> settings)
                throws LoadFailedException, StartFailedException, IOException, InterruptedException {
            var witnesses = LocalWitnesses.create(number);
            var all = new HashMap<>(settings);
            all.putAll(witnesses.settings());
            var gateway = TemporaryGateway.start(all);
            witnesses.start(VerifierKey.parse(gateway.parts().logKey()));
            return new Side(witnesses, gateway, new UnderLoad(gateway.parts(), witnesses.clause()));
        }

        @Override
        public void close() throws IOException {
            gateway.close();
            witnesses.close();
        }
    }

    /** @param threads that cycle before anything counts */
    static WitnessedReleases measure(
            int witnesses, LoadPlan plan, Map<String, String> settings, int threads, Duration warm)
            throws LoadFailedException, StartFailedException, IOException, InterruptedException,
                    GeneralSecurityException, SQLException {
        try (var without = Side.start(0, settings);
                var with = Side.start(witnesses, settings)) {
            for (var side : List.of(without, with)) {
                try (var crew = new Crew(side.load(), threads)) {
                    crew.during(warm);
                }
            }
            var measured = Throughput.measure(List.of(without.load(), with.load()), plan.rounds(), plan.window());
            return new WitnessedReleases(witnesses, measured.get(0), measured.get(1));
        }
    }

    void print(PrintStream out) {
        out.printf(
                "%nReleases without witnesses, and with all of %d on this machine (median of the rounds)%n", witnesses);
        out.printf("  %-40s%14s%14s%n", "", "without", witnesses + " witnesses");
        for (int threads : Throughput.CONCURRENCIES) {
            for (double share : new double[] {0.5, 0.99}) {
                row(
                        out,
                        "p%.0f of release, %d threads, ms".formatted(share * 100, threads),
                        without.median(threads, w -> w.waited(Guest.Waited::release, share)),
                        with.median(threads, w -> w.waited(Guest.Waited::release, share)));
            }
            row(
                    out,
                    "events in a second, %d threads".formatted(threads),
                    without.median(threads, Throughput.Window::eventsPerSecond),
                    with.median(threads, Throughput.Window::eventsPerSecond));
        }
        row(
                out,
                "gateway's processor time of a cycle, ms",
                without.median(16, w -> w.perCycleMillis(w.cpu().gateway())),
                with.median(16, w -> w.perCycleMillis(w.cpu().gateway())));
    }

    private static void row(PrintStream out, String name, double without, double with) {
        out.printf("  %-40s%14.2f%14.2f%n", name, without, with);
    }
}
