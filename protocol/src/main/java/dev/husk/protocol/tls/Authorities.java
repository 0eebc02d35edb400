package dev.husk.protocol.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Certificate authorities that a client is told to trust, instead of those of its machine. */
public final class Authorities {
    private Authorities() {}

    /**
     * For connections to servers that one of these authorities vouches for, and to no others.
     *
     * @param pem one or more certificates
     * @throws CertificateException if there is none, or one is malformed
     */
    public static SSLContext trusting(byte[] pem) throws CertificateException {
        var certificates = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
        if (certificates.isEmpty()) {
            throw new CertificateException("no certificate");
        }
        try {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (var certificate : certificates) {
                store.setCertificateEntry("authority " + number++, certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("every JDK has TLS", e);
        }
    }
}
