package dev.husk.gateway.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.TestAzureGuest;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Json;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Product;
import dev.husk.snp.Reason;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import dev.husk.snp.azure.AzureEvidence;
import dev.husk.snp.kds.Collateral;
import dev.husk.snp.kds.CollateralDirectory;
import dev.husk.snp.kds.CollateralException;
import dev.husk.snp.kds.KeyDistributionService;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evidence of both forms against platforms of both forms. */
class VerifierTest {
    private static final String TOML = "algorithm = \"sha256\"\nversion = \"0.1.0\"\n[data]\n";
    private static final byte[] REPORT_DATA = new byte[64];

    @TempDir
    static Path folder;

    private static Verifier verifier;
    private static TestAzureGuest guest;
    private static Evidence azure;
    private static Evidence snp;

    @BeforeAll
    static void makeEvidence() throws Exception {
        REPORT_DATA[0] = 7;
        var processor = SimulatedProcessor.open(folder.resolve("sp"));
        var certificates = processor.certificates().stream().map(Bytes::copyOf).toList();
        var root = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(certificates.get(2).toArray()));
        verifier = new Verifier(
                new SnpVerifier(
                        TrustAnchors.amd().andSimulated(root, Product.GENOA),
                        Revocation.lists(Map.of()),
                        Clock.systemUTC()),
                certificates.subList(1, 3),
                Optional.empty());
        guest = new TestAzureGuest(processor, TOML);
        azure = new Evidence.Azure(AzureEvidence.parse(guest.evidence(REPORT_DATA)), Bytes.copyOf(REPORT_DATA));
        snp = new Evidence.Snp(
                Bytes.copyOf(
                        processor.launch(new byte[48], new byte[32], 0x30000).report(REPORT_DATA)),
                certificates,
                Bytes.copyOf(REPORT_DATA));
    }

    @Test
    void evidenceOfAzureNamesItsSandboxAndWhereItsInitDataAre() {
        var genuine = verifier.genuine(azure);
        assertThat(genuine.azure()).isTrue();
        assertThat(genuine.source()).isEqualTo("SIMULATED");
        assertThat(genuine.pin().toString()).isEqualTo(guest.pcr8());
        assertThat(genuine.sandbox()).matches("sha256:[0-9a-f]{64}");
        assertThat(verifier.genuine(snp).azure()).isFalse();
        assertThat(verifier.genuine(snp).sandbox()).isNotEqualTo(genuine.sandbox());
    }

    @Test
    void aQuoteThatAnswersAnotherNonceIsNotFresh() throws Exception {
        byte[] other = REPORT_DATA.clone();
        other[1] = 1;
        var stale = new Evidence.Azure(AzureEvidence.parse(guest.evidence(other)), Bytes.copyOf(REPORT_DATA));
        assertThatThrownBy(() -> verifier.genuine(stale)).isInstanceOfSatisfying(RequestRefused.class, refused -> {
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.reasons())
                    .extracting(RequestRefused.Reason::code)
                    .contains("QUOTE_NONCE_MISMATCH");
        });
    }

    @Test
    void aPlatformSaysWhatThePcrsMustBe() throws Exception {
        assertThat(verifier.judge(azure, platform(new JsonPrimitive("any")))).isInstanceOf(Verdict.Trusted.class);
        assertThat(verifier.judge(azure, platform(pcrs("8", guest.pcr8())))).isInstanceOf(Verdict.Trusted.class);
        assertThat(codes(verifier.judge(azure, platform(pcrs("8", "00".repeat(32))))))
                .containsExactly(Reason.Code.MEASUREMENT_UNKNOWN);
        assertThat(codes(verifier.judge(azure, platform(pcrs("11", "0c".repeat(32))))))
                .containsExactly(Reason.Code.MEASUREMENT_UNKNOWN);
    }

    @Test
    void evidenceOfOneFormSatisfiesNoPlatformOfTheOther() throws Exception {
        assertThat(codes(verifier.judge(azure, platform("simulated", null))))
                .containsExactly(Reason.Code.MEASUREMENT_UNKNOWN);
        assertThat(codes(verifier.judge(snp, platform(new JsonPrimitive("any")))))
                .containsExactly(Reason.Code.MEASUREMENT_UNKNOWN);
        assertThat(verifier.judge(snp, platform("simulated", null))).isInstanceOf(Verdict.Trusted.class);
    }

    @Test
    void aSimulatorSatisfiesNoPlatformOfHardware() throws Exception {
        assertThat(codes(verifier.judge(azure, platform("az-snp-vtpm", new JsonPrimitive("any")))))
                .contains(Reason.Code.SIMULATION_DENIED);
        assertThat(codes(verifier.judge(snp, platform("snp", null)))).contains(Reason.Code.SIMULATION_DENIED);
    }

    @Test
    void onAzureThePlatformsInitDataAreTheValuesOfPcr8() throws Exception {
        assertThat(PlatformRequirements.of(platform(pcrs("8", guest.pcr8())))
                        .pins()
                        .orElseThrow())
                .containsExactly(Bytes.fromHex(guest.pcr8()));
        assertThat(PlatformRequirements.of(platform(pcrs("4", guest.pcr8()))).pins())
                .isEmpty();
        assertThat(PlatformRequirements.of(platform(new JsonPrimitive("any"))).pins())
                .isEmpty();
        assertThat(PlatformRequirements.of(platform("simulated", null)).pins()).isEmpty();
    }

    @Test
    void aPlatformThatLeavesAPcrOpenWithoutSayingSoIsRefused() {
        var silent = pcrs("8", guest.pcr8());
        silent.remove("others");
        for (var bad : List.of(silent, pcrs("24", guest.pcr8()), pcrs("8", "00"), pcrs("08", guest.pcr8()))) {
            assertThatThrownBy(() -> platform(bad)).isInstanceOf(InvalidContractException.class);
        }
        var empty = pcrs("8", guest.pcr8());
        empty.add("8", new JsonArray());
        assertThatThrownBy(() -> platform(empty)).isInstanceOf(InvalidContractException.class);
        assertThatThrownBy(() -> platform("az-snp-vtpm", null)).isInstanceOf(InvalidContractException.class);
        assertThatThrownBy(() -> platform("snp", new JsonPrimitive("any")))
                .isInstanceOf(InvalidContractException.class);
    }

    @Test
    void aCertificateThatTheHostDidNotSendIsTakenFromTheFolder() throws Exception {
        int tried = 0;
        for (var vector : reports()) {
            var vcek = vector.resolve("vcek.der");
            if (Files.notExists(vcek)) {
                continue;
            }
            var report = Bytes.copyOf(Files.readAllBytes(vector.resolve("report.bin")));
            var certificate = Bytes.copyOf(Files.readAllBytes(vcek));
            var collateral = folder.resolve("collateral-" + vector.getFileName());
            try {
                var file = new CollateralDirectory(collateral)
                        .file(Collateral.endorsing(AttestationReport.parse(report, Product.MILAN)));
                Files.createDirectories(file.getParent());
                Files.copy(vcek, file);
            } catch (MalformedReportException | CollateralException e) {
                continue; // not a report of a chip that says which it is
            }
            var with = new Verifier(
                    new SnpVerifier(TrustAnchors.amd(), Revocation.lists(Map.of()), Clock.systemUTC()),
                    List.of(),
                    Optional.of(KeyDistributionService.offline(collateral, Clock.systemUTC())));
            var bare = new Evidence.Snp(report, List.of(), Bytes.copyOf(REPORT_DATA));
            if (with.completed(bare) instanceof Evidence.Snp completed
                    && completed.certificates().equals(List.of(certificate))) {
                // What was there already is not fetched again, and nothing is lost.
                assertThat(with.completed(completed)).isEqualTo(completed);
                tried++;
            }
            assertThat(verifier.completed(bare)).isEqualTo(bare);
        }
        assertThat(tried).isGreaterThanOrEqualTo(5);
    }

    private static List<Path> reports() throws Exception {
        var reports = Path.of(System.getProperty("husk.vectors"), "snp/reports");
        assertThat(reports)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        try (var folders = Files.list(reports)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static List<Reason.Code> codes(Verdict verdict) {
        assertThat(verdict).isInstanceOf(Verdict.Rejected.class);
        return ((Verdict.Rejected) verdict).reasons().stream().map(Reason::code).toList();
    }

    private static JsonObject pcrs(String number, String value) {
        var values = new JsonArray();
        values.add(value);
        var pcrs = new JsonObject();
        pcrs.add(number, values);
        pcrs.addProperty("others", "any");
        return pcrs;
    }

    private static Contract.Platform platform(JsonElement pcrs) throws Exception {
        return platform("simulated", pcrs);
    }

    private static Contract.Platform platform(String tee, @Nullable JsonElement pcrs) throws Exception {
        var heart = Json.parse(
                        new String(
                                        VerifierTest.class
                                                .getResourceAsStream("/heart-risk.json")
                                                .readAllBytes(),
                                        StandardCharsets.UTF_8)
                                .getBytes(StandardCharsets.UTF_8),
                        1 << 20)
                .getAsJsonObject();
        var platform =
                heart.getAsJsonArray("platforms").get(0).getAsJsonObject().deepCopy();
        platform.addProperty("tee", tee);
        if (pcrs != null) {
            platform.add("pcrs", pcrs);
        }
        return Contract.Platform.parse(platform);
    }
}
