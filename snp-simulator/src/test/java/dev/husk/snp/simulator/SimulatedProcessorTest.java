package dev.husk.snp.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimulatedProcessorTest {
    private static final long POLICY = 0x30000;

    @TempDir
    static Path folder;

    @Test
    void itsReportsAreTrustedWhereSimulationIsExpectedAndOnlyThere() throws Exception {
        var processor = SimulatedProcessor.open(folder.resolve("sp"));
        byte[] reportData = new byte[64];
        reportData[7] = 42;
        var sandbox = processor.launch(new byte[48], new byte[32], POLICY);
        var report = Bytes.copyOf(sandbox.report(reportData));
        var certificates = processor.certificates().stream().map(Bytes::copyOf).toList();

        var ark = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(processor.certificates().get(2)));
        var believing = verifier(TrustAnchors.amd().andSimulated(ark, Product.GENOA));
        var verdict = believing.verify(report, certificates, Expected.of(true, processor, reportData));
        assertThat(verdict).isInstanceOf(Verdict.Trusted.class);
        assertThat(((Verdict.Trusted) verdict).simulated()).isTrue();
        assertThat(((Verdict.Trusted) verdict).report().reportId()).isEqualTo(Bytes.copyOf(sandbox.reportId()));

        assertThat(believing.verify(report, certificates, Expected.of(false, processor, reportData)))
                .hasToString("Rejected[reasons=[SIMULATION_DENIED: the report is SIMULATED, hardware is required]]");
        assertThat(verifier(TrustAnchors.amd()).verify(report, certificates, Expected.of(true, processor, reportData)))
                .isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void theProcessorSurvivesARestartAndEachSandboxHasAnIdOfItsOwn() throws Exception {
        var first = SimulatedProcessor.open(folder.resolve("sp"));
        var again = SimulatedProcessor.open(folder.resolve("sp"));
        assertThat(again.chipId()).isEqualTo(first.chipId());
        assertThat(again.certificates().get(0)).isEqualTo(first.certificates().get(0));
        var one = first.launch(new byte[48], new byte[32], POLICY);
        var two = first.launch(new byte[48], new byte[32], POLICY);
        assertThat(one.reportId()).isNotEqualTo(two.reportId());
    }

    @Test
    void threadsThatOpenOneFolderAtOnceGetOneProcessor() {
        var chips =
                IntStream.range(0, 4).mapToObj(i -> CompletableFuture.supplyAsync(this::chipOfShared)).toList().stream()
                        .map(CompletableFuture::join)
                        .distinct();
        assertThat(chips).hasSize(1);
    }

    private Bytes chipOfShared() {
        try {
            return Bytes.copyOf(
                    SimulatedProcessor.open(folder.resolve("shared")).chipId());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void itsKeyIsReadableByItsOwnerAlone() throws Exception {
        SimulatedProcessor.open(folder.resolve("sp"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("sp/vcek.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void fieldsOfAWrongSizeAreRefused() throws Exception {
        var processor = SimulatedProcessor.open(folder.resolve("sp"));
        assertThatThrownBy(() -> processor.launch(new byte[47], new byte[32], POLICY))
                .isInstanceOf(IllegalArgumentException.class);
        var sandbox = processor.launch(new byte[48], new byte[32], POLICY);
        assertThatThrownBy(() -> sandbox.report(new byte[63])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDamagedKeyIsNamed() throws Exception {
        var damaged = folder.resolve("damaged");
        SimulatedProcessor.open(damaged);
        Files.write(damaged.resolve("vcek.key"), new byte[5]);
        assertThatThrownBy(() -> SimulatedProcessor.open(damaged)).hasMessageContaining("delete the folder");
    }

    private static SnpVerifier verifier(TrustAnchors anchors) {
        return new SnpVerifier(anchors, Revocation.lists(Map.of()), Clock.systemUTC());
    }
}
