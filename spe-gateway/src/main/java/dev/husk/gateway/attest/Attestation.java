package dev.husk.gateway.attest;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.EventLog;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.CodeClaim;
import dev.husk.protocol.kbs.ReportData;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Reason;
import dev.husk.snp.Verdict;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The second step of the KBS handshake: evidence in, a binding and a token out, or a refusal. */
@ApplicationScoped
public class Attestation {
    private static final int MAX_ADDITIONAL = 64 << 10;

    @Inject
    private Sessions sessions;

    @Inject
    private Verifier verifier;

    @Inject
    private Sandboxes sandboxes;

    @Inject
    private AttestationToken tokens;

    @Inject
    private EventLog log;

    /**
     * Judges evidence and binds the sandbox to the code that it claims.
     *
     * @param session the cookie; its nonce is spent whatever comes of it
     * @throws RequestRefused with 401 for a session, nonce or evidence that does not hold, 403 for a second binding
     */
    String attest(String session, JsonObject body) {
        var open = sessions.take(session)
                .orElseThrow(() -> new RequestRefused(401, "InvalidSession", "no open session: call auth first"));
        var runtime = Body.object(body, "runtime-data");
        if (!Body.text(runtime, "nonce").equals(open.nonce())) {
            throw new RequestRefused(401, "NonceMismatch", "the nonce is not this session's");
        }
        requireNoInitData(body.get("init-data"));
        var evidenceJson = Body.object(body, "tee-evidence");
        var additional = Body.text(evidenceJson, "additional_evidence");
        if (additional.length() > MAX_ADDITIONAL) {
            throw new RequestRefused(413, "TooLarge", "additional evidence is larger than 64 KiB");
        }
        var key = teeKey(runtime);
        var claim = claim(additional);
        var reportData = Bytes.copyOf(ReportData.of(open.nonce(), key, additional));
        var evidence = evidence(Body.object(evidenceJson, "primary_evidence"), reportData);
        var trusted = trusted(evidence);
        var report = trusted.report();
        var id = Digests.sha256(ByteBuffer.allocate(96)
                .put(report.chipId().toArray())
                .put(report.reportId().toArray())
                .array());
        var source = trusted.simulated() ? "SIMULATED" : "snp";
        var binding = sandboxes.bind(id, claim, key, evidence, trusted.simulated(), source);
        log.checkpoint();
        if (binding instanceof Sandboxes.Binding.Bound bound) {
            return tokens.issue(bound.sandbox(), trusted);
        }
        throw new RequestRefused(
                403,
                "PolicyDeny",
                "refused: this sandbox was bound before",
                List.of(new RequestRefused.Reason("BOUND_BEFORE", "a sandbox is bound once and never again")));
    }

    private Verdict.Trusted trusted(Sandbox.Evidence evidence) {
        try {
            var verdict = verifier.genuine(evidence, false);
            if (verdict instanceof Verdict.Rejected && verifier.simulation()) {
                var simulated = verifier.genuine(evidence, true);
                verdict = simulated instanceof Verdict.Trusted ? simulated : verdict;
            }
            if (verdict instanceof Verdict.Trusted trusted) {
                return trusted;
            }
            throw new RequestRefused(
                    401,
                    "AttestationFailed",
                    "the evidence is not trusted",
                    ((Verdict.Rejected) verdict)
                            .reasons().stream().map(Attestation::reason).toList());
        } catch (MalformedReportException e) {
            throw new RequestRefused(401, "EvidenceMalformed", String.valueOf(e.getMessage()));
        }
    }

    private static RequestRefused.Reason reason(Reason reason) {
        return new RequestRefused.Reason(reason.code().name(), reason.detail());
    }

    private static Sandbox.Evidence evidence(JsonObject primary, Bytes reportData) {
        try {
            var parsed = KbsEvidence.parse(primary);
            return new Sandbox.Evidence(parsed.report(), parsed.certificates(), reportData);
        } catch (MalformedEvidenceException e) {
            throw new RequestRefused(401, "EvidenceMalformed", String.valueOf(e.getMessage()));
        }
    }

    private static TeeKey teeKey(JsonObject runtime) {
        try {
            return TeeKey.parse(Body.object(runtime, "tee-pubkey"));
        } catch (IllegalArgumentException e) {
            throw RequestRefused.malformed("tee-pubkey: " + e.getMessage());
        }
    }

    private static CodeClaim claim(String additional) {
        try {
            return CodeClaim.parse(additional)
                    .orElseThrow(
                            () -> new RequestRefused(
                                    403,
                                    "PolicyDeny",
                                    "refused: the evidence does not say which code runs",
                                    List.of(
                                            new RequestRefused.Reason(
                                                    "BINDING_UNSUPPORTED",
                                                    "this gateway binds sandboxes by the archive that the function runtime measures"))));
        } catch (MalformedJsonException | IllegalArgumentException e) {
            throw RequestRefused.malformed("additional_evidence: " + e.getMessage());
        }
    }

    /** Init data bind stock guests; until those are served, what claims to have some is not silently half-checked. */
    private static void requireNoInitData(@Nullable JsonElement initData) {
        if (initData == null) {
            throw RequestRefused.malformed("member init-data is missing");
        }
        if (!(initData instanceof JsonNull)) {
            throw new RequestRefused(
                    403,
                    "PolicyDeny",
                    "refused: init-data is not judged by this gateway",
                    List.of(new RequestRefused.Reason("BINDING_UNSUPPORTED", "init-data must be null")));
        }
    }
}
