package dev.husk.snp;

import dev.husk.snp.Reason.Code;
import java.security.cert.CRLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which revocation lists are at hand, DER, one per product. Immutable. */
public final class Revocation {
    private final Map<Product, Optional<RevocationList>> lists;
    private final boolean required;

    private Revocation(Map<Product, Optional<RevocationList>> lists, boolean required) {
        this.lists = lists;
        this.required = required;
    }

    /**
     * A product without a list is rejected, and one whose list is out of date, cannot be read, or is not signed by the
     * product's root. The caller sees to it that lists are fresh: one that ends next year is believed until then.
     */
    public static Revocation lists(Map<Product, Bytes> lists) {
        var parsed = new EnumMap<Product, Optional<RevocationList>>(Product.class);
        lists.forEach((product, der) -> parsed.put(product, parsed(der)));
        return new Revocation(parsed, true);
    }

    /** Does not look for revoked certificates at all. Only where a party accepts that in writing, and in tests. */
    public static Revocation acceptingRevokedCertificates() {
        return new Revocation(Map.of(), false);
    }

    private static Optional<RevocationList> parsed(Bytes der) {
        try {
            return Optional.of(RevocationList.parse(der));
        } catch (CRLException e) {
            return Optional.empty(); // becomes a reason of each verdict on this product
        }
    }

    /** @param chain leaf, intermediate, root; the root's list can name the last two */
    List<Reason> judge(Product product, List<ParsedCertificate> chain, Instant now) {
        if (!required) {
            return List.of();
        }
        var list = lists.get(product);
        if (list == null) {
            return unknown("no revocation list of %s was given".formatted(product.label()));
        }
        if (list.isEmpty()) {
            return unknown("the revocation list of %s cannot be read".formatted(product.label()));
        }
        var crl = list.get();
        var root = chain.get(2);
        if (!crl.signedBy(root)) {
            return unknown("%s did not sign the revocation list".formatted(root.subject()));
        }
        if (!crl.currentAt(now)) {
            return unknown("the revocation list is out of date; it ends %s".formatted(crl.until()));
        }
        var reasons = new ArrayList<Reason>();
        for (var certificate : chain.subList(1, chain.size())) {
            if (crl.revokes(certificate.x509().getSerialNumber())) {
                reasons.add(new Reason(Code.CERTIFICATE_REVOKED, certificate.subject() + " is revoked"));
            }
        }
        return reasons;
    }

    private static List<Reason> unknown(String detail) {
        return List.of(new Reason(Code.REVOCATION_UNKNOWN, detail));
    }
}
