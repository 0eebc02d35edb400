package dev.husk.snp.simulator;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues one chain in the shape of AMD's: ARK and ASK with RSA-4096, VCEK with P-384, all signed with RSA-PSS, SHA-384,
 * salt 48 (AMD 57230). The private keys of ARK and ASK are dropped once the chain stands, so that no second VCEK can
 * ever be issued below a pinned simulated root.
 */
final class CertificateFactory {
    /** Where the chip id stands in a VCEK. */
    static final String HARDWARE_ID = "1.3.6.1.4.1.3704.1.4";

    private static final String AMD = "1.3.6.1.4.1.3704.1.";
    private static final Duration LIFE = Duration.ofDays(25 * 365);
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, PSSParameterSpec.TRAILER_FIELD_BC);

    private final SecureRandom random = new SecureRandom();
    private final Instant notBefore;

    /** @param now start of validity; a day is taken off, for clocks that are behind */
    CertificateFactory(Instant now) {
        this.notBefore = now.minus(Duration.ofDays(1));
    }

    /** Makes the keys and certificates of a new processor, in about a second. */
    Hardware issue() throws IOException {
        try {
            var ark = rsa();
            var ask = rsa();
            var vcek = p384();
            byte[] chipId = new byte[64];
            random.nextBytes(chipId);
            return new Hardware(
                    vcek.getPrivate(),
                    List.of(
                            leaf(vcek.getPublic(), chipId, ask.getPrivate()),
                            authority("SEV-SIMULATED", 2, ask.getPublic(), new BasicConstraints(0), ark.getPrivate()),
                            authority(
                                    "ARK-SIMULATED", 1, ark.getPublic(), new BasicConstraints(true), ark.getPrivate())),
                    chipId);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException("RSA-PSS and P-384 are always there", e);
        }
    }

    private byte[] authority(String subject, int serial, PublicKey key, BasicConstraints limits, PrivateKey ark)
            throws OperatorCreationException, IOException {
        var builder = builder("ARK-SIMULATED", subject, serial, key);
        builder.addExtension(Extension.basicConstraints, true, limits);
        return signed(builder, ark);
    }

    private byte[] leaf(PublicKey key, byte[] chipId, PrivateKey ask) throws OperatorCreationException, IOException {
        var builder = builder("SEV-SIMULATED", "SEV-VCEK-SIMULATED", 0, key);
        extension(builder, "1", new ASN1Integer(1));
        extension(builder, "2", new DERIA5String("Genoa"));
        extension(builder, "3.1", new ASN1Integer(SimulatedReport.TCB[0]));
        extension(builder, "3.2", new ASN1Integer(SimulatedReport.TCB[1]));
        extension(builder, "3.3", new ASN1Integer(SimulatedReport.TCB[6]));
        extension(builder, "3.8", new ASN1Integer(SimulatedReport.TCB[7]));
        // The chip id stands raw in the extension, without a DER header of its own.
        builder.addExtension(new ASN1ObjectIdentifier(HARDWARE_ID), false, chipId);
        return signed(builder, ask);
    }

    private X509v3CertificateBuilder builder(String issuer, String subject, int serial, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                name(issuer),
                BigInteger.valueOf(serial),
                Date.from(notBefore),
                Date.from(notBefore.plus(LIFE)),
                name(subject),
                key);
    }

    private static X500Name name(String commonName) {
        return new X500Name("CN=" + commonName + ",O=Husk simulator");
    }

    private static void extension(X509v3CertificateBuilder builder, String oid, ASN1Encodable value)
            throws CertIOException {
        builder.addExtension(new ASN1ObjectIdentifier(AMD + oid), false, value);
    }

    private static byte[] signed(X509v3CertificateBuilder builder, PrivateKey issuer)
            throws OperatorCreationException, IOException {
        return builder.build(new JcaContentSignerBuilder("RSASSA-PSS", PSS)
                        .setProvider(new BouncyCastleProvider())
                        .build(issuer))
                .getEncoded();
    }

    private KeyPair rsa() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(4096, random);
        return generator.generateKeyPair();
    }

    private KeyPair p384() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp384r1"), random);
        return generator.generateKeyPair();
    }
}
