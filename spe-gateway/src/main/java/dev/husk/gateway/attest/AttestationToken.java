package dev.husk.gateway.attest;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.snp.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The token that attested sandboxes carry: an EAR in the shape of trustee's (kbs-protocol 5.3), for five minutes. It
 * opens the gateway's sandbox routes and names one sandbox; what that sandbox may have is decided on each request.
 */
@ApplicationScoped
public class AttestationToken {
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final String BEARER = "Bearer ";

    @Inject
    private GatewayKeys keys;

    @Inject
    private Clock clock;

    String issue(Sandbox sandbox, Verdict.Trusted verdict) {
        var evidence = new JsonObject();
        var runtime = new JsonObject();
        runtime.add("tee-pubkey", sandbox.teeKey().jwk());
        evidence.add("runtime_data_claims", runtime);
        evidence.addProperty("report_data", verdict.report().reportData().toString());
        evidence.addProperty("measurement", verdict.report().measurement().toString());
        var trust = new JsonObject();
        trust.addProperty("configuration", 2);
        trust.addProperty("executables", 3);
        // 2 is "affirming, genuine"; a simulator is 97, "contraindicated" (AR4SI).
        trust.addProperty("hardware", sandbox.simulated() ? 97 : 2);
        var cpu = new JsonObject();
        cpu.addProperty("ear.status", sandbox.simulated() ? "contraindicated" : "affirming");
        cpu.add("ear.trustworthiness-vector", trust);
        cpu.addProperty("ear.appraisal-policy-id", "husk-contracts");
        cpu.add("ear.veraison.annotated-evidence", evidence);
        return issue(sandbox, cpu);
    }

    /** A token for a sandbox whose lease was renewed with its bound key. */
    public String renewed(Sandbox sandbox) {
        var cpu = new JsonObject();
        cpu.addProperty("ear.status", sandbox.simulated() ? "contraindicated" : "affirming");
        return issue(sandbox, cpu);
    }

    private String issue(Sandbox sandbox, JsonObject cpu) {
        long now = clock.instant().getEpochSecond();
        var claims = new JsonObject();
        claims.addProperty("eat_profile", "tag:github.com,2024:confidential-containers/Trustee");
        claims.addProperty("iss", "husk-gateway");
        claims.addProperty("iat", now);
        claims.addProperty("exp", now + LIFE.toSeconds());
        var verifier = new JsonObject();
        verifier.addProperty("build", "husk");
        verifier.addProperty("developer", "https://husk.dev");
        claims.add("ear.verifier-id", verifier);
        var submods = new JsonObject();
        submods.add("cpu0", cpu);
        claims.add("submods", submods);
        var husk = new JsonObject();
        husk.addProperty("sandbox", sandbox.id());
        husk.addProperty("code", sandbox.code());
        husk.addProperty("entry", sandbox.entry());
        husk.addProperty("plain", sandbox.plain());
        husk.addProperty("simulated", sandbox.simulated());
        claims.add("husk", husk);
        return keys.tokens().sign(claims);
    }

    /**
     * The sandbox that a request's bearer token names.
     *
     * @throws RequestRefused with 401 for a missing, foreign or expired token
     */
    public String sandbox(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith(BEARER)) {
            throw new RequestRefused(401, "TokenMissing", "an attestation token is needed: attest first");
        }
        return keys.tokens()
                .verify(authorization.substring(BEARER.length()), clock.instant())
                .map(claims -> claims.getAsJsonObject("husk").get("sandbox").getAsString())
                .orElseThrow(() -> new RequestRefused(
                        401, "TokenInvalid", "the attestation token is not valid, or has expired: attest again"));
    }
}
