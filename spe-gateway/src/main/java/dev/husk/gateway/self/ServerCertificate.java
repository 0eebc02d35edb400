package dev.husk.gateway.self;

import dev.husk.gateway.Configuration;
import dev.husk.protocol.json.Digests;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** The certificate that clients of this gateway see. */
@ApplicationScoped
public class ServerCertificate {
    @Inject
    private Configuration configuration;

    /**
     * {@code sha256:hex} of the certificate's DER, read anew each time, since certificates are replaced while servers
     * run; empty text where the gateway serves no TLS.
     */
    String fingerprint() {
        var file = configuration.tlsCertificate();
        if (file.isEmpty()) {
            return "";
        }
        try (var in = Files.newInputStream(file.get())) {
            return Digests.sha256(CertificateFactory.getInstance("X.509")
                    .generateCertificate(in)
                    .getEncoded());
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException("HUSK_TLS_CERTIFICATE is no certificate", e);
        }
    }
}
