package dev.husk.gateway.self;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.gateway.log.EventLog;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;

/** {@code POST /v1/gateway/evidence}: a nonce in, evidence over it, the keys, the log and the contracts out. */
@Path("/v1/gateway")
@PermitAll
@Consumes(MediaType.APPLICATION_JSON)
@Produces(MediaType.APPLICATION_JSON)
public class SelfResource {
    private static final System.Logger LOG = System.getLogger(SelfResource.class.getName());
    private static final int MAX_BODY = 4096;

    private final GatewayKeys keys;
    private final EventLog log;
    private final Contracts contracts;
    private final GatewayClaims claims;
    private final OwnEvidence own;

    @Inject
    public SelfResource(GatewayKeys keys, EventLog log, Contracts contracts, GatewayClaims claims, OwnEvidence own) {
        this.keys = keys;
        this.log = log;
        this.contracts = contracts;
        this.claims = claims;
        this.own = own;
    }

    @POST
    @Path("/evidence")
    public String evidence(InputStream body) {
        var nonce = nonce(Body.object(body, MAX_BODY));
        var bound = claims.json();
        bound.addProperty("checkpoint", log.checkpoint().text());
        bound.addProperty("contracts", contractRoot());
        bound.add("keys", keys.json());
        bound.addProperty("nonce", nonce);
        try {
            var answer = bound.deepCopy();
            answer.remove("nonce");
            answer.add("evidence", own.over(bound));
            answer.addProperty("simulated", own.simulated());
            return answer.toString();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.ERROR, "no evidence: " + e.getMessage());
            throw new RequestRefused(503, "NO_EVIDENCE", "the gateway gets no evidence about itself at the moment");
        }
    }

    /** Which contracts are in force: SHA-256 over the canonical list of their identities. */
    private String contractRoot() {
        var ids = new JsonArray();
        contracts.active().forEach(contract -> ids.add(contract.id()));
        return Base64Url.encode(Digests.sha256().digest(CanonicalJson.encode(ids)));
    }

    /** The member {@code nonce}, which is 32 bytes. */
    static String nonce(JsonObject asked) {
        var nonce = Body.text(asked, "nonce");
        try {
            if (Base64Url.decode(nonce).length == 32) {
                return nonce;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the same answer.
        }
        throw RequestRefused.malformed("a nonce is 32 bytes in base64url");
    }
}
