package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.Storage;
import dev.husk.gateway.recovery.RecoveryShares;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the log was checked, while the database answers, and until the gateway is told to end. */
@Readiness
@ApplicationScoped
public class Ready implements HealthCheck {
    private static final System.Logger LOG = System.getLogger(Ready.class.getName());

    @Inject
    private Start start;

    @Inject
    private Storage storage;

    @Inject
    private Drain drain;

    @Inject
    private RecoveryShares shares;

    @Inject
    private Cosigning cosigning;

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("gateway");
        boolean up = start.ready() && !drain.begun();
        if (start.awaitsWitnesses()) {
            response.withData("waitsFor", "a quorum of its witnesses");
        }
        if (cosigning.conflict().isPresent()) {
            response.withData("conflict", cosigning.conflict().get());
            up = false;
        }
        if (up) {
            try {
                storage.size();
                if (shares.json() instanceof JsonObject recovery) {
                    response.withData(
                            "recoverySharesUnfetched",
                            recovery.getAsJsonArray("unfetched").size());
                    response.withData("recoveryHoldersDiffer", recovery.has("change"));
                }
            } catch (RuntimeException e) { // whichever layer above the database tells of it
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the database does not answer, or not as it should: " + e.getMessage());
                up = false;
            }
        }
        return response.status(up).build();
    }
}
