package dev.husk.snp;

import dev.husk.snp.Reason.Code;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;

/** A leaf that chains to a pinned root: leaf, ASK or ASVK, ARK, each signed with RSA-PSS by the next. */
final class CertificateChain {
    private static final String PSS = "RSASSA-PSS";
    private static final int MAX_CERTIFICATES = 16;

    private final List<X509Certificate> certificates;
    private final TrustAnchors.Anchor anchor;
    private final Endorsement endorsement;

    private CertificateChain(List<X509Certificate> certificates, TrustAnchors.Anchor anchor, Endorsement endorsement) {
        this.certificates = List.copyOf(certificates);
        this.anchor = anchor;
        this.endorsement = endorsement;
    }

    /** Thrown inside the package when no chain can be made; becomes a rejection. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Reason reason;

        Unusable(Code code, String detail) {
            super(detail);
            this.reason = new Reason(code, detail);
        }

        Reason reason() {
            return reason;
        }
    }

    /**
     * Builds the chain of the first certificate from all of them, in any order.
     *
     * @param der the leaf first; what does not belong to its chain is ignored
     */
    static CertificateChain build(List<Bytes> der, TrustAnchors anchors) throws Unusable {
        if (der.isEmpty() || der.size() > MAX_CERTIFICATES) {
            throw new Unusable(Code.CERTIFICATE_UNUSABLE, der.size() + " certificates where 1 to 16 can be used");
        }
        var certificates = new ArrayList<X509Certificate>();
        Endorsement endorsement;
        try {
            for (var bytes : der) {
                certificates.add(Endorsement.certificate(bytes));
            }
            endorsement = Endorsement.of(certificates.get(0));
        } catch (CertificateException e) {
            throw new Unusable(Code.CERTIFICATE_UNUSABLE, "not an endorsement certificate: " + e.getMessage());
        }
        var leaf = certificates.get(0);
        if (!(leaf.getPublicKey() instanceof ECPublicKey key)
                || key.getParams().getCurve().getField().getFieldSize() != 384) {
            throw new Unusable(Code.CERTIFICATE_UNUSABLE, "the endorsement key is not on P-384");
        }
        for (var intermediate : certificates) {
            if (!signed(leaf, intermediate) || intermediate.equals(leaf)) {
                continue;
            }
            for (var root : certificates) {
                var anchor = anchors.anchor(root);
                if (anchor.isPresent() && signed(intermediate, root) && signed(root, root)) {
                    return new CertificateChain(List.of(leaf, intermediate, root), anchor.get(), endorsement);
                }
            }
        }
        throw new Unusable(Code.CHAIN_UNTRUSTED, "the endorsement certificate does not chain to a pinned root");
    }

    /** RSA-PSS with SHA-384, MGF1 over SHA-384 and a salt of 48 bytes, as AMD 57230 says. */
    private static boolean isPss384(X509Certificate certificate) {
        if (!certificate.getSigAlgName().equals(PSS) || certificate.getSigAlgParams() == null) {
            return false;
        }
        try {
            var parameters = RSASSAPSSparams.getInstance(certificate.getSigAlgParams());
            return parameters.getHashAlgorithm().getAlgorithm().equals(NISTObjectIdentifiers.id_sha384)
                    && AlgorithmIdentifier.getInstance(
                                    parameters.getMaskGenAlgorithm().getParameters())
                            .getAlgorithm()
                            .equals(NISTObjectIdentifiers.id_sha384)
                    && parameters.getSaltLength().intValueExact() == 48;
        } catch (IllegalArgumentException | ArithmeticException e) {
            return false;
        }
    }

    private static boolean signed(X509Certificate certificate, X509Certificate issuer) {
        if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())
                || !isPss384(certificate)
                || issuer.getBasicConstraints() < 0) {
            return false;
        }
        try {
            certificate.verify(issuer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** What speaks against the chain at a time: validity and revocation. */
    List<Reason> judge(Instant now, Revocation revocation) {
        var reasons = new ArrayList<Reason>();
        for (var certificate : certificates) {
            if (now.isBefore(certificate.getNotBefore().toInstant())
                    || now.isAfter(certificate.getNotAfter().toInstant())) {
                reasons.add(new Reason(
                        Code.CERTIFICATE_OUT_OF_DATE,
                        certificate.getSubjectX500Principal().getName() + " is valid until "
                                + certificate.getNotAfter().toInstant()));
            }
        }
        if (revocation.required() && !anchor.simulated()) {
            revoked(now, revocation.list(anchor.product())).ifPresent(reasons::add);
        }
        return reasons;
    }

    private Optional<Reason> revoked(Instant now, Optional<Bytes> list) {
        if (list.isEmpty()) {
            return Optional.of(new Reason(
                    Code.REVOCATION_UNKNOWN,
                    "no revocation list of " + anchor.product().label()));
        }
        X509CRL crl;
        try {
            crl = (X509CRL) CertificateFactory.getInstance("X.509")
                    .generateCRL(new ByteArrayInputStream(list.get().toArray()));
            crl.verify(certificates.get(2).getPublicKey());
        } catch (CRLException e) {
            return Optional.of(new Reason(Code.REVOCATION_UNKNOWN, "the revocation list cannot be read"));
        } catch (GeneralSecurityException e) {
            return Optional.of(new Reason(Code.REVOCATION_UNKNOWN, "the root did not sign the revocation list"));
        }
        Date next = crl.getNextUpdate();
        if (next == null
                || now.isAfter(next.toInstant())
                || now.isBefore(crl.getThisUpdate().toInstant())) {
            return Optional.of(new Reason(Code.REVOCATION_UNKNOWN, "the revocation list is out of date"));
        }
        if (crl.getRevokedCertificate(certificates.get(1).getSerialNumber()) != null) {
            return Optional.of(new Reason(
                    Code.CERTIFICATE_REVOKED,
                    certificates.get(1).getSubjectX500Principal().getName() + " is revoked"));
        }
        return Optional.empty();
    }

    ECPublicKey key() {
        return (ECPublicKey) certificates.get(0).getPublicKey();
    }

    Product product() {
        return anchor.product();
    }

    boolean simulated() {
        return anchor.simulated();
    }

    Endorsement endorsement() {
        return endorsement;
    }
}
