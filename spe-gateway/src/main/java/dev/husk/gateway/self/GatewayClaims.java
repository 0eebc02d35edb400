package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import dev.husk.gateway.recovery.RecoveryShares;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** What the gateway's evidence speaks for besides keys, log and contracts. */
@ApplicationScoped
public class GatewayClaims {
    @Inject
    private Identity identity;

    @Inject
    private RecoveryShares shares;

    @Inject
    private StateKeyOrigin origin;

    @Inject
    private ServerCertificate certificate;

    /** Who vouches for the keys, who could recover the state key, where that comes from and goes to, and which certificate the server has. */
    JsonObject json() {
        var json = new JsonObject();
        json.addProperty("endorsement", identity.endorsement());
        json.add("recovery", shares.json());
        json.add("stateKey", origin.json());
        json.addProperty("tls", certificate.fingerprint());
        return json;
    }
}
