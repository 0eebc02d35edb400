package dev.husk.snp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The root keys that are believed, pinned by SHA-256 of their SubjectPublicKeyInfo, one per product. A root
 * certificate that comes with evidence counts only if it holds such a key.
 */
public final class TrustAnchors {
    /** What a pinned key stands for. */
    record Anchor(Product product, boolean simulated) {}

    private final Map<String, Anchor> byKey;

    private TrustAnchors(Map<String, Anchor> byKey) {
        this.byKey = Map.copyOf(byKey);
    }

    /** AMD's roots of Milan, Genoa and Turin. */
    public static TrustAnchors amd() {
        return new TrustAnchors(Map.of(
                "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9", new Anchor(Product.MILAN, false),
                "429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831", new Anchor(Product.GENOA, false),
                "4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08", new Anchor(Product.TURIN, false)));
    }

    /**
     * These, and the root of a simulator besides. Whoever holds the simulator's keys can forge every report under it;
     * verdicts say {@link Verdict.Trusted#simulated()}.
     */
    public TrustAnchors andSimulated(X509Certificate root, Product product) {
        var all = new HashMap<>(byKey);
        if (all.putIfAbsent(fingerprint(root), new Anchor(product, true)) != null) {
            throw new IllegalArgumentException("this root is pinned already");
        }
        return new TrustAnchors(all);
    }

    Optional<Anchor> anchor(X509Certificate root) {
        return Optional.ofNullable(byKey.get(fingerprint(root)));
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(certificate.getPublicKey().getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
