package dev.husk.gateway.attest;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.attest.Sandbox.Bound;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.kbs.InitData;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The token that attested sandboxes carry: an EAR in the shape of trustee's (kbs-protocol 5.3), for five minutes. It
 * opens the gateway's sandbox routes and names one sandbox and one key; what that sandbox may have is decided on each
 * request.
 */
@ApplicationScoped
public class AttestationToken {
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final String BEARER = "Bearer ";

    private static final int ROOM = 10_000;

    private record Checked(Bearer bearer, Instant expires) {}

    /** By the digests of tokens that this gateway signed, or whose signatures it checked, the least recently used first. */
    private final Map<Bytes, Checked> checked = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Bytes, Checked> eldest) {
            return size() > ROOM;
        }
    };

    @Inject
    private GatewayKeys keys;

    @Inject
    private Clock clock;

    String issue(Sandbox sandbox, AttestRequest request, Genuine genuine) {
        var evidence = evidence(request.key());
        evidence.getAsJsonObject("runtime_data_claims").addProperty("nonce", request.nonce());
        evidence.addProperty("report_data", request.evidence().reportData().toString());
        evidence.addProperty(
                "init_data",
                request.initData()
                        .map(InitData::digest)
                        .map(digest -> Bytes.copyOf(digest).toString())
                        .orElse(""));
        evidence.add(genuine.azure() ? "az-snp-vtpm" : "snp", claims(genuine.report()));
        return issue(sandbox, evidence);
    }

    /** A token for a sandbox whose lease was renewed with its bound key. */
    public String renewed(Sandbox sandbox) {
        return issue(sandbox, evidence(sandbox.teeKey()));
    }

    private static JsonObject evidence(TeeKey key) {
        var runtime = new JsonObject();
        runtime.add("tee-pubkey", key.jwk());
        var evidence = new JsonObject();
        evidence.add("runtime_data_claims", runtime);
        return evidence;
    }

    private static JsonObject claims(AttestationReport report) {
        var claims = new JsonObject();
        claims.addProperty("measurement", report.measurement().toString());
        claims.addProperty("report_id", report.reportId().toString());
        claims.addProperty("vmpl", report.vmpl());
        claims.addProperty("reported_tcb_bootloader", report.reportedTcb().bootloader());
        claims.addProperty("reported_tcb_tee", report.reportedTcb().tee());
        claims.addProperty("reported_tcb_snp", report.reportedTcb().snp());
        claims.addProperty("reported_tcb_microcode", report.reportedTcb().microcode());
        return claims;
    }

    private String issue(Sandbox sandbox, JsonObject evidence) {
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
        var submods = new JsonObject();
        submods.add("cpu0", cpu);
        var verifier = new JsonObject();
        verifier.addProperty("build", "husk");
        verifier.addProperty("developer", "https://husk.dev");
        long now = clock.instant().getEpochSecond();
        var claims = new JsonObject();
        claims.addProperty("eat_profile", "tag:github.com,2024:confidential-containers/Trustee");
        claims.addProperty("iss", "husk-gateway");
        claims.addProperty("iat", now);
        claims.addProperty("exp", now + LIFE.toSeconds());
        claims.add("ear.verifier-id", verifier);
        claims.add("submods", submods);
        claims.add("husk", husk(sandbox));
        var token = keys.tokens().sign(claims);
        bearer(claims).ifPresent(bearer -> remember(digest(token), bearer, claims));
        return token;
    }

    private static JsonObject husk(Sandbox sandbox) {
        var husk = new JsonObject();
        husk.addProperty("sandbox", sandbox.id());
        if (sandbox.bound() instanceof Bound.ToArchive archive) {
            husk.addProperty("binding", "sandbox");
            husk.addProperty("code", archive.code());
            husk.addProperty("entry", archive.entry());
        } else {
            husk.addProperty("binding", "initdata");
        }
        husk.addProperty("plain", sandbox.plain());
        husk.addProperty("simulated", sandbox.simulated());
        return husk;
    }

    /**
     * Whom a request with this header is of.
     *
     * @throws RequestRefused with 401 for a missing, foreign or expired token
     */
    public Bearer bearer(@Nullable String authorization) {
        if (authorization == null || !authorization.startsWith(BEARER)) {
            throw new RequestRefused(401, "TokenMissing", "an attestation token is needed: attest first");
        }
        return verified(authorization.substring(BEARER.length()))
                .orElseThrow(() -> new RequestRefused(
                        401, "TokenInvalid", "the attestation token is not valid, or has expired: attest again"));
    }

    /** Whom this token is of, if this gateway signed it and it has not expired. */
    Optional<Bearer> verified(String token) {
        var digest = digest(token);
        var now = clock.instant();
        synchronized (checked) {
            var known = checked.get(digest);
            if (known != null && known.expires().isAfter(now)) {
                return Optional.of(known.bearer());
            }
        }
        var claims = keys.tokens().verify(token, now);
        var bearer = claims.flatMap(AttestationToken::bearer);
        bearer.ifPresent(whose -> remember(digest, whose, claims.orElseThrow()));
        return bearer;
    }

    private static Bytes digest(String token) {
        return Bytes.copyOf(Digests.sha256().digest(token.getBytes(StandardCharsets.UTF_8)));
    }

    private void remember(Bytes token, Bearer bearer, JsonObject claims) {
        var expires = Instant.ofEpochSecond(claims.get("exp").getAsLong());
        synchronized (checked) {
            checked.put(token, new Checked(bearer, expires));
        }
    }

    /** Of claims that this gateway signed. */
    private static Optional<Bearer> bearer(JsonObject claims) {
        if (!(claims.get("husk") instanceof JsonObject husk)
                || !(claims.get("submods") instanceof JsonObject submods)) {
            return Optional.empty();
        }
        var key = submods.getAsJsonObject("cpu0")
                .getAsJsonObject("ear.veraison.annotated-evidence")
                .getAsJsonObject("runtime_data_claims")
                .getAsJsonObject("tee-pubkey");
        return Optional.of(new Bearer(husk.get("sandbox").getAsString(), TeeKey.parse(key)));
    }
}
