package dev.husk.gateway.self;

import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/**
 * {@code GET /v1/gateway/events}: the gateway's own chain of the log, opened, for every party: starts, hand-overs of the
 * state key, shares, recoveries.
 */
@Path("/v1/gateway/events")
@RolesAllowed("party")
@Produces(MediaType.APPLICATION_JSON)
public class GatewayEventsResource {
    private final GatewayEvents events;

    @Inject
    public GatewayEventsResource(GatewayEvents events) {
        this.events = events;
    }

    @GET
    public String events() {
        return events.json().toString();
    }
}
