package dev.husk.gateway.self;

import dev.husk.gateway.log.Storage;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready once the log was checked, and while the database answers. */
@Readiness
@ApplicationScoped
public class Ready implements HealthCheck {
    private static final System.Logger LOG = System.getLogger(Ready.class.getName());

    @Inject
    private Start start;

    @Inject
    private Storage storage;

    @Override
    public HealthCheckResponse call() {
        boolean up = start.ready();
        if (up) {
            try {
                storage.size();
            } catch (RuntimeException e) { // whichever layer above the database tells of it
                LOG.log(System.Logger.Level.WARNING, "the database does not answer");
                up = false;
            }
        }
        return HealthCheckResponse.named("gateway").status(up).build();
    }
}
