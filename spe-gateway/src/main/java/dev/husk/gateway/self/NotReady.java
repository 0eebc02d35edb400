package dev.husk.gateway.self;

import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.Cosigning;
import jakarta.enterprise.inject.spi.CDI;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.ext.Provider;

/** Turns requests away until the state key is there and the log was checked; recovery alone comes before. */
@Provider
public class NotReady implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext request) {
        var path = request.getUriInfo().getPath();
        var conflict = CDI.current().select(Cosigning.class).get().conflict();
        if (conflict.isPresent()) {
            throw new RequestRefused(503, "LOG_CONFLICT", conflict.get());
        }
        if (!CDI.current().select(Start.class).get().ready() && !path.matches("/?v1/gateway/recovery/.*")) {
            throw new RequestRefused(
                    503, "NOT_READY", "the gateway is starting, or waits for its recovery or its witnesses");
        }
    }
}
