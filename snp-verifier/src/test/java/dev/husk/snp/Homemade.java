package dev.husk.snp;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERIA5String;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.asn1.x509.V2TBSCertListGenerator;
import org.bouncycastle.asn1.x509.V3TBSCertificateGenerator;
import org.bouncycastle.crypto.agreement.DHStandardGroups;

/**
 * Makes certificates, revocation lists and signed reports like AMD's, and wrong ones. bcprov's ASN.1 is enough for that.
 *
 * <p>The RSA keys are products of published primes (RFC 2409, RFC 3526, RFC 7919): they cost nothing to make, are the
 * same in each run, and everybody can factor them.
 */
final class Homemade {
    static final X500Name ROOT = new X500Name("CN=ARK-Homemade");
    static final X500Name INTERMEDIATE = new X500Name("CN=SEV-Homemade");
    static final KeyPair ROOT_KEY = rsa(DHStandardGroups.rfc3526_3072.getP(), DHStandardGroups.rfc2409_1024.getP());
    static final KeyPair INTERMEDIATE_KEY =
            rsa(DHStandardGroups.rfc3526_2048.getP(), DHStandardGroups.rfc7919_ffdhe2048.getP());
    static final KeyPair OTHER_KEY =
            rsa(DHStandardGroups.rfc7919_ffdhe3072.getP(), DHStandardGroups.rfc2409_1024.getP());
    static final KeyPair LEAF_KEY = ec("secp384r1");
    static final Instant NOW = Instant.parse("2025-06-01T00:00:00Z");

    /** How AMD signs: RSA-PSS with SHA-384, MGF1 over SHA-384, a salt of 48 bytes. */
    static final Scheme PSS = Scheme.pss("SHA-384", "SHA-384", 48, 1);

    private static final Bytes ROOT_CERTIFICATE = root().make();
    private static final Bytes INTERMEDIATE_CERTIFICATE = intermediate().make();

    private Homemade() {}

    /** A way to sign: what the certificate says it is, and what is done. */
    record Scheme(AlgorithmIdentifier says, String algorithm, AlgorithmParameterSpec parameters) {
        static Scheme pss(String hash, String mask, int salt, int trailer) {
            var says = new AlgorithmIdentifier(
                    PKCSObjectIdentifiers.id_RSASSA_PSS,
                    new RSASSAPSSparams(
                            hash(hash),
                            new AlgorithmIdentifier(PKCSObjectIdentifiers.id_mgf1, hash(mask)),
                            new ASN1Integer(salt),
                            new ASN1Integer(trailer)));
            return new Scheme(
                    says, "RSASSA-PSS", new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(mask), salt, 1));
        }

        /** Says this, and signs as ever. */
        Scheme saying(AlgorithmIdentifier other) {
            return new Scheme(other, algorithm, parameters);
        }

