package dev.husk.snp.azure;

import dev.husk.snp.Bytes;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Reason;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.Verdict;
import dev.husk.snp.azure.AzureReason.Code;
import dev.husk.snp.azure.AzureReason.OfGuest;
import dev.husk.snp.azure.AzureReason.OfReport;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Judges evidence of Azure's confidential VMs. Stateless and safe to share between threads.
 *
 * <p>The caller chooses a nonce that is fresh; the report itself may be old, and is as good as the quote that its key
 * signs. Does not protect against a paravisor that lies: the measurements that are expected must be of good ones. The
 * quote speaks of PCRs at one moment, and the guest may have changed since.
 */
public final class AzureVerifier {
    /** After these the variable data are nobody's, and so is the key of the quote. */
    private static final Set<Reason.Code> UNBOUND = EnumSet.of(
            Reason.Code.CERTIFICATE_UNUSABLE,
            Reason.Code.CHAIN_UNTRUSTED,
            Reason.Code.SIGNATURE_INVALID,
            Reason.Code.REPORT_DATA_MISMATCH);

    private final SnpVerifier reports;

    public AzureVerifier(SnpVerifier reports) {
        this.reports = reports;
    }

    /**
     * Judges evidence.
     *
     * <p>The check ends at the first link that does not hold, since nothing behind it then means anything: the report's
     * chain and signature, the hash of the variable data in it, its being the paravisor's, the quote's signature, the
     * digest of the PCRs. Apart from that every reason is collected.
     *
     * @param certificates DER: what the evidence lacks of the report's chain, in any order, unless it is AMD's, which
     *     the anchors bring; where the evidence has no VCEK of its own, the VCEK first
     */
    public AzureVerdict verify(AzureEvidence evidence, List<Bytes> certificates, AzureExpectations expected)
            throws MalformedAzureEvidenceException {
        var hcl = HclReport.parse(evidence.hclReport());
        var quote = VtpmQuote.parse(evidence.quote(), evidence.signature(), evidence.pcrs());
        var chain = new ArrayList<>(evidence.certificates());
        chain.addAll(certificates);

        var verdict = verify(hcl, chain, expected);
        var reasons = new ArrayList<AzureReason>();
        if (verdict instanceof Verdict.Rejected rejected) {
            rejected.reasons().forEach(reason -> reasons.add(new OfReport(reason)));
            if (rejected.reasons().stream().anyMatch(reason -> UNBOUND.contains(reason.code()))) {
                return new AzureVerdict.Rejected(reasons);
            }
        }
        if (hcl.vmpl() != 0) {
            // Nobody gets a report of a level above its own, and whoever asks for a report chooses its report data.
            reasons.add(new OfGuest(Code.NOT_THE_PARAVISOR, "the report is of VMPL " + hcl.vmpl()));
            return new AzureVerdict.Rejected(reasons);
        }
        userData(hcl.variableData(), expected, reasons);
        quote(quote, hcl.variableData().attestationKey(), expected, reasons);
        return reasons.isEmpty() && verdict instanceof Verdict.Trusted trusted
                ? new AzureVerdict.Trusted(trusted, hcl.variableData(), quote)
                : new AzureVerdict.Rejected(reasons);
    }

    private Verdict verify(HclReport hcl, List<Bytes> chain, AzureExpectations expected)
            throws MalformedAzureEvidenceException {
        try {
            return reports.verify(hcl.report(), chain, expected.binding(hcl.reportData()));
        } catch (MalformedReportException e) {
            throw MalformedAzureEvidenceException.at(
                    HclReport.PART, HclReport.REPORT + e.offset(), String.valueOf(e.getMessage()));
        }
    }

    private static void userData(VariableData data, AzureExpectations expected, List<AzureReason> reasons) {
        if (!expected.userData().isAny()
                && !data.userData().map(expected.userData()::allows).orElse(false)) {
            reasons.add(new OfGuest(
                    Code.USER_DATA_MISMATCH,
                    data.userData().map(bytes -> "user data are " + bytes).orElse("the paravisor takes no user data")));
        }
    }

    private static void quote(
            VtpmQuote quote, RSAPublicKey key, AzureExpectations expected, List<AzureReason> reasons) {
        if (!isSigned(quote, key)) {
            reasons.add(new OfGuest(Code.QUOTE_SIGNATURE_INVALID, "the TPM's key did not sign this quote"));
            return;
        }
        if (!expected.nonce().allows(quote.extraData())) {
            reasons.add(new OfGuest(Code.QUOTE_NONCE_MISMATCH, "the quote answers " + quote.extraData()));
        }
        if (!quote.holdsItsPcrs()) {
            reasons.add(new OfGuest(Code.PCR_DIGEST_MISMATCH, "the PCRs are not those that were signed"));
            return;
        }
        for (int i = 0; i < VtpmQuote.PCRS; i++) {
            var allowed = expected.pcr(i);
            var value = quote.pcrs().get(i);
            if (allowed.isAny()) {
                continue;
            }
            if (value == null) {
                reasons.add(new OfGuest(Code.PCR_NOT_QUOTED, "PCR " + i));
            } else if (!allowed.allows(value)) {
                reasons.add(new OfGuest(Code.PCR_UNKNOWN, "PCR %d is %s".formatted(i, value)));
            }
        }
    }

    private static boolean isSigned(VtpmQuote quote, RSAPublicKey key) {
        try {
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initVerify(key);
            signature.update(quote.signed().toArray());
            return signature.verify(quote.signature().toArray());
        } catch (SignatureException e) {
            return false; // not even the shape of a signature
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK verifies RSASSA", e);
        }
    }
}
