package dev.husk.cli;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test's own, for servers on 127.0.0.1. */
final class TestAuthority {
    private static final X500Name NAME = new X500Name("CN=authority of a test");

    private final KeyPair keys = pair();
    private final X509Certificate certificate = certificate(NAME, keys, true, Duration.ofDays(1));
    private long serial = 1;

    TestAuthority() throws Exception {}

    /** Writes what clients are told to trust. */
    Path write(Path file) throws Exception {
        return Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()));
    }

    /** Writes a fresh certificate and its key. */
    void issue(Path certificateFile, Path keyFile) throws Exception {
        var pair = pair();
        var issued = certificate(new X500Name("CN=127.0.0.1"), pair, false, Duration.ofDays(1));
        Files.writeString(certificateFile, pem("CERTIFICATE", issued.getEncoded()));
        Files.writeString(keyFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    /** A server with a certificate of its own that ends so long from now. */
    SSLContext server(Duration life) throws Exception {
        var pair = pair();
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", pair.getPrivate(), new char[0], new Certificate[] {
            certificate(new X500Name("CN=127.0.0.1"), pair, false, life)
        });
        var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, new char[0]);
        var context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private X509Certificate certificate(X500Name subject, KeyPair pair, boolean authority, Duration life)
            throws Exception {
        var now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                NAME,
                BigInteger.valueOf(++serial),
                Date.from(now.minus(Duration.ofDays(2))),
                Date.from(now.plus(life)),
                subject,
                pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!authority) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    }

    private static KeyPair pair() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n"
                + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                        .encodeToString(bytes)
                + "\n-----END " + type + "-----\n";
    }
}
