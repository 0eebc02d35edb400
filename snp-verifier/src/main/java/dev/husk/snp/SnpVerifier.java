package dev.husk.snp;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Reason.Code;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Judges attestation reports. Safe to share between threads, and best shared: it remembers the chains that it has
 * built, so that a second report of the same chip costs one P-384 verification. No verdict depends on what it remembers.
 *
 * <p>Does not protect against replay: the caller chooses report data that is fresh. The hash of a report is no
 * identity, since (r, n - s) verifies as (r, s) does; a guest is named by its chip id and report id.
 */
public final class SnpVerifier {
    private static final int MOST_CHAINS = 1024;

    private final TrustAnchors anchors;
    private final Revocation revocation;
    private final Clock clock;
    private final int mostChains;
    private final Map<List<Bytes>, CertificateChain> chains = new ConcurrentHashMap<>();

    public SnpVerifier(TrustAnchors anchors, Revocation revocation, Clock clock) {
        this(anchors, revocation, clock, MOST_CHAINS);
    }

    SnpVerifier(TrustAnchors anchors, Revocation revocation, Clock clock, int mostChains) {
        this.mostChains = mostChains;
        this.anchors = anchors;
        this.revocation = revocation;
        this.clock = clock;
    }

    /**
     * Judges a report.
     *
     * <p>A chain that does not end at a pinned root, or an invalid signature, ends the check at once, since no other
     * field then means anything. Past that every reason is collected.
     *
     * @param encoded the report as the guest sent it; the signature is checked over these very bytes
     * @param certificates DER, at most 16, the leaf (VCEK or VLEK) first; its ASK or ASVK and ARK in any order after it,
     *     unless they are AMD's, which the anchors bring
     * @throws MalformedReportException with the offset of the first byte that no report has there
     */
    public Verdict verify(Bytes encoded, List<Bytes> certificates, Expectations expected)
            throws MalformedReportException {
        AttestationReport.requireFormat(encoded);
        CertificateChain chain;
        try {
            chain = chain(certificates);
        } catch (CertificateChain.Unusable e) {
            return new Verdict.Rejected(List.of(e.reason()));
        }
        var report = AttestationReport.parse(encoded, chain.product());
        if (!chain.key().signed(encoded)) {
            return new Verdict.Rejected(List.of(unsigned()));
        }
        var reasons = new ArrayList<Reason>();
        reasons.addAll(chain.judge(clock.instant(), revocation));
        endorsed(report, chain, expected, reasons);
        reasons.addAll(expected.mismatches(report));
        return reasons.isEmpty() ? new Verdict.Trusted(report, chain.simulated()) : new Verdict.Rejected(reasons);
    }

    /**
     * The signature chain's reasons alone. An empty list says that a pinned root's key signed, through its chain: that
     * the report fits its certificate, and that anything in it is as it should be, was not judged.
     *
     * @throws MalformedReportException as {@link #verify}
     */
    public List<Reason> signatureOnly(Bytes encoded, List<Bytes> certificates) throws MalformedReportException {
        AttestationReport.requireFormat(encoded);
        try {
            var chain = chain(certificates);
            AttestationReport.parse(encoded, chain.product());
            return chain.key().signed(encoded) ? List.of() : List.of(unsigned());
        } catch (CertificateChain.Unusable e) {
            return List.of(e.reason());
        }
    }

    private CertificateChain chain(List<Bytes> certificates) throws CertificateChain.Unusable {
        var remembered = chains.get(certificates);
        if (remembered != null) {
            return remembered;
        }
        var chain = CertificateChain.build(certificates, anchors);
        if (chain.usesAllOf(certificates)) {
            if (chains.size() >= mostChains) {
                chains.clear();
            }
            chains.put(List.copyOf(certificates), chain);
        }
        return chain;
    }

    /** How many chains are remembered. */
    int remembered() {
        return chains.size();
    }

    private static Reason unsigned() {
        return new Reason(Code.SIGNATURE_INVALID, "the endorsement key did not sign this report");
    }

    /** What the certificate says must be what the report says. */
    private static void endorsed(
            AttestationReport report, CertificateChain chain, Expectations expected, List<Reason> reasons) {
        var endorsement = chain.endorsement();
        if (chain.simulated() != expected.simulated()) {
            reasons.add(new Reason(
                    Code.SIMULATION_DENIED,
                    chain.simulated()
                            ? "the report is SIMULATED, hardware is required"
                            : "the report is of hardware, the platform says simulated"));
        }
        if (report.product() != chain.product() || !chain.product().isNamed(endorsement.productName())) {
            reasons.add(new Reason(
                    Code.CERTIFICATE_MISMATCH,
                    "report of %s, certificate of %s under the root of %s"
                            .formatted(
                                    report.product().label(),
                                    endorsement.productName(),
                                    chain.product().label())));
        }
        if (!endorsement.tcb().equals(report.reportedTcb())) {
            reasons.add(new Reason(
                    Code.CERTIFICATE_MISMATCH,
                    "reported TCB %s, certified %s".formatted(report.reportedTcb(), endorsement.tcb())));
        }
        if (report.signingKey() == SigningKey.VLEK) {
            var provider = endorsement.provider();
            if (provider.isEmpty()) {
                reasons.add(new Reason(Code.CERTIFICATE_MISMATCH, "signed by a VLEK, certified as a VCEK"));
            } else if (!expected.providers().allows(provider.get())) {
                reasons.add(new Reason(Code.PROVIDER_UNKNOWN, "VLEK of " + provider.get()));
            }
        } else if (endorsement.hardwareId().isEmpty()) {
            reasons.add(new Reason(Code.CERTIFICATE_MISMATCH, "signed by a VCEK, certified as a VLEK"));
        } else {
            var id = endorsement.hardwareId().get();
            if (report.chipId().isZero()) {
                reasons.add(new Reason(Code.CHIP_MASKED, "the report does not say which chip made it"));
            } else if (!report.chipId().slice(0, id.length()).equals(id)
                    || !report.chipId().slice(id.length(), 64 - id.length()).isZero()) {
                reasons.add(new Reason(Code.CERTIFICATE_MISMATCH, "the certificate is of another chip"));
            }
        }
    }
}
