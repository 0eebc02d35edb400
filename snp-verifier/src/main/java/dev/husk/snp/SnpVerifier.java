package dev.husk.snp;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Reason.Code;
import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * Judges attestation reports. Stateless and safe to share between threads.
 *
 * <p>Does not protect against replay: the caller chooses report data that is fresh. The hash of a report is no
 * identity, since (r, n - s) verifies as (r, s) does; a guest is named by its chip id and report id.
 */
public final class SnpVerifier {
    private static final ECDomainParameters P384 = new ECDomainParameters(CustomNamedCurves.getByName("secp384r1"));

    private final TrustAnchors anchors;
    private final Revocation revocation;
    private final Clock clock;

    public SnpVerifier(TrustAnchors anchors, Revocation revocation, Clock clock) {
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
     * @param certificates DER, the leaf (VCEK or VLEK) first, then its intermediate and root in any order
     */
    public Verdict verify(Bytes encoded, List<Bytes> certificates, Expectations expected)
            throws MalformedReportException {
        requireSize(encoded);
        CertificateChain chain;
        try {
            chain = CertificateChain.build(certificates, anchors);
        } catch (CertificateChain.Unusable e) {
            return new Verdict.Rejected(List.of(e.reason()));
        }
        var report = AttestationReport.parse(encoded, chain.product());
        if (!isSigned(encoded, chain.key())) {
            return new Verdict.Rejected(
                    List.of(new Reason(Code.SIGNATURE_INVALID, "the endorsement key did not sign this report")));
        }
        var reasons = new ArrayList<Reason>();
        reasons.addAll(chain.judge(clock.instant(), revocation));
        endorsed(report, chain, expected, reasons);
        mismatches(report, expected, reasons);
        return reasons.isEmpty() ? new Verdict.Trusted(report, chain.simulated()) : new Verdict.Rejected(reasons);
    }

    /** The signature chain's reasons alone; an empty list says that nothing else was judged, not that all is well. */
    public List<Reason> signatureOnly(Bytes encoded, List<Bytes> certificates) throws MalformedReportException {
        requireSize(encoded);
        try {
            var chain = CertificateChain.build(certificates, anchors);
            AttestationReport.parse(encoded, chain.product());
            return isSigned(encoded, chain.key())
                    ? List.of()
                    : List.of(new Reason(Code.SIGNATURE_INVALID, "the endorsement key did not sign this report"));
        } catch (CertificateChain.Unusable e) {
            return List.of(e.reason());
        }
    }

    private static void requireSize(Bytes encoded) throws MalformedReportException {
        if (encoded.length() != AttestationReport.SIZE) {
            throw new MalformedReportException(
                    Math.min(encoded.length(), AttestationReport.SIZE),
                    "expected %d bytes, got %d".formatted(AttestationReport.SIZE, encoded.length()));
        }
    }

    static boolean isSigned(Bytes encoded, ECPublicKey key) {
        var r = scalar(encoded, AttestationReport.SIGNED);
        var s = scalar(encoded, AttestationReport.SIGNED + 72);
        // A scalar out of range proves nothing, so it counts as unsigned.
        if (!inRange(r) || !inRange(s)) {
            return false;
        }
        try {
            var point = P384.getCurve()
                    .createPoint(key.getW().getAffineX(), key.getW().getAffineY());
            var signer = new ECDSASigner();
            signer.init(false, new ECPublicKeyParameters(P384.validatePublicPoint(point), P384));
            byte[] hash = MessageDigest.getInstance("SHA-384")
                    .digest(encoded.slice(0, AttestationReport.SIGNED).toArray());
            return signer.verifySignature(hash, r, s);
        } catch (IllegalArgumentException e) {
            return false; // not a point of the curve
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean inRange(BigInteger scalar) {
        return scalar.signum() > 0 && scalar.compareTo(P384.getN()) < 0;
    }

    private static BigInteger scalar(Bytes encoded, int offset) {
        byte[] bigEndian = new byte[72];
        for (int i = 0; i < 72; i++) {
            bigEndian[71 - i] = (byte) encoded.at(offset + i);
        }
        return new BigInteger(1, bigEndian);
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
        if (report.product() != chain.product()
                || !endorsement.productName().startsWith(chain.product().label())) {
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
            } else if (!expected.providers().contains(provider.get())) {
                reasons.add(new Reason(Code.PROVIDER_UNKNOWN, "VLEK of " + provider.get()));
            }
        } else if (endorsement.hardwareId().isEmpty()) {
            reasons.add(new Reason(Code.CERTIFICATE_MISMATCH, "signed by a VCEK, certified as a VLEK"));
        } else {
            var id = endorsement.hardwareId().get();
            if (!report.chipId().slice(0, id.length()).equals(id)
                    || !report.chipId().slice(id.length(), 64 - id.length()).isZero()) {
                reasons.add(new Reason(Code.CERTIFICATE_MISMATCH, "the certificate is of another chip"));
            }
        }
    }

    private static void mismatches(AttestationReport report, Expectations expected, List<Reason> reasons) {
        if (!expected.products().allows(report.product())) {
            reasons.add(new Reason(Code.PRODUCT_DENIED, report.product().label()));
        }
        if (report.policy().debugAllowed() && !expected.debug()) {
            reasons.add(new Reason(Code.DEBUG_ALLOWED, "the guest policy lets the host read guest memory"));
        }
        if (report.policy().migrationAgentAllowed() && !expected.migrationAgent()) {
            reasons.add(new Reason(Code.MIGRATION_AGENT_ALLOWED, "the guest may be moved by a migration agent"));
        }
        if (expected.smt().isPresent()
                && expected.smt().get() != report.policy().smtAllowed()) {
            reasons.add(new Reason(
                    Code.SMT_MISMATCH, "SMT allowed: " + report.policy().smtAllowed()));
        }
        if (expected.singleSocket().isPresent()
                && expected.singleSocket().get() != report.policy().singleSocketRequired()) {
            reasons.add(new Reason(
                    Code.SINGLE_SOCKET_MISMATCH,
                    "single socket required: " + report.policy().singleSocketRequired()));
        }
        if (!expected.vmpl().allows(report.vmpl())) {
            reasons.add(new Reason(Code.VMPL_DENIED, "VMPL " + report.vmpl()));
        }
        if (!MessageDigest.isEqual(
                report.reportData().toArray(), expected.reportData().toArray())) {
            reasons.add(new Reason(Code.REPORT_DATA_MISMATCH, "report data is " + report.reportData()));
        }
        if (!expected.measurements().allows(report.measurement())) {
            reasons.add(
                    new Reason(Code.MEASUREMENT_UNKNOWN, report.measurement().toString()));
        }
        if (!expected.hostData().allows(report.hostData())) {
            reasons.add(new Reason(Code.HOST_DATA_UNKNOWN, report.hostData().toString()));
        }
        if (!expected.chips().isAny()
                && (report.chipId().isZero() || !expected.chips().allows(report.chipId()))) {
            reasons.add(new Reason(
                    Code.CHIP_UNKNOWN,
                    report.chipId().isZero()
                            ? "the chip id is masked"
                            : report.chipId().toString()));
        }
        expected.minimumTcb().ifPresent(minimum -> {
            var floor = minimum.get(report.product());
            if (floor == null) {
                reasons.add(new Reason(
                        Code.TCB_TOO_OLD,
                        "no minimum is given for " + report.product().label()));
                return;
            }
            tooOld("reported", report.reportedTcb(), floor, reasons);
            tooOld("committed", report.committedTcb(), floor, reasons);
            tooOld("launch", report.launchTcb(), floor, reasons);
        });
    }

    private static void tooOld(String which, TcbVersion actual, TcbVersion floor, List<Reason> reasons) {
        if (!actual.covers(floor)) {
            reasons.add(new Reason(Code.TCB_TOO_OLD, "%s %s, minimum %s".formatted(which, actual, floor)));
        }
    }
}
