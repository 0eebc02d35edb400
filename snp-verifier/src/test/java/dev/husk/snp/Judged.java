package dev.husk.snp;

import dev.husk.snp.Reason.Code;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the tests of the verifier ask it, and how they read the answers. */
final class Judged {
    static final Clock CLOCK = at("2025-06-01T00:00:00Z");

    private Judged() {}

    static Clock at(String time) {
        return Clock.fixed(Instant.parse(time), ZoneOffset.UTC);
    }

    /** A new one, which remembers nothing; it does not look for revoked certificates. */
    static SnpVerifier verifier(TrustAnchors anchors) {
        return new SnpVerifier(anchors, Revocation.acceptingRevokedCertificates(), CLOCK);
    }

    /** {@code trusted}, or {@code malformed} with its offset, or the codes in their order. */
    static String outcome(SnpVerifier verifier, Bytes report, List<Bytes> certificates, Expectations expected) {
        try {
            return verifier.verify(report, certificates, expected)
                    .match(Verdict.Trusted::toString, rejected -> codes(rejected.reasons()));
        } catch (MalformedReportException e) {
            return "malformed %03X".formatted(e.offset());
        }
    }

    /** {@code signed}, or {@code malformed} with its offset, or the codes. */
    static String signature(SnpVerifier verifier, Bytes report, List<Bytes> certificates) {
        try {
            var reasons = verifier.signatureOnly(report, certificates);
            return reasons.isEmpty() ? "signed" : codes(reasons);
        } catch (MalformedReportException e) {
            return "malformed %03X".formatted(e.offset());
        }
    }

    static String codes(List<Reason> reasons) {
        return String.join(
                " ", reasons.stream().map(Reason::code).map(Code::toString).toList());
    }

    /** Expects this very report, by all that can be said about it, under a VCEK. */
    static Expectations.Builder exactly(AttestationReport report) {
        var policy = report.policy();
        var info = report.platformInfo();
        return Expectations.builder()
                .simulated(false)
                .reportData(Allowed.only(Set.of(report.reportData())))
                .products(Allowed.only(Set.of(report.product())))
                .measurements(Allowed.only(Set.of(report.measurement())))
                .hostData(Allowed.only(Set.of(report.hostData())))
                .minimumTcb(Map.of(report.product(), lowest(report)))
                .policy(new PolicyRules(
                        policy.debugAllowed(),
                        policy.migrationAgentAllowed(),
                        bit(policy.smtAllowed()),
                        bit(policy.singleSocketRequired()),
                        bit(policy.ciphertextHidingRequired())))
                .platformInfo(new PlatformRules(
                        bit(info.smtEnabled()),
                        bit(info.tsmeEnabled()),
                        bit(info.eccEnabled()),
                        bit(info.raplDisabled()),
                        bit(info.ciphertextHidingEnabled()),
                        bit(info.aliasCheckComplete()),
                        bit(info.tioEnabled())))
                .idKeys(Allowed.only(Set.of(report.idKeyDigest())))
                .authorKeys(Allowed.only(
                        Set.of(report.authorKeyUsed() ? report.authorKeyDigest() : Bytes.copyOf(new byte[48]))))
                .chips(report.chipId().isZero() ? Allowed.any() : Allowed.only(Set.of(report.chipId())))
                .vmpl(Allowed.only(Set.of(report.vmpl())))
                .providers(Set.of());
    }

    /** Expects nothing of what a report says, but hardware and no VLEK. */
    static Expectations.Builder anything() {
        return Expectations.builder()
                .simulated(false)
                .reportData(Allowed.any())
                .products(Allowed.any())
                .measurements(Allowed.any())
                .hostData(Allowed.any())
                .acceptingAnyTcb()
                .policy(PolicyRules.any())
                .platformInfo(PlatformRules.any())
                .idKeys(Allowed.any())
                .authorKeys(Allowed.any())
                .chips(Allowed.any())
                .vmpl(Allowed.any())
                .providers(Set.of());
    }

    static RequiredBit bit(boolean value) {
        return value ? RequiredBit.SET : RequiredBit.CLEAR;
    }

    /** Component by component, what all three TCBs that are held against the minimum reach. */
    static TcbVersion lowest(AttestationReport report) {
        var a = report.reportedTcb();
        var b = report.committedTcb();
        var c = report.launchTcb();
        return new TcbVersion(
                Math.min(a.fmc(), Math.min(b.fmc(), c.fmc())),
                Math.min(a.bootloader(), Math.min(b.bootloader(), c.bootloader())),
                Math.min(a.tee(), Math.min(b.tee(), c.tee())),
                Math.min(a.snp(), Math.min(b.snp(), c.snp())),
                Math.min(a.microcode(), Math.min(b.microcode(), c.microcode())));
    }
}
