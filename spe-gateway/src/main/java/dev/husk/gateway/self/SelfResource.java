package dev.husk.gateway.self;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.gateway.log.EventLog;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.snp.guest.EvidenceSource;
import jakarta.annotation.security.PermitAll;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

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
    private final EvidenceSource source;

    @Inject
    public SelfResource(GatewayKeys keys, EventLog log, Contracts contracts, Configuration configuration) {
        this.keys = keys;
        this.log = log;
        this.contracts = contracts;
        this.source = EvidenceSource.of(configuration.evidence());
    }

    @POST
    @Path("/evidence")
    public String evidence(InputStream body) {
        var nonce = Body.text(Body.object(body, MAX_BODY), "nonce");
        requireNonce(nonce);
        var bound = new JsonObject();
        bound.addProperty("checkpoint", log.checkpoint().text());
        bound.addProperty("contracts", contractRoot());
        bound.add("keys", keys.json());
        bound.addProperty("nonce", nonce);
        try {
            var evidence = Json.parse(
                    source.evidence(digest("SHA-512", CanonicalJson.encode(bound)))
                            .getBytes(StandardCharsets.UTF_8),
                    1 << 20);
            var answer = bound.deepCopy();
            answer.remove("nonce");
            answer.add("evidence", evidence);
            answer.addProperty("simulated", source.name().equals("SIMULATED"));
            return answer.toString();
        } catch (IOException | MalformedJsonException e) {
            LOG.log(System.Logger.Level.ERROR, "no evidence: " + e.getMessage());
            throw new RequestRefused(503, "NO_EVIDENCE", "the gateway gets no evidence about itself at the moment");
        }
    }

    /** Which contracts are in force: SHA-256 over the canonical list of their identities. */
    private String contractRoot() {
        var ids = new JsonArray();
        contracts.active().forEach(contract -> ids.add(contract.id()));
        return Base64Url.encode(digest("SHA-256", CanonicalJson.encode(ids)));
    }

    private static void requireNonce(String nonce) {
        try {
            if (Base64Url.decode(nonce).length == 32) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the same answer.
        }
        throw RequestRefused.malformed("a nonce is 32 bytes in base64url");
    }

    private static byte[] digest(String algorithm, byte[] bytes) {
        try {
            return MessageDigest.getInstance(algorithm).digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
