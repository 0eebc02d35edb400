package dev.husk.snp;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Extension;
import java.time.Instant;
import java.util.Optional;
import org.bouncycastle.asn1.x509.CertificateList;

/** A revocation list that an ARK signed (RFC 5280 section 5). Safe to share between threads. */
final class RevocationList {
    private final X509CRL crl;
    private final Instant from;
    private final Instant until;
    /** Of the one root that signed it; the signature is checked once. */
    private volatile Optional<AuthorityKey> signer = Optional.empty();

    private RevocationList(X509CRL crl, Instant from, Instant until) {
        this.crl = crl;
        this.from = from;
        this.until = until;
    }

    /** @throws CRLException for anything but one complete list in DER, signed as AMD signs, that ends some day */
    static RevocationList parse(Bytes der) throws CRLException {
        try {
            var structure = CertificateList.getInstance(der.toArray());
            if (!Bytes.copyOf(structure.getEncoded("DER")).equals(der)
                    || structure.getSignature().getPadBits() != 0
                    || !AuthorityKey.isPss384(structure.getSignatureAlgorithm())
                    || !structure
                            .getSignatureAlgorithm()
                            .equals(structure.getTBSCertList().getSignature())) {
                throw new CRLException("not one list in DER, signed with RSA-PSS and SHA-384");
            }
            var crl = (X509CRL)
                    CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der.toArray()));
            if (saysSomethingElse(crl) || crl.getNextUpdate() == null) {
                throw new CRLException("not a complete list with an end");
            }
            return new RevocationList(
                    crl, crl.getThisUpdate().toInstant(), crl.getNextUpdate().toInstant());
        } catch (IOException | RuntimeException e) {
            // Bouncy Castle throws many kinds for bytes that are no list.
            throw new CRLException("not a revocation list");
        } catch (CertificateException e) {
            throw new IllegalStateException("every JDK reads X.509", e);
        }
    }

    /** A critical extension makes a list one of changes, of other issuers or of some reasons; the JDK knows these. */
    private static boolean saysSomethingElse(X509CRL crl) {
        var entries = crl.getRevokedCertificates();
        return isCritical(crl) || entries != null && entries.stream().anyMatch(RevocationList::isCritical);
    }

    private static boolean isCritical(X509Extension extended) {
        var critical = extended.getCriticalExtensionOIDs();
        return critical != null && !critical.isEmpty();
    }

    boolean signedBy(ParsedCertificate root) {
        if (root.authority().isEmpty()
                || !crl.getIssuerX500Principal().equals(root.x509().getSubjectX500Principal())) {
            return false;
        }
        if (signer.equals(root.authority())) {
            return true;
        }
        try {
            boolean signed = root.authority().get().verify(crl.getTBSCertList(), crl.getSignature());
            if (signed) {
                signer = root.authority();
            }
            return signed;
        } catch (CRLException e) {
            return false;
        }
    }

    boolean currentAt(Instant now) {
        return !now.isBefore(from) && !now.isAfter(until);
    }

    Instant until() {
        return until;
    }

    boolean revokes(BigInteger serialNumber) {
        return crl.getRevokedCertificate(serialNumber) != null;
    }
}
