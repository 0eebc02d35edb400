package dev.husk.local;

import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;

/**
 * The gateway with what it cannot do without, PostgreSQL and simulated hardware, and nothing else: no S3 store, no
 * OpenWhisk. For measuring it. SIMULATED.
 *
 * <p>It signs addresses of objects in a store that is not there. All of it stops with {@link #close}, and when this JVM
 * ends.
 */
public final class LoneGateway implements AutoCloseable {
    /** Nobody listens there; the gateway does not ask. */
    private static final Store NO_STORE = new Store(URI.create("http://127.0.0.1:9"), "access", "secretsecret");

    private final Parts parts;
    private final Postgres postgres;
    private final Simulation simulation;
    private final LocalIssuer issuer;
    private final GatewayProcess gateway;

    /** The object store as a gateway is told of it; {@code secretKey} is a secret. */
    private record Store(URI endpoint, String accessKey, String secretKey) implements StoreAccess {
        @Override
        public String toString() {
            return "Store[" + endpoint + "]";
        }
    }

    private LoneGateway(Options options, Map<String, String> settings, Parts parts)
            throws IOException, StartFailedException, InterruptedException {
        this.parts = parts;
        var installation = options.installation();
        var liberty = installation.liberty();
        byte[] measurement = LaunchMeasurement.of(installation.gatewayFiles());
        var state = StateFolder.open(options.state());
        parts.add(state);
        var ports = options.ports().chosen();
        var steps = new Steps(StartListener.silent(), parts);
        this.issuer = LocalIssuer.open(state.path(), Clock.systemUTC());
        this.postgres = steps.start(
                "PostgreSQL",
                () -> Postgres.start(PostgresBinaries.unpackedIn(options.cache()), state, ports.postgres()),
                Postgres::close);
        this.simulation = steps.start(
                "simulated hardware", () -> Simulation.start(state.folder("simulator"), Map.of()), Simulation::close);
        var environment = new HashMap<>(LocalPlatform.environment(
                state,
                new LocalPlatform.Stores<>(postgres, NO_STORE),
                simulation,
                issuer,
                simulation.launch(measurement)));
        environment.putAll(settings);
        this.gateway = steps.start(
                "gateway",
                () -> GatewayProcess.start(liberty, state, ports.gateway(), options.tls(), environment),
                GatewayProcess::close);
    }

    /**
     * Starts everything; returns when the gateway is ready. A failed start leaves nothing running.
     *
     * @param settings environment of the gateway beside what it cannot do without: limits, {@code JVM_ARGS}
     * @throws StartFailedException if a person has to do something about it first, which the message says
     */
    public static LoneGateway start(Options options, Map<String, String> settings)
            throws IOException, StartFailedException, InterruptedException {
        var parts = new Parts();
        LoneGateway started = null;
        try {
            started = new LoneGateway(options, settings, parts);
            return started;
        } finally {
            if (started == null) {
                parts.close();
            }
        }
    }

    /** Deletes all that a gateway kept in {@link Options#state}. */
    public static void erase(Path state) throws IOException, StartFailedException, InterruptedException {
        StateFolder.erase(state);
    }

    public URI url() {
        return gateway.url();
    }

    /** The verifier key of the log, as the gateway says itself. */
    public String logKey() throws IOException, InterruptedException {
        return gateway.logKey();
    }

    public LocalIssuer issuer() {
        return issuer;
    }

    /** The hardware whose reports this gateway believes. */
    public SimulatedProcessor processor() {
        return simulation.processor();
    }

    /** A process of which the gateway is the only other descendant that lasts. */
    public long gatewayPid() {
        return gateway.pid();
    }

    /** A process of which the database's processes are the other descendants. */
    public long databasePid() {
        return postgres.pid();
    }

    /** A connection to the database, as its owner. The caller closes it. */
    public Connection database() throws SQLException {
        return postgres.connect();
    }

    @Override
    public void close() {
        parts.close();
    }
}
