package dev.husk.gateway.self;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.party.Caller;
import dev.husk.gateway.recovery.HoldersChange;
import dev.husk.gateway.recovery.Reconstruction;
import dev.husk.gateway.recovery.RecoveryShares;
import dev.husk.protocol.json.Base64Url;
import jakarta.annotation.security.PermitAll;
import jakarta.annotation.security.RolesAllowed;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;

/**
 * {@code /v1/gateway/recovery}: a running gateway gives each holder its share and hears who agrees to other holders, one
 * that has lost its state key takes shares.
 */
@Path("/v1/gateway/recovery")
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class RecoveryResource {
    private static final System.Logger LOG = System.getLogger(RecoveryResource.class.getName());
    private static final int MAX_BODY = 4096;
    private static final Object TURN = new Object();

    private final Start start;
    private final RecoveryShares shares;
    private final HoldersChange change;
    private final Reconstruction reconstruction;
    private final OwnEvidence own;
    private final StateKeyOrigin origin;
    private final Caller caller;

    @Inject
    public RecoveryResource(
            Start start,
            RecoveryShares shares,
            HoldersChange change,
            Reconstruction reconstruction,
            OwnEvidence own,
            StateKeyOrigin origin,
            Caller caller) {
        this.start = start;
        this.shares = shares;
        this.change = change;
        this.reconstruction = reconstruction;
        this.own = own;
        this.origin = origin;
        this.caller = caller;
    }

    @GET
    @Path("/share")
    @RolesAllowed("party")
    public String share() {
        if (!start.ready()) {
            throw RequestRefused.conflict("this gateway has no state key: it takes shares and gives none");
        }
        return shares.of(caller.party()).toString();
    }

    @POST
    @Path("/evidence")
    @PermitAll
    public String evidence(InputStream body) {
        var nonce = SelfResource.nonce(Body.object(body, MAX_BODY));
        requireRecovering();
        var bound = new JsonObject();
        bound.addProperty("key", Base64Url.encode(reconstruction.publicKey()));
        bound.addProperty("nonce", nonce);
        bound.add("policy", shares.policy().orElseThrow().json());
        bound.addProperty("purpose", "husk recovery v1");
        bound.add("stateKey", origin.unread());
        try {
            var answer = bound.deepCopy();
            answer.remove("nonce");
            answer.remove("purpose");
            answer.add("given", array(reconstruction.given()));
            answer.add("evidence", own.over(bound));
            return answer.toString();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "no evidence: " + e.getMessage());
            throw new RequestRefused(503, "NO_EVIDENCE", "the gateway gets no evidence about itself at the moment");
        }
    }

    @POST
    @Path("/share")
    @RolesAllowed("party")
    public String share(InputStream body) {
        var sealed = Body.object(body, MAX_BODY);
        // One at a time, so that a key that was put together is used before the next share comes.
        synchronized (TURN) {
            requireRecovering();
            var key = reconstruction.take(caller.party(), bytes(sealed, "enc"), bytes(sealed, "ciphertext"));
            var given = reconstruction.given();
            if (key.isPresent()) {
                try {
                    start.recovered(key.get(), given);
                } finally {
                    Arrays.fill(key.get(), (byte) 0);
                    reconstruction.forget();
                }
            }
            var answer = new JsonObject();
            answer.addProperty("state", key.isPresent() ? "recovered" : "waiting");
            answer.addProperty("threshold", shares.policy().orElseThrow().threshold());
            answer.add("given", array(given));
            return answer.toString();
        }
    }

    @POST
    @Path("/holders")
    @RolesAllowed("party")
    public String holders(InputStream body) {
        var sealed = Body.object(body, MAX_BODY);
        if (!start.ready()) {
            throw RequestRefused.conflict("this gateway has no state key yet");
        }
        return change.accept(caller.party(), bytes(sealed, "enc"), bytes(sealed, "ciphertext"))
                .toString();
    }

    private void requireRecovering() {
        if (!start.recovering()) {
            throw RequestRefused.conflict("this gateway has its state key: it takes no shares");
        }
    }

    private static byte[] bytes(JsonObject sealed, String name) {
        try {
            return Base64Url.decode(Body.text(sealed, name));
        } catch (IllegalArgumentException e) {
            throw RequestRefused.malformed("member " + name + " is not base64url");
        }
    }

    private static JsonArray array(List<String> names) {
        var array = new JsonArray();
        names.forEach(array::add);
        return array;
    }
}
