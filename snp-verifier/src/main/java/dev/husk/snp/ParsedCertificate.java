package dev.husk.snp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Certificate;

/** A certificate, and what of it is asked for more than once. */
final class ParsedCertificate {
    private final Bytes der;
    private final X509Certificate x509;
    private final boolean pss384;
    private final Optional<AuthorityKey> key;
    private final String keyFingerprint;

    private ParsedCertificate(Bytes der, X509Certificate x509, boolean pss384) {
        this.der = der;
        this.x509 = x509;
        this.pss384 = pss384;
        this.keyFingerprint = TrustAnchors.fingerprint(x509);
        this.key = x509.getBasicConstraints() < 0 ? Optional.empty() : AuthorityKey.of(x509.getPublicKey());
    }

    /** One certificate in DER; the algorithm beside the signature must be the one under it (RFC 5280 section 4.1.1.2). */
    static ParsedCertificate parse(Bytes der) throws CertificateException {
        Certificate structure;
        try {
            structure = Certificate.getInstance(der.toArray());
            if (!Bytes.copyOf(structure.getEncoded("DER")).equals(der)
                    || structure.getSignature().getPadBits() != 0
                    || !structure
                            .getSignatureAlgorithm()
                            .equals(structure.getTBSCertificate().getSignature())) {
                throw new CertificateException("not one certificate in DER");
            }
        } catch (IOException | RuntimeException e) {
            // Bouncy Castle throws many kinds for bytes that are no certificate.
            throw new CertificateException("not a certificate");
        }
        try {
            var x509 = (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der.toArray()));
            if (x509.hasUnsupportedCriticalExtension()) {
                throw new CertificateException("a critical extension is not known here");
            }
            return new ParsedCertificate(der, x509, AuthorityKey.isPss384(structure.getSignatureAlgorithm()));
        } catch (RuntimeException e) {
            throw new CertificateException("not a certificate");
        }
    }

    Bytes der() {
        return der;
    }

    X509Certificate x509() {
        return x509;
    }

    /** The key with which it may sign others: an RSA-4096 key of a certificate authority. */
    Optional<AuthorityKey> authority() {
        return key;
    }

    /** SHA-256 of the SubjectPublicKeyInfo. */
    String keyFingerprint() {
        return keyFingerprint;
    }

    String subject() {
        return x509.getSubjectX500Principal().getName();
    }

    boolean signedBy(ParsedCertificate issuer) {
        if (!pss384
                || issuer.key.isEmpty()
                || !x509.getIssuerX500Principal().equals(issuer.x509.getSubjectX500Principal())) {
            return false;
        }
        try {
            return issuer.key.get().verify(x509.getTBSCertificate(), x509.getSignature());
        } catch (CertificateException e) {
            return false;
        }
    }

    boolean validAt(Instant now) {
        return !now.isBefore(x509.getNotBefore().toInstant())
                && !now.isAfter(x509.getNotAfter().toInstant());
    }
}
