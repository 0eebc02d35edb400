package dev.husk.gateway;

import dev.husk.protocol.tls.Authorities;
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
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority of a test's own, for servers on 127.0.0.1. */
public final class TestAuthority {
    private static final X500Name NAME = new X500Name("CN=authority of a test");

    private final KeyPair keys;
    public final X509Certificate certificate;
    private long serial = 1;

    public TestAuthority() throws Exception {
        keys = pair();
        certificate = certificate(NAME, keys, true);
    }

    /** Writes a fresh certificate and its key. */
    void issue(Path certificateFile, Path keyFile) throws Exception {
        var pair = pair();
        write(certificateFile, certificate(new X500Name("CN=127.0.0.1"), pair, false));
        Files.writeString(keyFile, pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
    }

    public static void write(Path file, X509Certificate certificate) throws Exception {
        Files.writeString(file, pem("CERTIFICATE", certificate.getEncoded()));
    }

    /** A server on 127.0.0.1 that this authority vouches for. */
    public SSLContext serving() throws Exception {
        var pair = pair();
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        var own = certificate(new X500Name("CN=127.0.0.1"), pair, false);
        store.setKeyEntry("server", pair.getPrivate(), new char[0], new Certificate[] {own});
        var keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(store, new char[0]);
        var context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), null, null);
        return context;
    }

    /** A client that trusts this authority alone. */
    public SSLContext trusting() throws Exception {
        return Authorities.trusting(pem("CERTIFICATE", certificate.getEncoded()).getBytes(StandardCharsets.US_ASCII));
    }

    private X509Certificate certificate(X500Name subject, KeyPair pair, boolean authority)
            throws OperatorCreationException, CertIOException, GeneralSecurityException {
        var now = Instant.now();
        var builder = new JcaX509v3CertificateBuilder(
                NAME,
                BigInteger.valueOf(serial++),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(Duration.ofDays(1))),
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
