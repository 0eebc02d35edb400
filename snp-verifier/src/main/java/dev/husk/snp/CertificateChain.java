package dev.husk.snp;

import dev.husk.snp.Reason.Code;
import java.security.cert.CertificateException;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A leaf that chains to a pinned root: leaf, ASK or ASVK, ARK, each signed with RSA-PSS by the next. */
final class CertificateChain {
    private static final int MAX_CERTIFICATES = 16;

    private final List<ParsedCertificate> certificates;
    private final TrustAnchors.Anchor anchor;
    private final EndorsementKey key;
    private final Endorsement endorsement;

    private CertificateChain(
            List<ParsedCertificate> certificates,
            TrustAnchors.Anchor anchor,
            EndorsementKey key,
            Endorsement endorsement) {
        this.certificates = List.copyOf(certificates);
        this.anchor = anchor;
        this.key = key;
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
     * Builds the chain of the first certificate from all of them, in any order, and those that the anchors bring.
     *
     * @param der the leaf first; what does not belong to its chain is ignored
     */
    static CertificateChain build(List<Bytes> der, TrustAnchors anchors) throws Unusable {
        if (der.isEmpty() || der.size() > MAX_CERTIFICATES) {
            throw new Unusable(Code.CERTIFICATE_UNUSABLE, der.size() + " certificates where 1 to 16 can be used");
        }
        var certificates = new ArrayList<ParsedCertificate>();
        Endorsement endorsement;
        try {
            for (var bytes : der) {
                certificates.add(ParsedCertificate.parse(bytes));
            }
            endorsement = Endorsement.of(certificates.get(0).x509());
        } catch (CertificateException e) {
            throw new Unusable(Code.CERTIFICATE_UNUSABLE, "not an endorsement certificate: " + e.getMessage());
        }
        var leaf = certificates.get(0);
        var key = leaf.x509().getPublicKey() instanceof ECPublicKey ec
                ? EndorsementKey.of(ec)
                : Optional.<EndorsementKey>empty();
        if (key.isEmpty()) {
            throw new Unusable(Code.CERTIFICATE_UNUSABLE, "the endorsement key is not on P-384");
        }
        certificates.addAll(anchors.known());
        for (var intermediate : certificates) {
            // A root signs intermediates and lists alone; a leaf right under it is none of AMD's.
            if (anchors.anchor(intermediate).isPresent() || !leaf.signedBy(intermediate)) {
                continue;
            }
            for (var root : certificates) {
                var anchor = anchors.anchor(root);
                if (anchor.isPresent() && intermediate.signedBy(root) && root.signedBy(root)) {
                    return new CertificateChain(
                            List.of(leaf, intermediate, root), anchor.get(), key.get(), endorsement);
                }
            }
        }
        throw new Unusable(Code.CHAIN_UNTRUSTED, "the endorsement certificate does not chain to a pinned root");
    }

    /** Whether each of these certificates is a part of the chain, so that nobody can make up many such lists. */
    boolean usesAllOf(List<Bytes> der) {
        return der.size() <= certificates.size()
                && der.stream()
                        .allMatch(one -> certificates.stream()
                                .anyMatch(mine -> mine.der().equals(one)));
    }

    /** What speaks against the chain at a time: validity and revocation. */
    List<Reason> judge(Instant now, Revocation revocation) {
        var reasons = new ArrayList<Reason>();
        for (var certificate : certificates) {
            if (!certificate.validAt(now)) {
                reasons.add(new Reason(
                        Code.CERTIFICATE_OUT_OF_DATE,
                        "%s is valid from %s to %s"
                                .formatted(
                                        certificate.subject(),
                                        certificate.x509().getNotBefore().toInstant(),
                                        certificate.x509().getNotAfter().toInstant())));
            }
        }
        if (!anchor.simulated()) {
            // A simulator has no revocation list, and protects nothing that one could.
            reasons.addAll(revocation.judge(anchor.product(), certificates, now));
        }
        return reasons;
    }

    EndorsementKey key() {
        return key;
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
