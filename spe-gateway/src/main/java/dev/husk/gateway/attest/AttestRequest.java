package dev.husk.gateway.attest;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.CodeClaim;
import dev.husk.protocol.kbs.InitData;
import dev.husk.protocol.kbs.ReportData;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.azure.AzureEvidence;
import dev.husk.snp.azure.MalformedAzureEvidenceException;
import java.util.Optional;

/**
 * The body of an attestation, read and not judged.
 *
 * @param claim what the function runtime says about the code; a stock guest says nothing
 * @param initData what the guest says it was started with
 * @param digest {@code sha256:hex} of the evidence in canonical JSON, by which the log names it
 */
record AttestRequest(
        String nonce,
        TeeKey key,
        Optional<CodeClaim> claim,
        Optional<InitData> initData,
        Evidence evidence,
        String digest) {
    private static final int MAX_ADDITIONAL = 64 << 10;

    /**
     * Reads a body.
     *
     * @param session says which kind of evidence was announced, and the nonce that the evidence must answer
     * @throws RequestRefused with 400 for a body that is not one, 401 for another nonce or unreadable evidence, 413
     */
    static AttestRequest parse(JsonObject body, Sessions.Session session) {
        var runtime = Body.object(body, "runtime-data");
        var nonce = Body.text(runtime, "nonce");
        if (!nonce.equals(session.nonce())) {
            throw new RequestRefused(401, "NonceMismatch", "the nonce is not this session's");
        }
        var initData = initData(body);
        var evidence = Body.object(body, "tee-evidence");
        var additional = Body.text(evidence, "additional_evidence");
        if (additional.length() > MAX_ADDITIONAL) {
            throw new RequestRefused(413, "TooLarge", "additional evidence is larger than 64 KiB");
        }
        var key = key(runtime);
        var claim = claim(additional);
        var reportData = Bytes.copyOf(ReportData.of(nonce, key, additional));
        var primary = Body.object(evidence, "primary_evidence");
        return new AttestRequest(
                nonce,
                key,
                claim,
                initData,
                evidence(session.tee(), primary, reportData),
                Digests.sha256(CanonicalJson.encode(primary)));
    }

    private static Optional<InitData> initData(JsonObject body) {
        var initData = body.get("init-data");
        if (initData == null) {
            throw RequestRefused.malformed("member init-data is missing: it is null where there are none");
        }
        try {
            return InitData.parse(initData);
        } catch (IllegalArgumentException e) {
            throw RequestRefused.malformed("init-data: " + e.getMessage());
        }
    }

    private static TeeKey key(JsonObject runtime) {
        try {
            return TeeKey.parse(Body.object(runtime, "tee-pubkey"));
        } catch (IllegalArgumentException e) {
            throw RequestRefused.malformed("tee-pubkey: " + e.getMessage());
        }
    }

    private static Optional<CodeClaim> claim(String additional) {
        try {
            return CodeClaim.parse(additional);
        } catch (MalformedJsonException | IllegalArgumentException e) {
            throw RequestRefused.malformed("additional_evidence: " + e.getMessage());
        }
    }

    private static Evidence evidence(String tee, JsonObject primary, Bytes reportData) {
        try {
            if (tee.equals("az-snp-vtpm")) {
                return new Evidence.Azure(AzureEvidence.parse(primary), reportData);
            }
            var parsed = KbsEvidence.parse(primary);
            return new Evidence.Snp(parsed.report(), parsed.certificates(), reportData);
        } catch (MalformedEvidenceException | MalformedAzureEvidenceException e) {
            throw new RequestRefused(401, "EvidenceMalformed", String.valueOf(e.getMessage()));
        }
    }
}
