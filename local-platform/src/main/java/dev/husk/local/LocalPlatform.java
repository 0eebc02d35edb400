package dev.husk.local;

import dev.husk.local.whisk.SandboxLimits;
import dev.husk.local.whisk.WhiskServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Everything on one machine: PostgreSQL, an S3 store, the gateway, an OpenWhisk API, and sandboxes on simulated
 * hardware. SIMULATED: it shows how Husk works and protects nothing from this machine's user.
 *
 * <p>All parts stop with {@link #close}, at SIGINT and SIGTERM, and when this JVM is killed.
 */
public final class LocalPlatform implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(LocalPlatform.class.getName());
    private static final String LOG_ORIGIN = "husk.local/gateway";

    private final Parts parts;
    private final Thread hook;
    private final Stores<S3Server> stores;
    private final Simulation simulation;
    private final Served served;
    private final LocalIssuer issuer;
    private final Map<String, byte[]> measurements;
    private final Optional<Path> authorities;

    /** What the gateway stands on. */
    record Stores<S extends StoreAccess>(Postgres postgres, S s3) {}

    /** What clients talk to. */
    private record Served(GatewayProcess gateway, String logKey, WhiskServer whisk) {}

    private LocalPlatform(Options options, StartListener listener, Parts parts, Thread hook)
            throws IOException, StartFailedException, InterruptedException {
        this.parts = parts;
        this.hook = hook;
        this.authorities = options.tls().map(Tls::authorities);
        var installation = options.installation();
        var kinds = SandboxKinds.in(installation);
        var liberty = installation.liberty();
        var state = StateFolder.open(options.state());
        parts.add(state);
        var ports = options.ports().chosen();
        var steps = new Steps(listener, parts);

        this.issuer = LocalIssuer.open(state.path(), Clock.systemUTC());
        this.measurements = new HashMap<>();
        for (var kind : kinds.classPaths().entrySet()) {
            measurements.put(kind.getKey(), LaunchMeasurement.of(kind.getValue()));
        }
        byte[] gatewayMeasurement = LaunchMeasurement.of(installation.gatewayFiles());

        try (var side = new SideBySide()) {
            var postgres = side.run(() -> steps.start(
                    "PostgreSQL",
                    () -> Postgres.start(PostgresBinaries.unpackedIn(options.cache()), state, ports.postgres()),
                    Postgres::close));
            var s3 = side.run(() -> steps.start(
                    "S3 store", () -> S3Server.start(installation.s3ClassPath(), state, ports.s3()), S3Server::close));
            this.simulation = steps.start(
                    "simulated hardware",
                    () -> Simulation.start(state.folder("simulator"), measurements),
                    Simulation::close);
            this.stores = new Stores<>(SideBySide.result(postgres), SideBySide.result(s3));
        }
        var environment = environment(state, stores, simulation, issuer, simulation.launch(gatewayMeasurement));
        var gateway = steps.start(
                "gateway",
                () -> GatewayProcess.start(liberty, state, ports.gateway(), options.tls(), environment),
                GatewayProcess::close);
        var logKey = gateway.logKey();
        var whisk = steps.start(
                "OpenWhisk API",
                () -> WhiskServer.start(new WhiskServer.Config(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.whisk()),
                        state.folder("whisk"),
                        kinds.of(gateway.url(), authorities, logKey),
                        simulation,
                        SandboxLimits.defaults())),
                WhiskServer::close);
        this.served = new Served(gateway, logKey, whisk);
    }

    /**
     * Starts everything; returns when all of it is ready. A failed start leaves nothing running.
     *
     * @throws StartFailedException if a person has to do something about it first, which the message says
     */
    public static LocalPlatform start(Options options, StartListener listener)
            throws IOException, StartFailedException, InterruptedException {
        var parts = new Parts();
        var start = new Start(Thread.currentThread(), new CountDownLatch(1));
        var hook = new Thread(() -> start.stop(parts), "husk-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        LocalPlatform platform = null;
        try {
            platform = new LocalPlatform(options, listener, parts, hook);
            return platform;
        } finally {
            if (platform == null) {
                stop(parts, hook);
            }
            start.over().countDown();
        }
    }

    /**
     * Deletes all that a platform kept in {@link Options#state}; waits for what a killed one left ending.
     *
     * @throws StartFailedException if a platform runs on it
     */
    public static void erase(Path state) throws IOException, StartFailedException, InterruptedException {
        StateFolder.erase(state);
    }

    /** A start that may be under way when the JVM ends: the JVM then waits for it to take back what it has begun. */
    private record Start(Thread thread, CountDownLatch over) {
        private static final long PATIENCE_SECONDS = 30;

        void stop(Parts parts) {
            if (over.getCount() > 0) {
                thread.interrupt();
            }
            parts.close();
            try {
                if (!over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    LOG.log(System.Logger.Level.WARNING, "parts that were starting may take a while to end");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public URI gatewayUrl() {
        return served.gateway().url();
    }

    /** Who vouches for the gateway, where it is reached by TLS; PEM. */
    public Optional<Path> authorities() {
        return authorities;
    }

    /** What {@code APIHOST} of wsk takes. */
    public URI whiskUrl() {
        return served.whisk().url();
    }

    /** What {@code AUTH} of wsk takes. A secret. */
    public String whiskAuth() {
        return served.whisk().auth();
    }

    public URI s3Endpoint() {
        return stores.s3().endpoint();
    }

    public String s3Bucket() {
        return S3Server.BUCKET;
    }

    public String s3AccessKey() {
        return stores.s3().accessKey();
    }

    /** A secret. */
    public String s3SecretKey() {
        return stores.s3().secretKey();
    }

    public LocalIssuer issuer() {
        return issuer;
    }

    /** The verifier key of the gateway's log, as the gateway of this platform says itself. */
    public String logKey() {
        return served.logKey();
    }

    /** The simulated hardware's root certificate, DER. */
    public Path simulatedRoot() {
        return simulation.root();
    }

    /** The launch measurement, hex, of each kind of sandbox: what a contract's platform names. */
    public Map<String, String> measurements() {
        var all = new HashMap<String, String>();
        measurements.forEach((kind, bytes) -> all.put(kind, HexFormat.of().formatHex(bytes)));
        return Map.copyOf(all);
    }

    /** Every process of the platform, this one first. */
    public List<ProcessMemory> memory() {
        return ProcessMemory.ofTree(
                "platform",
                Map.of(
                        stores.postgres().pid(), "PostgreSQL",
                        stores.s3().pid(), "S3 store",
                        served.gateway().pid(), "gateway"),
                "sandbox");
    }

    /** Stops everything, the last started first. */
    @Override
    public void close() {
        stop(parts, hook);
    }

    private static void stop(Parts parts, Thread hook) {
        parts.close();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook, which runs already, finds nothing left to do.
            return;
        }
    }

    /** What a gateway of this machine must be told, but for its port. */
    static Map<String, String> environment(
            StateFolder state,
            Stores<? extends StoreAccess> stores,
            Simulation simulation,
            LocalIssuer issuer,
            String evidence) {
        return Map.ofEntries(
                Map.entry("HUSK_DB_HOST", Postgres.HOST),
                Map.entry("HUSK_DB_PORT", Integer.toString(stores.postgres().port())),
                Map.entry("HUSK_DB_NAME", Postgres.NAME),
                Map.entry("HUSK_DB_USER", Postgres.NAME),
                Map.entry("HUSK_DB_PASSWORD", stores.postgres().password()),
                Map.entry("HUSK_STATE_KEY_SOURCE", "file:" + state.path().resolve("gateway.key")),
                Map.entry("HUSK_SIMULATED_ROOT", simulation.root().toString()),
                Map.entry("HUSK_EVIDENCE", evidence),
                Map.entry("HUSK_ISSUER", LocalIssuer.ISSUER),
                Map.entry("HUSK_JWKS", issuer.jwks().toString()),
                Map.entry("HUSK_S3_ENDPOINT", stores.s3().endpoint().toString()),
                Map.entry("HUSK_S3_ACCESS_KEY", stores.s3().accessKey()),
                Map.entry("HUSK_S3_SECRET_KEY", stores.s3().secretKey()),
                Map.entry("HUSK_LOG_ORIGIN", LOG_ORIGIN));
    }
}
