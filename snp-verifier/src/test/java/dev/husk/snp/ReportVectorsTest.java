package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Judges every real report under the vectors' {@code snp/reports}; their README says where each came from. */
class ReportVectorsTest {
    private static final Path VECTORS = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp");
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2025-06-01T00:00:00Z"), ZoneOffset.UTC);
    private static final SnpVerifier VERIFIER =
            new SnpVerifier(TrustAnchors.amd(), Revocation.acceptingRevokedCertificates(), CLOCK);

    /** A folder with {@code report.bin}, a certificate where one is public, and {@code expected.json}. */
    record Vector(Path folder) {
        Bytes report() throws IOException {
            return Bytes.copyOf(Files.readAllBytes(folder.resolve("report.bin")));
        }

        boolean says(String signature) throws IOException {
            return Files.readString(folder.resolve("expected.json")).contains("\"signature\": \"" + signature);
        }

        List<Bytes> certificates() throws IOException {
            var all = new ArrayList<Bytes>();
            for (var leaf : List.of("vcek.der", "vlek.der")) {
                if (Files.exists(folder.resolve(leaf))) {
                    all.add(Bytes.copyOf(Files.readAllBytes(folder.resolve(leaf))));
                }
            }
            try (var files = Files.list(VECTORS.resolve("amd-ca"))) {
                for (var file : files.filter(f -> f.toString().endsWith(".der"))
                        .sorted()
                        .toList()) {
                    all.add(Bytes.copyOf(Files.readAllBytes(file)));
                }
            }
            return all;
        }

        boolean hasLeaf() {
            return Files.exists(folder.resolve("vcek.der")) || Files.exists(folder.resolve("vlek.der"));
        }

        @Override
        public String toString() {
            return folder.getFileName().toString();
        }
    }

