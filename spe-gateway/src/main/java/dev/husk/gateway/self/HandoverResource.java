package dev.husk.gateway.self;

import dev.husk.gateway.Body;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;

/** {@code /v1/gateway/handover}: the state key, for another replica. */
@Path("/v1/gateway/handover")
@PermitAll
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class HandoverResource {
    private static final int MAX_CHALLENGE = 1024;
    private static final int MAX_REQUEST = 256 << 10;

    private final Handover handover;

    @Inject
    public HandoverResource(Handover handover) {
        this.handover = handover;
    }

    @POST
    @Path("/challenge")
    public String challenge(InputStream body) {
        Body.object(body, MAX_CHALLENGE);
        return handover.challenge().toString();
    }

    @POST
    public String handOver(InputStream body) {
        return handover.handOver(Body.object(body, MAX_REQUEST)).toString();
    }
}
