package dev.husk.gateway.self;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Startup;

/** Started once the database was brought to this version and the log was checked. */
@Startup
@ApplicationScoped
public class Started implements HealthCheck {
    @Inject
    private Start start;

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("gateway").status(start.ready()).build();
    }
}
