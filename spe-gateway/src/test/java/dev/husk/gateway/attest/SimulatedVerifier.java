package dev.husk.gateway.attest;

import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The gateway's verifier, believing a simulated processor, for tests of other packages. */
public final class SimulatedVerifier {
    private SimulatedVerifier() {}

    public static Verifier of(SimulatedProcessor processor) throws Exception {
        var root = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(processor.certificates().get(2)));
        return new Verifier(
                new SnpVerifier(
                        TrustAnchors.amd().andSimulated(root, Product.GENOA),
                        Revocation.lists(Map.of()),
                        Clock.systemUTC()),
                List.of(),
                Optional.empty());
    }
}