    static List<Vector> vectors() throws IOException {
        assertThat(VECTORS)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        try (var folders = Files.list(VECTORS.resolve("reports"))) {
            var all = folders.sorted().map(Vector::new).filter(Vector::hasLeaf).toList();
            assertThat(all).hasSizeGreaterThan(20);
            return all;
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void signaturesComeOutAsTheVectorsSay(Vector vector) throws Exception {
        List<Reason> reasons;
        try {
            reasons = VERIFIER.signatureOnly(vector.report(), vector.certificates());
        } catch (MalformedReportException e) {
            reasons = List.of(new Reason(Reason.Code.SIGNATURE_INVALID, String.valueOf(e.getMessage())));
        }
        assertThat(reasons.isEmpty()).as("%s", reasons).isEqualTo(vector.says("valid"));
    }

    @Test
    void aGenuineReportIsTrustedWhereItShowsWhatIsExpected() throws Exception {
        var vector = genuine();
        var verdict = VERIFIER.verify(vector.report(), vector.certificates(), expecting(vector));
        assertThat(verdict).isInstanceOf(Verdict.Trusted.class).hasToString("trusted");
    }

    @Test
    void everyExpectationIsCheckedAndEveryReasonNamed() throws Exception {
        var vector = genuine();
        var wrong = new Expectations(
                true,
                Bytes.copyOf(new byte[64]),
                Allowed.only(Set.of(Product.TURIN)),
                Allowed.only(Set.of(Bytes.copyOf(new byte[48]))),
                Allowed.only(Set.of(Bytes.fromHex("11".repeat(32)))),
                Optional.of(Map.of(Product.MILAN, new TcbVersion(0, 255, 255, 255, 255))),
                false,
                false,
                Optional.of(false),
                Optional.of(true),
                Allowed.only(Set.of(Bytes.copyOf(new byte[64]))),
                Allowed.only(Set.of(3)),
                Set.of());
        var rejected = (Verdict.Rejected) VERIFIER.verify(vector.report(), vector.certificates(), wrong);
        assertThat(rejected.reasons().stream().map(Reason::code).distinct())
                .containsExactlyInAnyOrder(
                        Reason.Code.SIMULATION_DENIED,
                        Reason.Code.PRODUCT_DENIED,
                        Reason.Code.SMT_MISMATCH,
                        Reason.Code.SINGLE_SOCKET_MISMATCH,
                        Reason.Code.VMPL_DENIED,
                        Reason.Code.REPORT_DATA_MISMATCH,
                        Reason.Code.MEASUREMENT_UNKNOWN,
                        Reason.Code.HOST_DATA_UNKNOWN,
                        Reason.Code.CHIP_UNKNOWN,
                        Reason.Code.TCB_TOO_OLD);
    }

    @Test
    void noRevocationListMeansRejectedWhereOneIsRequired() throws Exception {
        var vector = genuine();
        var strict = new SnpVerifier(TrustAnchors.amd(), Revocation.lists(Map.of()), CLOCK);
        assertThat(codes(strict.verify(vector.report(), vector.certificates(), expecting(vector))))
                .containsExactly(Reason.Code.REVOCATION_UNKNOWN);
        var forged = new SnpVerifier(
                TrustAnchors.amd(), Revocation.lists(Map.of(Product.MILAN, crl("ARK-Genoa-2024-10-23.crl"))), CLOCK);
        assertThat(codes(forged.verify(vector.report(), vector.certificates(), expecting(vector))))
                .containsExactly(Reason.Code.REVOCATION_UNKNOWN);
        var current = new SnpVerifier(
                TrustAnchors.amd(), Revocation.lists(Map.of(Product.MILAN, crl("ARK-Milan-2025-05-06.crl"))), CLOCK);
        assertThat(current.verify(vector.report(), vector.certificates(), expecting(vector)))
                .isInstanceOf(Verdict.Trusted.class);
        var late = new SnpVerifier(
                TrustAnchors.amd(),
                Revocation.lists(Map.of(Product.MILAN, crl("ARK-Milan-2025-05-06.crl"))),
                Clock.fixed(Instant.parse("2060-01-01T00:00:00Z"), ZoneOffset.UTC));
        assertThat(codes(late.verify(vector.report(), vector.certificates(), expecting(vector))))
                .contains(Reason.Code.REVOCATION_UNKNOWN, Reason.Code.CERTIFICATE_OUT_OF_DATE);
    }

    @Test
    void anyFlippedBitOfTheReportIsNoticed() throws Exception {
        var vector = genuine();
        var certificates = vector.certificates();
        for (int i = 0; i < AttestationReport.SIZE; i++) {
            byte[] tampered = vector.report().toArray();
            tampered[i] ^= (byte) (1 << (i % 8));
            assertThat(outcome(tampered, certificates)).as("byte 0x%03X", i).isIn("malformed", "SIGNATURE_INVALID");
        }
    }

    @Test
    void everyTruncationAndAnyExtraByteIsMalformedWithItsOffset() throws Exception {
        var vector = genuine();
        var certificates = vector.certificates();
        byte[] report = vector.report().toArray();
        for (int length = 0; length < report.length; length++) {
            var cut = Bytes.copyOf(Arrays.copyOf(report, length));
            var e = catchThrowableOfType(
                    MalformedReportException.class, () -> VERIFIER.signatureOnly(cut, certificates));
            assertThat(e.offset()).isEqualTo(length);
        }
        var longer = Bytes.copyOf(Arrays.copyOf(report, report.length + 1));
        assertThatThrownBy(() -> VERIFIER.signatureOnly(longer, certificates))
                .isInstanceOf(MalformedReportException.class);
    }

    @Test
    void anAllZeroSignatureProvesNothing() throws Exception {
        var vector = genuine();
        byte[] report = vector.report().toArray();
        Arrays.fill(report, AttestationReport.SIGNED, AttestationReport.SIZE, (byte) 0);
        assertThat(outcome(report, vector.certificates())).isEqualTo("SIGNATURE_INVALID");
    }

    @Test
    void aChainWithoutAPinnedRootIsUntrusted() throws Exception {
        var vector = genuine();
        var leafAlone = vector.certificates().subList(0, 1);
        assertThat(VERIFIER.signatureOnly(vector.report(), leafAlone).get(0).code())
                .isEqualTo(Reason.Code.CHAIN_UNTRUSTED);
        assertThat(VERIFIER.signatureOnly(vector.report(), List.of()).get(0).code())
                .isEqualTo(Reason.Code.CERTIFICATE_UNUSABLE);
    }

    @Test
    void anyFlippedByteOfTheLeafCertificateIsNoticed() throws Exception {
        var vector = genuine();
        var certificates = new ArrayList<>(vector.certificates());
        byte[] leaf = certificates.get(0).toArray();
        for (int i = 0; i < leaf.length; i++) {
            byte[] tampered = leaf.clone();
            tampered[i] ^= 1;
            certificates.set(0, Bytes.copyOf(tampered));
            assertThat(VERIFIER.signatureOnly(vector.report(), certificates))
                    .as("byte %d", i)
                    .isNotEmpty();
        }
    }

    private static Vector genuine() throws IOException {
        for (var vector : vectors()) {
            if (vector.says("valid") && vector.toString().equals("00d244d8d4")) {
                return vector;
            }
        }
        throw new AssertionError("the vector 00d244d8d4 is gone");
    }

    private static Expectations expecting(Vector vector) throws Exception {
        var report = AttestationReport.parse(vector.report(), Product.MILAN);
        return new Expectations(
                false,
                report.reportData(),
                Allowed.only(Set.of(Product.MILAN)),
                Allowed.only(Set.of(report.measurement())),
                Allowed.only(Set.of(report.hostData())),
                Optional.of(Map.of(Product.MILAN, report.reportedTcb())),
                false,
                false,
                Optional.of(true),
                Optional.of(false),
                Allowed.only(Set.of(report.chipId())),
                Allowed.only(Set.of(0)),
                Set.of());
    }

    private static String outcome(byte[] report, List<Bytes> certificates) {
        try {
            var reasons = VERIFIER.signatureOnly(Bytes.copyOf(report), certificates);
            return reasons.isEmpty() ? "signed" : reasons.get(0).code().toString();
        } catch (MalformedReportException e) {
            return "malformed";
        }
    }

    private static List<Reason.Code> codes(Verdict verdict) {
        return verdict.match(
                trusted -> List.of(),
                rejected -> rejected.reasons().stream().map(Reason::code).toList());
    }

    private static Bytes crl(String name) throws IOException {
        return Bytes.copyOf(Files.readAllBytes(VECTORS.resolve("amd-ca/crl").resolve(name)));
    }
}