        /** 512 zeros where the algorithm is {@code none}. */
        byte[] sign(PrivateKey key, byte[] message) {
            if (algorithm.equals("none")) {
                return new byte[512];
            }
            try {
                var signer = Signature.getInstance(algorithm);
                if (algorithm.equals("RSASSA-PSS")) {
                    signer.setParameter(parameters);
                }
                signer.initSign(key);
                signer.update(message);
                return signer.sign();
            } catch (GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }

    static AlgorithmIdentifier hash(String name) {
        var oid = switch (name) {
            case "SHA-256" -> NISTObjectIdentifiers.id_sha256;
            case "SHA-384" -> NISTObjectIdentifiers.id_sha384;
            case "SHA-512" -> NISTObjectIdentifiers.id_sha512;
            default -> throw new IllegalArgumentException(name);
        };
        return new AlgorithmIdentifier(oid, DERNull.INSTANCE);
    }

    /** A certificate in the making; what is not said is as in AMD's. */
    static final class Maker {
        private X500Name subject = new X500Name("CN=SEV-VCEK");
        private X500Name issuer = INTERMEDIATE;
        private PublicKey key = LEAF_KEY.getPublic();
        private PrivateKey signer = INTERMEDIATE_KEY.getPrivate();
        private Scheme scheme = PSS;
        private AlgorithmIdentifier saysInside = PSS.says();
        private BigInteger serial = BigInteger.ZERO;
        private Instant from = Instant.parse("2020-01-01T00:00:00Z");
        private Instant until = Instant.parse("2030-01-01T00:00:00Z");
        private final Map<ASN1ObjectIdentifier, Extension> extensions = new LinkedHashMap<>();

        Maker subject(X500Name name) {
            subject = name;
            return this;
        }

        Maker key(PublicKey subjectKey) {
            key = subjectKey;
            return this;
        }

        Maker issuer(X500Name name, KeyPair issuerKey) {
            issuer = name;
            signer = issuerKey.getPrivate();
            return this;
        }

        Maker scheme(Scheme inside) {
            scheme = inside;
            saysInside = inside.says();
            return this;
        }

        /** What is said under the signature, where it differs from what is said beside it. */
        Maker sayingInside(AlgorithmIdentifier other) {
            saysInside = other;
            return this;
        }

        Maker serial(int number) {
            serial = BigInteger.valueOf(number);
            return this;
        }

        Maker valid(Instant notBefore, Instant notAfter) {
            from = notBefore;
            until = notAfter;
            return this;
        }

        Maker authority() {
            return extension(Extension.basicConstraints, true, encode(new BasicConstraints(true)));
        }

        /** An extension of AMD's, under 1.3.6.1.4.1.3704.1. */
        Maker amd(String oid, byte[] value) {
            return extension(new ASN1ObjectIdentifier("1.3.6.1.4.1.3704.1." + oid), false, value);
        }

        Maker amd(String oid, ASN1Encodable value) {
            return amd(oid, encode(value));
        }

        Maker without(String oid) {
            extensions.remove(new ASN1ObjectIdentifier("1.3.6.1.4.1.3704.1." + oid));
            return this;
        }

        Maker extension(ASN1ObjectIdentifier oid, boolean critical, byte[] value) {
            extensions.put(oid, new Extension(oid, critical, value));
            return this;
        }

        Bytes make() {
            var tbs = new V3TBSCertificateGenerator();
            tbs.setSerialNumber(new ASN1Integer(serial));
            tbs.setSignature(saysInside);
            tbs.setIssuer(issuer);
            tbs.setSubject(subject);
            tbs.setStartDate(new Time(Date.from(from)));
            tbs.setEndDate(new Time(Date.from(until)));
            tbs.setSubjectPublicKeyInfo(SubjectPublicKeyInfo.getInstance(key.getEncoded()));
            if (!extensions.isEmpty()) {
                tbs.setExtensions(new Extensions(extensions.values().toArray(Extension[]::new)));
            }
            var body = tbs.generateTBSCertificate();
            return signed(body, scheme, signer);
        }
    }

    static Maker root() {
        return new Maker()
                .subject(ROOT)
                .key(ROOT_KEY.getPublic())
                .issuer(ROOT, ROOT_KEY)
                .serial(1)
                .authority();
    }

    static Maker intermediate() {
        return new Maker()
                .subject(INTERMEDIATE)
                .key(INTERMEDIATE_KEY.getPublic())
                .issuer(ROOT, ROOT_KEY)
                .serial(2)
                .authority();
    }

    /** A leaf with what a VCEK and a VLEK have in common, for {@link ReportEncoder#sample}. */
    private static Maker leaf(Product product) {
        var maker = new Maker()
                .amd("1", new ASN1Integer(1))
                .amd("2", new DERIA5String(product.label()))
                .amd("3.1", new ASN1Integer(4))
                .amd("3.2", new ASN1Integer(5))
                .amd("3.3", new ASN1Integer(6))
                .amd("3.8", new ASN1Integer(7));
        return product == Product.TURIN ? maker.amd("3.9", new ASN1Integer(1)) : maker;
    }

    static Maker vcek(Product product) {
        return leaf(product)
                .amd(
                        "4",
                        Bytes.fromHex("c1".repeat(product == Product.TURIN ? 8 : 64))
                                .toArray());
    }

    static Maker vlek(Product product) {
        return leaf(product).amd("5", new DERIA5String("CN=cloud.example"));
    }

    static List<Bytes> chain(Bytes leaf) {
        return List.of(leaf, INTERMEDIATE_CERTIFICATE, ROOT_CERTIFICATE);
    }

    /** AMD's roots, and the homemade one as if it were AMD's of this product. */
    static TrustAnchors pinned(Product product) {
        try {
            var root = ParsedCertificate.parse(ROOT_CERTIFICATE).x509();
            return TrustAnchors.amd().and(root, new TrustAnchors.Anchor(product, false));
        } catch (java.security.cert.CertificateException e) {
            throw new AssertionError(e);
        }
    }

    /** A report, signed by the key of the homemade leaf. */
    static Bytes report(AttestationReport report) {
        return sign(ReportEncoder.encode(report), LEAF_KEY);
    }

    /** Signs in place of whatever signature is there. */
    static Bytes sign(byte[] report, KeyPair key) {
        try {
            var signer = Signature.getInstance("SHA384withECDSAinP1363Format");
            signer.initSign(key.getPrivate());
            signer.update(report, 0, 0x2A0);
            byte[] bigEndian = signer.sign();
            var signed = report.clone();
            for (int i = 0; i < 48; i++) {
                signed[0x2A0 + i] = bigEndian[47 - i];
                signed[0x2A0 + 72 + i] = bigEndian[95 - i];
            }
            return Bytes.copyOf(signed);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A revocation list in the making. */
    static final class ListMaker {
        private X500Name issuer = ROOT;
        private PrivateKey signer = ROOT_KEY.getPrivate();
        private Scheme scheme = PSS;
        private AlgorithmIdentifier saysInside = PSS.says();
        private Instant from = NOW.minusSeconds(1);
        private Instant until = NOW.plusSeconds(1);
        private boolean ends = true;
        private final V2TBSCertListGenerator tbs = new V2TBSCertListGenerator();
        private final ExtensionsGenerator extensions = new ExtensionsGenerator();

        ListMaker issuer(X500Name name, KeyPair key) {
            issuer = name;
            signer = key.getPrivate();
            return this;
        }

        ListMaker scheme(Scheme other) {
            scheme = other;
            saysInside = other.says();
            return this;
        }

        ListMaker sayingInside(AlgorithmIdentifier other) {
            saysInside = other;
            return this;
        }

        ListMaker valid(Instant thisUpdate, Instant nextUpdate) {
            from = thisUpdate;
            until = nextUpdate;
            return this;
        }

        ListMaker endless() {
            ends = false;
            return this;
        }

        ListMaker revoking(int serial) {
            tbs.addCRLEntry(new ASN1Integer(serial), new Time(Date.from(from)), 0);
            return this;
        }

        /** As an indirect list does: the entry is of a certificate that another one issued. */
        ListMaker revokingOfAnotherIssuer(int serial) {
            var issuers = new GeneralNames(new GeneralName(new X500Name("CN=elsewhere")));
            var entry = new Extensions(new Extension(Extension.certificateIssuer, true, encode(issuers)));
            tbs.addCRLEntry(new ASN1Integer(serial), new Time(Date.from(from)), entry);
            return this;
        }

        ListMaker extension(ASN1ObjectIdentifier oid, boolean critical, ASN1Encodable value) {
            extensions.addExtension(new Extension(oid, critical, encode(value)));
            return this;
        }

        Bytes make() {
            tbs.setSignature(saysInside);
            tbs.setIssuer(issuer);
            tbs.setThisUpdate(new Time(Date.from(from)));
            if (ends) {
                tbs.setNextUpdate(new Time(Date.from(until)));
            }
            if (!extensions.isEmpty()) {
                tbs.setExtensions(extensions.generate());
            }
            return signed(tbs.generateTBSCertList(), scheme, signer);
        }
    }

    static ListMaker list() {
        return new ListMaker();
    }

    private static Bytes signed(ASN1Encodable body, Scheme scheme, PrivateKey signer) {
        var signature = new DERBitString(scheme.sign(signer, encode(body)));
        return Bytes.copyOf(encode(new DERSequence(new ASN1Encodable[] {body, scheme.says(), signature})));
    }

    static byte[] encode(ASN1Encodable value) {
        try {
            ASN1Primitive primitive = value.toASN1Primitive();
            return primitive.getEncoded(ASN1Encoding.DER);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair ec(String curve) {
        try {
            var generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(curve));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static KeyPair rsa(BigInteger p, BigInteger q) {
        try {
            var one = BigInteger.ONE;
            var e = BigInteger.valueOf(65537);
            var n = p.multiply(q);
            var d = e.modInverse(p.subtract(one).multiply(q.subtract(one)));
            var factory = KeyFactory.getInstance("RSA");
            return new KeyPair(
                    factory.generatePublic(new RSAPublicKeySpec(n, e)),
                    factory.generatePrivate(new RSAPrivateCrtKeySpec(
                            n, e, d, p, q, d.mod(p.subtract(one)), d.mod(q.subtract(one)), q.modInverse(p))));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
