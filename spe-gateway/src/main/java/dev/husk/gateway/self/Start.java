package dev.husk.gateway.self;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.attest.Verifier;
import dev.husk.gateway.keys.FileStateKey;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.gateway.keys.Secrets;
import dev.husk.gateway.keys.SnpStateKey;
import dev.husk.gateway.keys.StateKey;
import dev.husk.gateway.keys.StateKeySource;
import dev.husk.gateway.keys.UnusableStateKeyException;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.EventLog;
import dev.husk.gateway.log.StartVerdict;
import dev.husk.gateway.log.Views;
import dev.husk.gateway.recovery.HoldersChange;
import dev.husk.gateway.recovery.RecoveryShares;
import dev.husk.gateway.tls.ServerTrust;
import dev.husk.gateway.tls.TlsKeyStore;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/**
 * Brings the database to this version, gets the state key, checks the log against its last checkpoint, and says that it
 * started. Where the state key is lost and holders of shares are configured, waits for them instead.
 */
@ApplicationScoped
public class Start {
    private static final System.Logger LOG = System.getLogger(Start.class.getName());

    /** The exit status of sysexits.h for a configuration error. */
    private static final int EX_CONFIG = 78;

    /** That of a failure which the next try may not have. */
    private static final int EX_TEMPFAIL = 75;

    /** Seconds between two times that witnesses are asked at the start. */
    private static final int WITNESS_PAUSE = 2;

    @Resource(lookup = "jdbc/husk")
    private DataSource database;

    @Inject
    private Configuration configuration;

    @Inject
    private StateKey stateKey;

    @Inject
    private Secrets secrets;

    @Inject
    private GatewayKeys keys;

    @Inject
    private EventLog log;

    @Inject
    private Views views;

    @Inject
    private GatewayEvents events;

    @Inject
    private Identity identity;

    @Inject
    private RecoveryShares shares;

    @Inject
    private HoldersChange change;

    @Inject
    private PeerJudge peers;

    @Inject
    private StateKeyOrigin origin;

    @Inject
    private OwnEvidence own;

    @Inject
    private Verifier verifier;

    @Inject
    private StartCheck check;

    @Inject
    private TlsKeyStore tls;

    @Inject
    private Drain drain;

    @Inject
    private Cosigning cosigning;

    private Optional<StateKeySource> source = Optional.empty();
    private volatile boolean ready;
    private volatile boolean recovering;
    private volatile boolean awaitsWitnesses;

    void start(@Observes @Initialized(ApplicationScoped.class) Object application) {
        requireConfiguration();
        views.onLoss(why -> end("the gateway ends, to read the log anew: " + why, EX_TEMPFAIL));
        Flyway.configure().dataSource(database).load().migrate();
        // What is configured wrongly stops the start, not a hand-over or a recovery months later.
        peers.platform();
        shares.policy();
        source = Optional.of(source(configuration.stateKeySource()));
        try {
            startWith(source.get());
        } catch (IOException | UnusableStateKeyException e) {
            end("no state key: " + e.getMessage());
        }
    }

    private void startWith(StateKeySource source) throws IOException, UnusableStateKeyException {
        source.warning().ifPresent(text -> LOG.log(System.Logger.Level.WARNING, "WARNING: " + text));
        boolean used = secrets.any();
        var key = used ? pending(source) : Optional.<byte[]>empty();
        if (key.isEmpty()) {
            key = obtain(source, used);
        }
        if (key.isPresent()) {
            // A peer's database has secrets. A key of another gateway's would be one that its operator knows.
            if ((used || !source.keeps()) && !secrets.openWith(key.get())) {
                end("no state key: the one from " + source
                        + " does not open this database. It is of another one, or was"
                        + " replaced in a recovery, or the database was changed");
            }
            use(key.get());
            begin(this::renewAsAgreed);
        } else if (used) {
            awaitShares();
        } else {
            byte[] fresh = StateKey.generate();
            source.keep(fresh);
            use(fresh);
            begin(this::renewAsAgreed);
        }
    }

    private void awaitShares() {
        var policy = shares.policy();
        if (policy.isEmpty()) {
            end("the state key of this database is lost, and no HUSK_RECOVERY says who could recover it");
        }
        recovering = true;
        LOG.log(
                System.Logger.Level.WARNING,
                "the state key is lost: this gateway waits for "
                        + policy.orElseThrow().threshold() + " shares (husk gateway recover)");
    }

    /** The key that a change began with, where the database was sealed under it before a crash. */
    private Optional<byte[]> pending(StateKeySource source) throws IOException {
        if (source.next().isEmpty()) {
            return Optional.empty();
        }
        var next = source.next().get();
        Optional<byte[]> key;
        try {
            key = next.obtain();
        } catch (UnusableStateKeyException e) {
            LOG.log(System.Logger.Level.ERROR, "no use: " + e.getMessage());
            return Optional.empty();
        }
        if (key.isPresent() && !secrets.openWith(key.get())) {
            Arrays.fill(key.get(), (byte) 0);
            return Optional.empty();
        }
        if (key.isPresent()) {
            source.keep(key.get());
            next.discard();
        }
        return key;
    }

    /** @param used whether the database has secrets: a key of another one must not be overwritten for an empty one */
    private Optional<byte[]> obtain(StateKeySource source, boolean used) throws IOException, UnusableStateKeyException {
        try {
            return source.obtain();
        } catch (UnusableStateKeyException e) {
            if (!used || shares.policy().isEmpty()) {
                throw e;
            }
            LOG.log(System.Logger.Level.ERROR, "no state key: " + e.getMessage());
            return Optional.empty();
        }
    }

