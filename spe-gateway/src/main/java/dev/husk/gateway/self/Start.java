package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import dev.husk.gateway.attest.Verifier;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.gateway.log.EventLog;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.self.Start.StartEvent;
import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;

/** Brings the database to this version, checks the log against its last checkpoint, and says that it started. */
@ApplicationScoped
public class Start {
    private static final System.Logger LOG = System.getLogger(Start.class.getName());

    @Resource(lookup = "jdbc/husk")
    private DataSource database;

    @Inject
    private GatewayKeys keys;

    @Inject
    private EventLog log;

    @Inject
    private StartEvent event;

    @Inject
    private Verifier verifier;

    private volatile boolean ready;

    void start(@Observes @Initialized(ApplicationScoped.class) Object application) {
        Flyway.configure().dataSource(database).load().migrate();
        // The log is checked before anything is written to it.
        log.checkpoint();
        event.append(keys.json(), verifier.simulation());
        log.checkpoint();
        if (verifier.simulation()) {
            LOG.log(System.Logger.Level.WARNING, "SIMULATED evidence is accepted where a contract says tee: simulated");
        }
        ready = true;
    }

    /** Whether the database and the log are in order. */
    boolean ready() {
        return ready;
    }

    /** Appends the event in its own transaction. */
    @ApplicationScoped
    public static class StartEvent {
        @Inject
        private Ledger ledger;

        @jakarta.transaction.Transactional
        void append(JsonObject keys, boolean simulation) {
            ledger.open(Ledger.GATEWAY);
            var event = new JsonObject();
            event.addProperty("event", "gateway-started");
            event.add("keys", keys);
            event.addProperty("simulation", simulation);
            ledger.append(Ledger.GATEWAY, event);
        }
    }
}
