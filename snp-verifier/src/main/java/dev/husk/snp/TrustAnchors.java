package dev.husk.snp;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The root keys that are believed, pinned by SHA-256 of their SubjectPublicKeyInfo, one per product. A root
 * certificate that comes with evidence counts only if it holds such a key.
 *
 * <p>AMD's own ARK, ASK and ASVK certificates are brought along, so that evidence needs to carry its leaf alone.
 */
public final class TrustAnchors {
    private static final String AUTHORITIES = "amd-authorities.pem";

    /** What a pinned key stands for. */
    record Anchor(Product product, boolean simulated) {}

    private final Map<String, Anchor> byKey;
    private final List<ParsedCertificate> known;

    private TrustAnchors(Map<String, Anchor> byKey, List<ParsedCertificate> known) {
        this.byKey = Map.copyOf(byKey);
        this.known = List.copyOf(known);
    }

    /** AMD's roots of Milan, Genoa and Turin. */
    public static TrustAnchors amd() {
        return new TrustAnchors(
                Map.of(
                        "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9",
                        new Anchor(Product.MILAN, false),
                        "429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831",
                        new Anchor(Product.GENOA, false),
                        "4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08",
                        new Anchor(Product.TURIN, false)),
                Amd.AUTHORITIES_OF_AMD);
    }

    /**
     * These, and the root of a simulator besides. Whoever holds the simulator's keys can forge every report under it;
     * verdicts say {@link Verdict.Trusted#simulated()}.
     */
    public TrustAnchors andSimulated(X509Certificate root, Product product) {
        return and(root, new Anchor(product, true));
    }

    TrustAnchors and(X509Certificate root, Anchor anchor) {
        var all = new HashMap<>(byKey);
        if (all.putIfAbsent(fingerprint(root), anchor) != null) {
            throw new IllegalArgumentException("this root is pinned already");
        }
        return new TrustAnchors(all, known);
    }

    Optional<Anchor> anchor(ParsedCertificate root) {
        return Optional.ofNullable(byKey.get(root.keyFingerprint()));
    }

    /** Certificates that may complete a chain; none of them is believed for being here. */
    List<ParsedCertificate> known() {
        return known;
    }

    static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256")
                            .digest(certificate.getPublicKey().getEncoded()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Read once, when first asked for. */
    private static final class Amd {
        static final List<ParsedCertificate> AUTHORITIES_OF_AMD = read();

        private static List<ParsedCertificate> read() {
            var all = new ArrayList<ParsedCertificate>();
            try (var in = TrustAnchors.class.getResourceAsStream(AUTHORITIES)) {
                if (in == null) {
                    throw new IllegalStateException("no " + AUTHORITIES + " beside this class");
                }
                for (var one : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    all.add(ParsedCertificate.parse(Bytes.copyOf(one.getEncoded())));
                }
            } catch (IOException | CertificateException e) {
                throw new IllegalStateException("cannot read " + AUTHORITIES, e);
            }
            return all;
        }
    }
}
