package dev.husk.benchmark.gateway;

import dev.husk.runtime.attest.Sandbox;
import dev.husk.runtime.timing.ColdStart;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Attested sandboxes that ask for a release at a steady pace, without and with a flood of strangers, in turns. A sandbox
 * waits for its answer before it asks again, as a runtime does; the times are those that it waited.
 */
record FloodedReleases(List<Turn> turns) {
    private static final System.Logger LOG = System.getLogger(FloodedReleases.class.getName());
    private static final int SANDBOXES = 4;

    /** How much longer the slowest releases may take while strangers flood the gateway. */
    private static final double GOAL = 2;

    private static final Duration GATHERING = Duration.ofSeconds(30);

    /**
     * @param warm how long releases run before anything counts
     * @param rounds each a quiet stretch and a flooded one
     * @param stretch how long each takes
     * @param pace from one release of a sandbox to its next
     */
    record Plan(Duration warm, int rounds, Duration stretch, Duration pace, Flood.Size flood) {}

    /**
     * Milliseconds that releases took, before and during one flood.
     *
     * @param failed how many did not come during the flood; the time that was waited for them counts as theirs
     */
    record Turn(List<Double> quiet, List<Double> flooded, int failed, int connected, Flood.Counts flood) {
        double ratio() {
            return p99(flooded) / p99(quiet);
        }
    }

    private static double p99(List<Double> times) {
        return Quantiles.of(times).at(0.99);
    }

    static FloodedReleases measure(UnderLoad gateway, Plan plan)
            throws LoadFailedException, IOException, InterruptedException {
        var threads = Executors.newFixedThreadPool(SANDBOXES, task -> {
            var thread = new Thread(task, "load-sandbox");
            thread.setDaemon(true);
            return thread;
        });
        var failed = new AtomicInteger();
        try {
            var warming = new ArrayList<Steady>();
            for (int i = 0; i < SANDBOXES; i++) {
                var guest = gateway.guest();
                warming.add(new Steady(guest, guest.attest(new ColdStart()), plan.warm(), plan.pace(), failed));
            }
            all(threads.invokeAll(warming));
            var steady = warming.stream().map(one -> one.during(plan.stretch())).toList();
            var turns = new ArrayList<Turn>();
            for (int round = 0; round < plan.rounds(); round++) {
                var quiet = all(threads.invokeAll(steady));
                if (failed.get() > 0) {
                    throw new LoadFailedException(failed + " releases did not come, without any flood");
                }
                try (var flood = Flood.start(gateway.url(), plan.flood())) {
                    int connected = gather(flood, plan.flood());
                    var flooded = all(threads.invokeAll(steady));
                    turns.add(new Turn(quiet, flooded, failed.getAndSet(0), connected, flood.counts()));
                }
            }
            return new FloodedReleases(List.copyOf(turns));
        } finally {
            threads.shutdownNow();
        }
    }

    /** Waits until the flood stands at its full number, or for as long as it may take, and says how many stand. */
    private static int gather(Flood flood, Flood.Size size) {
        long end = System.nanoTime() + GATHERING.toNanos();
        while (flood.connected() < size.connections() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
        return flood.connected();
    }

    private static List<Double> all(List<Future<List<Double>>> parts) throws LoadFailedException, InterruptedException {
        var all = new ArrayList<Double>();
        for (var part : parts) {
            all.addAll(Crew.result(part));
        }
        return List.copyOf(all);
    }

    /** One sandbox's releases in one stretch. */
    private record Steady(Guest guest, Sandbox sandbox, Duration stretch, Duration pace, AtomicInteger failed)
            implements Callable<List<Double>> {
        Steady during(Duration other) {
            return new Steady(guest, sandbox, other, pace, failed);
        }

        @Override
        public List<Double> call() {
            long start = System.nanoTime();
            long end = start + stretch.toNanos();
            var times = new ArrayList<Double>();
            for (long next = start; next - end < 0; next = Math.max(next + pace.toNanos(), System.nanoTime())) {
                while (System.nanoTime() - next < 0) {
                    LockSupport.parkNanos(next - System.nanoTime());
                }
                times.add(release());
            }
            return times;
        }

        private double release() {
            var timing = new ColdStart();
            try {
                guest.release(sandbox, timing);
            } catch (LoadFailedException e) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage());
                failed.incrementAndGet();
            }
            return timing.report().orElseThrow().get("release").getAsDouble();
        }
    }

    /** The median over the turns of p99 during / p99 before. */
    double ratio() {
        return Quantiles.of(turns.stream().map(Turn::ratio).toList()).median();
    }

    /** Whether p99 rose to at most twice, and every release came. */
    boolean meetsGoal() {
        return ratio() <= GOAL && turns.stream().allMatch(turn -> turn.failed() == 0);
    }

    void print(PrintStream out) {
        out.printf("%nReleases of %d attested sandboxes beside a flood of strangers, ms%n", SANDBOXES);
        out.printf(
                "  %8s %8s %8s %8s %10s %8s %8s %8s%n",
                "p50", "p99", "flooded", "flooded", "releases", "flooded", "failed", "p99 by");
        for (var turn : turns) {
            out.printf(
                    "  %8.1f %8.1f %8.1f %8.1f %10d %8d %8d %8.2f%n",
                    Quantiles.of(turn.quiet()).median(),
                    p99(turn.quiet()),
                    Quantiles.of(turn.flooded()).median(),
                    p99(turn.flooded()),
                    turn.quiet().size(),
                    turn.flooded().size(),
                    turn.failed(),
                    turn.ratio());
        }
        for (var turn : turns) {
            var flood = turn.flood();
            out.printf(
                    "  flood: %d connections stood, %s opened, %d ended by the server, requests begun %s, answers %s%n",
                    turn.connected(), flood.opened(), flood.closed(), flood.requests(), flood.statuses());
        }
        out.printf("  p99 during / p99 before: %.2f (goal: at most %.0f)%n", ratio(), GOAL);
    }
}
