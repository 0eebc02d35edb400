package dev.husk.gateway.release;

import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.PlatformRules;
import dev.husk.snp.PolicyRules;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Map;
import java.util.Set;

/** Real verdicts on the report of a simulated processor. */
final class SimulatedVerdict {
    private SimulatedVerdict() {}

    static Verdict trusted() throws Exception {
        return of(true);
    }

    /** Rejected for being simulated. */
    static Verdict rejected() throws Exception {
        return of(false);
    }

    private static Verdict of(boolean simulated) throws Exception {
        var processor = SimulatedProcessor.open(Files.createTempDirectory(Path.of("target"), "sp"));
        byte[] reportData = new byte[64];
        var report = Bytes.copyOf(
                processor.launch(new byte[48], new byte[32], 0x30000).report(reportData));
        var certificates = processor.certificates().stream().map(Bytes::copyOf).toList();
        var root = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(processor.certificates().get(2)));
        var verifier = new SnpVerifier(
                TrustAnchors.amd().andSimulated(root, Product.GENOA), Revocation.lists(Map.of()), Clock.systemUTC());
        return verifier.verify(
                report,
                certificates,
                Expectations.builder()
                        .simulated(simulated)
                        .reportData(Allowed.only(Set.of(Bytes.copyOf(reportData))))
                        .products(Allowed.any())
                        .measurements(Allowed.any())
                        .hostData(Allowed.any())
                        .acceptingAnyTcb()
                        .policy(PolicyRules.closed())
                        .platformInfo(PlatformRules.any())
                        .idKeys(Allowed.any())
                        .authorKeys(Allowed.any())
                        .chips(Allowed.any())
                        .vmpl(Allowed.any())
                        .providers(Set.of())
                        .build());
    }
}
