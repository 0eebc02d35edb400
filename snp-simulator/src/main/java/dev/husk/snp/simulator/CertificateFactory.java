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
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Issues one chain in the shape of AMD's: ARK and ASK with RSA-4096, VCEK with P-384, all signed with RSA-PSS, SHA-384,
 * salt 48 (VCEK/KDS specification 57230). The private keys of ARK and ASK are dropped once the chain stands, so that no
 * second VCEK can ever be issued below a pinned simulated root.
 */
final class CertificateFactory {

    private static final String AMD = "1.3.6.1.4.1.3704.1.";
    private static final Duration CA_LIFE = Duration.ofDays(365L * 25);
    private static final Duration VCEK_LIFE = Duration.ofDays(365L * 7);
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, PSSParameterSpec.TRAILER_FIELD_BC);

    private final SecureRandom random;
    private final Instant notBefore;

    /** @param now start of validity; an hour is taken off, for clocks that are a little behind */
    CertificateFactory(SecureRandom random, Instant now) {
        this.random = random;
        this.notBefore = now.minus(Duration.ofHours(1));
    }

    /** Everything that {@link Folder} stores: DER certificates, an empty DER CRL and the VCEK's key. */
    record Issued(byte[] ark, byte[] ask, byte[] vcek, byte[] crl, PrivateKey vcekKey) {}

    Issued issue(byte[] chipId, Tcb tcb) {
        try {
            var arkKey = rsa();
            var askKey = rsa();
            var vcekKey = p384();
            var arkName = name("SIMULATED ARK-Genoa");
            var askName = name("SIMULATED SEV-Genoa");
            return new Issued(
                    authority(arkName, arkKey, arkName, arkKey.getPublic(), 0x20000, new BasicConstraints(true)),
                    authority(arkName, arkKey, askName, askKey.getPublic(), 0x20002, new BasicConstraints(0)),
                    vcek(askName, askKey.getPrivate(), vcekKey.getPublic(), chipId, tcb),
                    crl(arkName, arkKey.getPrivate()),
                    vcekKey.getPrivate());
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("RSA-PSS and P-384 are part of every supported JDK", e);
        }
    }

    private byte[] authority(
            X500Name issuer, KeyPair issuerKey, X500Name subject, PublicKey key, long serial, BasicConstraints limits)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        boolean root = issuer.equals(subject);
        var ids = new JcaX509ExtensionUtils();
        var builder = builder(issuer, BigInteger.valueOf(serial), CA_LIFE, subject, key)
                .addExtension(Extension.basicConstraints, true, limits)
                .addExtension(
                        Extension.keyUsage,
                        true,
                        new KeyUsage(root ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.keyCertSign))
                .addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(key));
        if (!root) {
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(issuerKey.getPublic()));
        }
        return builder.build(signer(issuerKey.getPrivate())).getEncoded();
    }

    /** Extensions in the order, with the encodings and the unused SPLs, that a real Genoa VCEK has. Serial 0 as well. */
    private byte[] vcek(X500Name issuer, PrivateKey issuerKey, PublicKey key, byte[] chipId, Tcb tcb)
            throws OperatorCreationException, IOException {
        var builder = builder(issuer, BigInteger.ZERO, VCEK_LIFE, name("SIMULATED SEV-VCEK"), key);
        add(builder, "1", new ASN1Integer(0));
        add(builder, "2", new DERIA5String("Genoa"));
        add(builder, "3.1", new ASN1Integer(tcb.bootloader()));
        add(builder, "3.2", new ASN1Integer(tcb.tee()));
        for (int unused = 4; unused <= 7; unused++) {
            add(builder, "3." + unused, new ASN1Integer(0));
        }
        add(builder, "3.3", new ASN1Integer(tcb.snp()));
        add(builder, "3.8", new ASN1Integer(tcb.microcode()));
        // hwID stands raw in the extension's OCTET STRING, without a DER header of its own.
        builder.addExtension(new ASN1ObjectIdentifier(AMD + "4"), false, chipId);
        return builder.build(signer(issuerKey)).getEncoded();
    }

    private byte[] crl(X500Name issuer, PrivateKey key) throws OperatorCreationException, IOException {
        return new X509v2CRLBuilder(issuer, Date.from(notBefore))
                .setNextUpdate(Date.from(notBefore.plus(CA_LIFE)))
                .build(signer(key))
                .getEncoded();
    }

    private X509v3CertificateBuilder builder(
            X500Name issuer, BigInteger serial, Duration life, X500Name subject, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(notBefore), Date.from(notBefore.plus(life)), subject, key);
    }

    private static void add(X509v3CertificateBuilder builder, String suffix, ASN1Encodable value)
            throws CertIOException {
        builder.addExtension(new ASN1ObjectIdentifier(AMD + suffix), false, value);
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.OU, "SIMULATED hardware")
                .addRDN(BCStyle.O, "Husk simulator, not AMD")
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
        return new JcaContentSignerBuilder("RSASSA-PSS", PSS).build(key);
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
