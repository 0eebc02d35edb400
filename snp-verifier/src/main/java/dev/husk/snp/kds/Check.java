package dev.husk.snp.kds;

import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.asn1.x509.CertificateList;

/** Reads bytes from outside and says whether they are what was asked for. Nothing else than its exception comes out. */
@FunctionalInterface
interface Check {
    Contents read(Bytes raw) throws MismatchException;

    static Check vcek(Product product, Bytes hardwareId, TcbVersion tcb) {
        return der -> {
            var certificate = CertificateText.parse(der);
            issued(certificate, SigningKey.VCEK, product);
            if (!certificate.hardwareId().filter(hardwareId::equals).isPresent()) {
                throw new MismatchException("a certificate that is not of this chip");
            }
            return leaf(der, certificate, tcb);
        };
    }

    static Check vlek(Product product, TcbVersion tcb) {
        return der -> {
            var certificate = CertificateText.parse(der);
            issued(certificate, SigningKey.VLEK, product);
            if (!certificate.ofVlek()) {
                throw new MismatchException("a certificate that names no cloud");
            }
            return leaf(der, certificate, tcb);
        };
    }

    static Check chain(Product product, SigningKey key) {
        return pem -> {
            var der = Pem.parse(pem, 2);
            var issuer = CertificateText.parse(der.get(0));
            var root = CertificateText.parse(der.get(1));
            named(issuer.subject(), issuerOf(key, product));
            named(root.subject(), rootOf(product));
            Parsing.step("a chain whose certificates did not sign each other", () -> {
                var factory = CertificateFactory.getInstance("X.509");
                var rootKey = factory.generateCertificate(
                                new ByteArrayInputStream(der.get(1).toArray()))
                        .getPublicKey();
                for (var certificate : der) {
                    factory.generateCertificate(new ByteArrayInputStream(certificate.toArray()))
                            .verify(rootKey);
                }
                return rootKey;
            });
            return new Contents(
                    der,
                    Pem.encode(der),
                    latest(issuer.from(), root.from()),
                    issuer.until().isBefore(root.until()) ? issuer.until() : root.until());
        };
    }

    static Check revocationList(Product product) {
        return der -> Parsing.step("not a revocation list in DER", () -> {
            var list = CertificateList.getInstance(Parsing.one(der));
            if (!Parsing.isDer(list, der)) {
                throw new MismatchException("not a revocation list in DER");
            }
            named(CertificateText.commonName(list.getIssuer()), rootOf(product));
            if (list.getNextUpdate() == null) {
                throw new MismatchException("a revocation list without an end");
            }
            list.getRevokedCertificates();
            return new Contents(
                    List.of(der),
                    der,
                    list.getThisUpdate().getDate().toInstant(),
                    list.getNextUpdate().getDate().toInstant());
        });
    }

    private static Contents leaf(Bytes der, CertificateText certificate, TcbVersion tcb) throws MismatchException {
        if (!certificate.tcb().equals(tcb)) {
            throw new MismatchException("a certificate for TCB %s, not %s".formatted(certificate.tcb(), tcb));
        }
        return new Contents(List.of(der), der, certificate.from(), certificate.until());
    }

    private static void issued(CertificateText certificate, SigningKey key, Product product) throws MismatchException {
        named(certificate.issuer(), issuerOf(key, product));
    }

    private static void named(String actual, String expected) throws MismatchException {
        if (!actual.equals(expected)) {
            throw new MismatchException("something of another issuer than " + expected);
        }
    }

    private static String issuerOf(SigningKey key, Product product) {
        return (key == SigningKey.VLEK ? "SEV-VLEK-" : "SEV-") + product.label();
    }

    private static String rootOf(Product product) {
        return "ARK-" + product.label();
    }

    private static Instant latest(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
