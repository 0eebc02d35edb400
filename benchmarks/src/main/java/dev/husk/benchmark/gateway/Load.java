package dev.husk.benchmark.gateway;

import dev.husk.benchmark.gateway.LoadPlan.Part;
import dev.husk.local.StartFailedException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts a gateway under load and prints the figures; see {@link LoadPlan#USAGE}. Exit code 0 for figures within their
 * bounds, 1 for memory that grows or a flood that slows releases down too much, 2 where there are no figures.
 */
public final class Load {
    private static final int OUT_OF_BOUNDS = 1;
    private static final int NO_FIGURES = 2;
    private static final int WARMING_THREADS = 4;

    /** A server's compilers and collector, not the local platform's, which start faster and get less far. */
    private static final Map<String, String> SERVER = Map.of("JVM_ARGS", "-Xmx512m");

    /**
     * One address asks for everything where cycles are counted, so what one address may ask for is lifted there. Beside a
     * flood all limits stand.
     */
    private static final Map<String, String> LIFTED = Map.of(
            "HUSK_LIMIT_HANDSHAKES", "100000000",
            "HUSK_LIMIT_PUBLIC", "100000000",
            "HUSK_LIMIT_SANDBOX", "100000000",
            "HUSK_LIMIT_EVIDENCE_CHECKS", "64");

    private final LoadPlan plan;
    private final PrintStream out;

    private Load(LoadPlan plan, PrintStream out) {
        this.plan = plan;
        this.out = out;
    }

    public static void main(String... arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    static int run(PrintStream out, PrintStream problems, String... arguments) {
        LoadPlan plan;
        try {
            plan = LoadPlan.parse(arguments);
        } catch (IllegalArgumentException e) {
            problems.println(e.getMessage());
            problems.print(LoadPlan.USAGE);
            return NO_FIGURES;
        }
        try {
            return new Load(plan, out).measure() ? 0 : OUT_OF_BOUNDS;
        } catch (LoadFailedException | StartFailedException | IOException e) {
            problems.println("no figures: " + e.getMessage());
        } catch (GeneralSecurityException | SQLException e) {
            problems.println("no figures: " + e);
        } catch (InterruptedException e) {
            problems.println("no figures: interrupted");
        }
        return NO_FIGURES;
    }

    private boolean measure()
            throws LoadFailedException, StartFailedException, IOException, InterruptedException,
                    GeneralSecurityException, SQLException {
        out.printf(
                "JVM %s, %d cores, %s%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).strip());
        boolean within = true;
        if (plan.parts().contains(Part.CYCLES) || plan.parts().contains(Part.MEMORY)) {
            within = withGateway(LIFTED, this::cyclesAndMemory);
        }
        if (plan.parts().contains(Part.FLOOD)) {
            within &= withGateway(Map.of(), this::flood);
        }
        if (plan.parts().contains(Part.WITNESSES)) {
            var settings = settings(LIFTED);
            out.printf("two gateways, with%s%n", shown(settings));
            WitnessedReleases.measure(plan.witnesses(), plan, settings, WARMING_THREADS, plan.warm())
                    .print(out);
        }
        return within;
    }

    private boolean cyclesAndMemory(UnderLoad gateway)
            throws LoadFailedException, IOException, InterruptedException, GeneralSecurityException, SQLException {
        warm(gateway);
        if (plan.parts().contains(Part.CYCLES)) {
            Throughput.measure(gateway, plan.rounds(), plan.window()).print(out);
        }
        if (!plan.parts().contains(Part.MEMORY)) {
            return true;
        }
        var memory = MemoryOverCycles.measure(gateway, plan.memoryCycles());
        memory.print(out);
        return memory.flat();
    }

    private boolean flood(UnderLoad gateway) throws LoadFailedException, IOException, InterruptedException {
        var releases = FloodedReleases.measure(gateway, plan.flood());
        releases.print(out);
        return releases.meetsGoal();
    }

    private void warm(UnderLoad gateway) throws LoadFailedException, InterruptedException {
        try (var crew = new Crew(gateway, WARMING_THREADS)) {
            crew.during(plan.warm());
        }
    }

    private static String shown(Map<String, String> settings) {
        var shown = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((name, value) -> shown.append(' ')
                        .append(name)
                        .append('=')
                        .append(name.matches(".*(KEY|PASSWORD|SECRET|TOKEN).*") ? ".." : value));
        return shown.toString();
    }

    /** Measures a gateway; whether the figures are within their bounds. */
    private interface Measurement {
        boolean of(UnderLoad gateway)
                throws LoadFailedException, IOException, InterruptedException, GeneralSecurityException, SQLException;
    }

    private Map<String, String> settings(Map<String, String> limits) {
        var settings = new HashMap<>(SERVER);
        settings.putAll(limits);
        settings.putAll(plan.settings());
        return settings;
    }

    private boolean withGateway(Map<String, String> limits, Measurement measurement)
            throws LoadFailedException, StartFailedException, IOException, InterruptedException,
                    GeneralSecurityException, SQLException {
        var settings = settings(limits);
        out.printf("gateway, with%s%n", shown(settings));
        try (var gateway = TemporaryGateway.start(settings)) {
            return measurement.of(new UnderLoad(gateway.parts()));
        }
    }
}
