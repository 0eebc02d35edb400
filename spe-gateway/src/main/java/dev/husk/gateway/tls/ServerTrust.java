package dev.husk.gateway.tls;

import dev.husk.protocol.tls.Authorities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Who vouches for a host that the gateway asks. Never the server's default: with TLS on, that trusts the gateway's own certificate. */
public final class ServerTrust {
    private ServerTrust() {}

    /**
     * For connections to servers that the authorities of this file vouch for, or, without one, those of the JVM.
     *
     * @param setting that names the file
     * @throws IllegalStateException if the file cannot be read or holds no certificates
     */
    public static SSLContext of(String setting, Optional<Path> authorities) {
        if (authorities.isEmpty()) {
            return ofTheJvm();
        }
        try {
            return Authorities.trusting(Files.readAllBytes(authorities.get()));
        } catch (IOException e) {
            throw new IllegalStateException(setting + ": " + authorities.get() + " cannot be read", e);
        } catch (CertificateException e) {
            throw new IllegalStateException(setting + ": " + authorities.get() + " holds no certificates in PEM", e);
        }
    }

    private static SSLContext ofTheJvm() {
        try {
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init((KeyStore) null);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the authorities of the JVM cannot be read", e);
        }
    }
}
