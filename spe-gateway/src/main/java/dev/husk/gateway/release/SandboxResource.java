package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.attest.AttestationToken;
import dev.husk.gateway.attest.Bearers;
import dev.husk.gateway.attest.KbsResource;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What attested sandboxes call: release, renewal, run statement, and the KBS resource. */
@Path("/kbs/v0")
@PermitAll
@Produces(MediaType.APPLICATION_JSON)
public class SandboxResource {
    private static final int MAX_STATEMENT = 2 << 20;

    private final SandboxCalls calls;
    private final AttestationToken tokens;
    private final Bearers bearers;

    @Inject
    public SandboxResource(SandboxCalls calls, AttestationToken tokens, Bearers bearers) {
        this.calls = calls;
        this.tokens = tokens;
        this.bearers = bearers;
    }

    @POST
    @Path("/husk/release")
    @Consumes(MediaType.TEXT_PLAIN)
    public String release(@HeaderParam("Authorization") @Nullable String authorization, InputStream body) {
        var sandbox = tokens.bearer(authorization).sandbox();
        return calls.release(sandbox, Body.ascii(body, MAX_STATEMENT)).toString();
    }

    @POST
    @Path("/husk/renew")
    @Consumes(MediaType.TEXT_PLAIN)
    public String renew(InputStream body) {
        var renewal = calls.renew(Body.ascii(body, MAX_STATEMENT));
        var answer = new JsonObject();
        answer.addProperty("token", tokens.renewed(renewal.sandbox()));
        answer.addProperty("leaseUntil", renewal.leaseUntil().toString());
        return answer.toString();
    }

    @POST
    @Path("/husk/run")
    @Consumes(MediaType.APPLICATION_JSON)
    public String run(@HeaderParam("Authorization") @Nullable String authorization, InputStream body) {
        var sandbox = tokens.bearer(authorization).sandbox();
        return calls.run(sandbox, Body.object(body, MAX_STATEMENT)).toString();
    }

    @GET
    @Path("/resource/{contract}/{object}/{tag}")
    public String resource(
            @HeaderParam("Authorization") @Nullable String authorization,
            @CookieParam(KbsResource.COOKIE) @Nullable String session,
            @PathParam("contract") String contract,
            @PathParam("object") String object,
            @PathParam("tag") String tag) {
        return calls.resource(bearers.of(authorization, session), contract, object, tag)
                .toString();
    }
}
