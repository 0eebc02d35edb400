package dev.husk.snp;

import static dev.husk.snp.Judged.outcome;
import static dev.husk.snp.Judged.signature;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.snp.Vectors.Vector;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Judges every real report of the vectors, and reads each of their fields. */
class ReportVectorsTest {
    private final SnpVerifier verifier = Judged.verifier(TrustAnchors.amd());

    private static final Set<String> CLOUDS = Set.of("CN=cc-eu-west-1.amazonaws.com", "CN=cc-us-east-2.amazonaws.com");

    static List<Vector> certified() {
        return Vectors.certified();
    }

    static List<Vector> genuine() {
        return Vectors.genuine();
    }

    static List<Vector> reports() {
        return Vectors.reports();
    }

    @ParameterizedTest
    @MethodSource("certified")
    void signaturesComeOutAsTheVectorsSay(Vector vector) {
        assertThat(signature(verifier, vector.report(), vector.certificates()).equals("signed"))
                .isEqualTo(vector.signed().orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("genuine")
    void theLeafIsEnoughSinceAmdsAuthoritiesAreKnown(Vector vector) {
        var leafAlone = List.of(vector.leaf().orElseThrow());
        assertThat(signature(verifier, vector.report(), leafAlone)).isEqualTo("signed");
    }

    @ParameterizedTest
    @MethodSource("genuine")
    void aGenuineReportIsTrustedWhereItShowsExactlyWhatIsExpected(Vector vector) throws Exception {
        var report = AttestationReport.parse(vector.report(), vector.product());
        var expected = Judged.exactly(report).providers(CLOUDS).build();
        var issued = ParsedCertificate.parse(vector.leaf().orElseThrow()).x509().getNotBefore();
        var then = new SnpVerifier(
                TrustAnchors.amd(),
                Revocation.acceptingRevokedCertificates(),
                Clock.fixed(issued.toInstant(), ZoneOffset.UTC));
        assertThat(outcome(then, vector.report(), vector.certificates(), expected))
                .isEqualTo("trusted");
    }

    /** Two reports of one chip with one TCB share a certificate. */
    @Tag("sweep")
    @Test
    void noReportIsSignedByTheKeyOfAnotherCertificate() {
        int tried = 0;
        for (var certificate : Vectors.certified()) {
            var leaf = certificate.leaf().orElseThrow();
            for (var vector : Vectors.reports()) {
                var own = vector.leaf().filter(leaf::equals).isPresent()
                        && vector.signed().orElse(false);
                assertThat(signature(verifier, vector.report(), List.of(leaf)).equals("signed"))
                        .as("report %s, certificate of %s", vector, certificate)
                        .isEqualTo(own);
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(1000);
    }

    @ParameterizedTest
    @MethodSource("reports")
    void everyFieldIsWhatOthersRead(Vector vector) throws Exception {
        var says = vector.parsed();
        var certified = vector.leaf().isPresent()
                ? vector.product()
                : says.get("turin_layout").getAsBoolean() ? Product.TURIN : Product.MILAN;
        var report = AttestationReport.parse(vector.report(), certified);

        assertThat(report.version()).isEqualTo(says.get("version").getAsInt());
        assertThat(report.guestSvn()).isEqualTo(says.get("guest_svn").getAsInt());
        policy(report.policy(), says);
        assertThat(report.familyId()).hasToString(says.get("family_id").getAsString());
        assertThat(report.imageId()).hasToString(says.get("image_id").getAsString());
        assertThat(report.vmpl()).isEqualTo(says.get("vmpl").getAsInt());
        assertThat(says.get("sig_algo").getAsInt()).isEqualTo(1);
        assertThat(report.platformInfo().raw())
                .isEqualTo(says.get("platform_info").getAsLong());
        assertThat(report.authorKeyUsed()).isEqualTo(says.get("author_key_en").getAsInt() == 1);
        assertThat(report.chipKeyMasked()).isEqualTo(says.get("mask_chip_key").getAsInt() == 1);
        assertThat(report.signingKey()).hasToString(says.get("signing_key").getAsString());
        assertThat(report.reportData()).hasToString(says.get("report_data").getAsString());
        assertThat(report.measurement()).hasToString(says.get("measurement").getAsString());
        assertThat(report.hostData()).hasToString(says.get("host_data").getAsString());
        assertThat(report.idKeyDigest()).hasToString(says.get("id_key_digest").getAsString());
        assertThat(report.authorKeyDigest())
                .hasToString(says.get("author_key_digest").getAsString());
        assertThat(report.reportId()).hasToString(says.get("report_id").getAsString());
        assertThat(report.migrationAgentId())
                .hasToString(says.get("report_id_ma").getAsString());
        assertThat(report.chipId()).hasToString(says.get("chip_id").getAsString());
        processor(report, says);
        assertThat(report.product() == Product.TURIN)
                .isEqualTo(says.get("turin_layout").getAsBoolean());
        tcb(report.currentTcb(), says.getAsJsonObject("current_tcb"));
        tcb(report.reportedTcb(), says.getAsJsonObject("reported_tcb"));
        tcb(report.committedTcb(), says.getAsJsonObject("committed_tcb"));
        tcb(report.launchTcb(), says.getAsJsonObject("launch_tcb"));
        assertThat(report.currentFirmware()).hasToString(says.get("cur_ver").getAsString());
        assertThat(report.committedFirmware()).hasToString(says.get("com_ver").getAsString());
        assertThat(report.launchMitigations())
                .isEqualTo(says.get("launch_mit_vector").getAsLong());
        assertThat(report.currentMitigations())
                .isEqualTo(says.get("current_mit_vector").getAsLong());
        assertThat(Bytes.copyOf(ReportEncoder.encode(report)).slice(0, 0x2A0))
                .isEqualTo(vector.report().slice(0, 0x2A0));
    }

    private static void policy(GuestPolicy policy, JsonObject says) {
        assertThat(policy.raw()).isEqualTo(says.get("policy").getAsLong());
        var bits = says.getAsJsonObject("policy_bits");
        var read = new ArrayList<Boolean>();
        for (var name : List.of(
                "smt",
                "migrate_ma",
                "debug",
                "single_socket",
                "cxl",
                "mem_aes_256",
                "rapl_dis",
                "ciphertext_hiding",
                "page_swap_dis")) {
            read.add(bits.get(name).getAsInt() == 1);
        }
        assertThat(List.of(
                        policy.smtAllowed(),
                        policy.migrationAgentAllowed(),
                        policy.debugAllowed(),
                        policy.singleSocketRequired(),
                        policy.cxlAllowed(),
                        policy.memoryAes256Required(),
                        policy.raplDisabledRequired(),
                        policy.ciphertextHidingRequired(),
                        policy.pageSwapDisabled()))
                .isEqualTo(read);
        assertThat(policy.abiMajor() + "." + policy.abiMinor())
                .isEqualTo(says.get("abi_min").getAsString());
    }

    private static void processor(AttestationReport report, JsonObject says) {
        if (says.get("cpuid_fms").isJsonNull()) {
            assertThat(report.cpuid()).isEmpty();
            return;
        }
        var cpuid = report.cpuid().orElseThrow();
        assertThat("%02x/%02x/%02x".formatted(cpuid.family(), cpuid.model(), cpuid.stepping()))
                .isEqualTo(says.get("cpuid_fms").getAsString());
        assertThat(report.product().label())
                .isEqualTo(says.get("product_from_fms").getAsString());
    }

    private static void tcb(TcbVersion tcb, JsonObject says) {
        assertThat(tcb.bootloader()).isEqualTo(says.get("bootloader").getAsInt());
        assertThat(tcb.tee()).isEqualTo(says.get("tee").getAsInt());
        assertThat(tcb.snp()).isEqualTo(says.get("snp").getAsInt());
        assertThat(tcb.microcode()).isEqualTo(says.get("microcode").getAsInt());
        assertThat(tcb.fmc()).isEqualTo(says.has("fmc") ? says.get("fmc").getAsInt() : 0);
    }
}
