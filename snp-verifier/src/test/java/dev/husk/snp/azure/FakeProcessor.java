package dev.husk.snp.azure;

import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.TrustAnchors;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A Genoa with keys and a root of its own, which signs whatever a test wants in a report. */
final class FakeProcessor {
    static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    static final Bytes MEASUREMENT = Bytes.fromHex("5e".repeat(48));
    static final Bytes CHIP = Bytes.fromHex("c1".repeat(64));

    private static final int SIGNED = 0x2A0;
    private static final long POLICY = 0x3001F;
    private static final byte[] TCB = {10, 0, 0, 0, 0, 0, 23, 84};
    private static final String AMD = "1.3.6.1.4.1.3704.1.";
    private static final PSSParameterSpec PSS =
            new PSSParameterSpec("SHA-384", "MGF1", MGF1ParameterSpec.SHA384, 48, PSSParameterSpec.TRAILER_FIELD_BC);

    private final KeyPair vcek;
    private final List<Bytes> certificates;

    FakeProcessor() throws GeneralSecurityException, OperatorCreationException, IOException {
        var rsa4096 = new RSAKeyGenParameterSpec(4096, RSAKeyGenParameterSpec.F4);
        var ark = keys("RSA", rsa4096);
        var ask = keys("RSA", rsa4096);
        vcek = keys("EC", new ECGenParameterSpec("secp384r1"));
        certificates = List.of(
                leaf(ask.getPrivate()),
                authority("SEV-FAKE", 2, ask.getPublic(), ark.getPrivate()),
                authority("ARK-FAKE", 1, ark.getPublic(), ark.getPrivate()));
    }

    /** VCEK, ASK, ARK. */
    List<Bytes> certificates() {
        return certificates;
    }

    TrustAnchors anchors() throws GeneralSecurityException {
        var root = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(
                        new ByteArrayInputStream(certificates.get(2).toArray()));
        return TrustAnchors.amd().andSimulated(root, Product.GENOA);
    }

    /** A signed report, version 3. */
    Bytes report(Bytes reportData, int vmpl) throws GeneralSecurityException {
        var out = ByteBuffer.allocate(0x4A0).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x000, 3).putLong(0x008, POLICY).putInt(0x030, vmpl).putInt(0x034, 1);
        for (int tcb : new int[] {0x038, 0x180, 0x1E0, 0x1F0}) {
            out.put(tcb, TCB);
        }
        out.put(0x050, reportData.toArray()).put(0x090, MEASUREMENT.toArray());
        out.put(0x188, new byte[] {0x19, 0x11, 0x01}).put(0x1A0, CHIP.toArray());
        byte[] report = out.array();
        var signer = Signature.getInstance("SHA384withECDSAinP1363Format");
        signer.initSign(vcek.getPrivate());
        signer.update(report, 0, SIGNED);
        byte[] signature = signer.sign();
        for (int i = 0; i < 48; i++) {
            report[SIGNED + i] = signature[47 - i];
            report[SIGNED + 72 + i] = signature[95 - i];
        }
        return Bytes.copyOf(report);
    }

    private static KeyPair keys(String algorithm, AlgorithmParameterSpec parameters) throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(parameters);
        return generator.generateKeyPair();
    }

    private static Bytes authority(String subject, int serial, PublicKey key, PrivateKey ark)
            throws OperatorCreationException, IOException {
        var builder = builder("ARK-FAKE", subject, serial, key);
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        return signed(builder, ark);
    }

    private Bytes leaf(PrivateKey ask) throws OperatorCreationException, IOException {
        var builder = builder("SEV-FAKE", "SEV-VCEK", 0, vcek.getPublic());
        builder.addExtension(new ASN1ObjectIdentifier(AMD + "1"), false, new ASN1Integer(1));
        builder.addExtension(new ASN1ObjectIdentifier(AMD + "2"), false, new DERIA5String("Genoa"));
        var levels = List.of("3.1", "3.2", "3.3", "3.8");
        var values = List.of(TCB[0], TCB[1], TCB[6], TCB[7]);
        for (int i = 0; i < levels.size(); i++) {
            builder.addExtension(new ASN1ObjectIdentifier(AMD + levels.get(i)), false, new ASN1Integer(values.get(i)));
        }
        builder.addExtension(new ASN1ObjectIdentifier(AMD + "4"), false, CHIP.toArray());
        return signed(builder, ask);
    }

    private static X509v3CertificateBuilder builder(String issuer, String subject, int serial, PublicKey key) {
        return new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                BigInteger.valueOf(serial),
                Date.from(NOW.minusSeconds(1000)),
                Date.from(NOW.plusSeconds(1000)),
                new X500Name("CN=" + subject),
                key);
    }

    private static Bytes signed(X509v3CertificateBuilder builder, PrivateKey issuer)
            throws OperatorCreationException, IOException {
        return Bytes.copyOf(builder.build(new JcaContentSignerBuilder("RSASSA-PSS", PSS)
                        .setProvider(new BouncyCastleProvider())
                        .build(issuer))
                .getEncoded());
    }
}