    private StateKeySource source(String text) {
        int colon = text.indexOf(':');
        var rest = text.substring(colon + 1);
        return switch (text.substring(0, Math.max(0, colon))) {
            case "file" -> new FileStateKey(Path.of(rest));
            case "snp" -> new SnpStateKey(Path.of(rest));
            case "peer" ->
                new PeerStateKey(
                        URI.create(rest.endsWith("/") ? rest : rest + "/"),
                        own,
                        origin,
                        peers,
                        ServerTrust.of("HUSK_PEER_CA", configuration.peerAuthorities()));
            default ->
                throw new IllegalStateException(
                        "HUSK_STATE_KEY_SOURCE is file:PATH, snp:PATH or peer:URL, not " + text);
        };
    }

    private void use(byte[] key) {
        stateKey.install(key);
        Arrays.fill(key, (byte) 0);
    }

    /** @param first what is written before anything else; the log is checked before that */
    private void begin(Runnable first) {
        requireLog();
        if (!cosigning.isConfigured()) {
            serve(first);
            return;
        }
        // The server, which says that it is not ready, does not wait for this.
        cosigning.beside(() -> {
            try {
                if (awaitWitnesses()) {
                    serve(first);
                }
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "the start failed", e);
                end(String.valueOf(e.getMessage()));
            }
        });
    }

    /** Waits until as many witnesses as the policy asks for have cosigned the log as it is, and none knows of more. */
    private boolean awaitWitnesses() {
        awaitsWitnesses = true;
        var said = "";
        try {
            while (true) {
                var verdict = cosigning.judgeStart();
                if (verdict instanceof StartVerdict.TooFew few) {
                    // Once, and again where the reason is another.
                    if (!few.inWords().equals(said)) {
                        said = few.inWords();
                        LOG.log(
                                System.Logger.Level.WARNING,
                                "this gateway waits for a quorum of its witnesses, which must know its log by the key "
                                        + keys.logKey() + "; now: " + said);
                    }
                    TimeUnit.SECONDS.sleep(WITNESS_PAUSE);
                } else if (verdict instanceof StartVerdict.Older older) {
                    end(older.why() + "; docs/operations.md says what to do");
                } else {
                    awaitsWitnesses = false;
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void serve(Runnable first) {
        first.run();
        var event = new JsonObject();
        event.addProperty("event", "gateway-started");
        event.add("keys", keys.json());
        event.addProperty("simulation", verifier.simulation());
        var witnesses = new JsonArray();
        cosigning.witnesses().forEach(witness -> witnesses.add(witness.key().text()));
        event.add("witnesses", witnesses);
        event.add("stateKey", origin.now());
        events.append(event);
        shares.makeFirst();
        log.checkpoint();
        if (verifier.simulation()) {
            LOG.log(System.Logger.Level.WARNING, "SIMULATED evidence is accepted where a contract says tee: simulated");
        }
        cosigning.begin();
        drain.watch();
        ready = true;
    }

    /**
     * Goes on with a state key that holders of shares gave, under another one: what they gave is known to them. Ends the
     * process where that fails; the next start finds the database sealed under the one key or the other.
     */
    synchronized void recovered(byte[] key, List<String> holders) {
        stateKey.install(key);
        recovering = false;
        begin(() -> {
            renew("gateway-recovered", holders);
            renewAsAgreed();
        });
    }

    private void renewAsAgreed() {
        if (source.orElseThrow().keeps() && change.agreed()) {
            renew("state-key-renewed", change.accepted());
        }
    }

    private void renew(String event, List<String> holders) {
        byte[] fresh = StateKey.generate();
        try {
            var next = source.orElseThrow().next().orElseThrow();
            // Kept before the database needs it, and in its place only after: a crash in between loses neither.
            next.keep(fresh);
            identity.renew(event, holders, fresh);
            stateKey.settle();
            source.orElseThrow().keep(fresh);
            next.discard();
        } catch (IOException | RuntimeException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            end("the state key cannot be changed: " + cause.getMessage());
        } finally {
            Arrays.fill(fresh, (byte) 0);
        }
    }

    /** Ends the process where the configuration forbids a start: a server without its application serves nobody. */
    private void requireConfiguration() {
        var unknown = StartCheck.unknown(System.getenv().keySet());
        if (!unknown.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "not a setting of the gateway: " + String.join(", ", unknown));
        }
        var problems = new ArrayList<>(check.problems());
        if (problems.isEmpty()) {
            try {
                tls.keep();
            } catch (IOException e) {
                problems.add("HUSK_TLS_CERTIFICATE, HUSK_TLS_KEY: " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            end(String.join("; ", problems));
        }
    }

    private void requireLog() {
        try {
            log.checkpoint();
        } catch (RuntimeException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause.getClass() == IllegalStateException.class) {
                    end(String.valueOf(cause.getMessage()));
                }
            }
            throw e;
        }
    }

    private static void end(String why) {
        end("the gateway does not start: " + why, EX_CONFIG);
    }

    private static void end(String line, int status) {
        System.err.println(line);
        System.err.flush();
        // Not exit: the server would wait for this very thread before it stops.
        Runtime.getRuntime().halt(status);
    }

    /** Whether the state key is there, and database and log are in order. */
    boolean ready() {
        return ready;
    }

    /** Whether this gateway waits for a quorum of its witnesses. */
    boolean awaitsWitnesses() {
        return awaitsWitnesses;
    }

    /** Whether this gateway waits for shares. */
    boolean recovering() {
        return recovering;
    }
}
