package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import dev.husk.snp.TcbVersion;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.asn1.x509.Certificate;

/**
 * What a certificate says, as far as it tells whether it is the one that was asked for. No signature is looked at.
 *
 * @param subject the one common name; empty where there is none, or several
 * @param issuer in the same way
 * @param extensions AMD's, by what follows {@code 1.3.6.1.4.1.3704.1.}, out of the OCTET STRING around them
 */
record CertificateText(
        String subject,
        String issuer,
        Bytes subjectName,
        Bytes issuerName,
        Instant from,
        Instant until,
        Map<String, Bytes> extensions) {
    private static final String AMD = "1.3.6.1.4.1.3704.1.";

    CertificateText {
        extensions = Map.copyOf(extensions);
    }

    /** @throws MismatchException for anything but one X.509 certificate in DER */
    static CertificateText parse(Bytes der) throws MismatchException {
        return Parsing.step("not a certificate in DER", () -> {
            var certificate = Certificate.getInstance(Parsing.one(der));
            if (!Parsing.isDer(certificate, der)) {
                throw new MismatchException("not a certificate in DER");
            }
            return new CertificateText(
                    commonName(certificate.getSubject()),
                    commonName(certificate.getIssuer()),
                    Bytes.copyOf(certificate.getSubject().getEncoded()),
                    Bytes.copyOf(certificate.getIssuer().getEncoded()),
                    certificate.getStartDate().getDate().toInstant(),
                    certificate.getEndDate().getDate().toInstant(),
                    extensions(certificate));
        });
    }

    private static Map<String, Bytes> extensions(Certificate certificate) {
        var all = certificate.getTBSCertificate().getExtensions();
        var amd = new HashMap<String, Bytes>();
        if (all != null) {
            Arrays.stream(all.getExtensionOIDs())
                    .filter(oid -> oid.getId().startsWith(AMD))
                    .forEach(oid -> amd.put(
                            oid.getId().substring(AMD.length()),
                            Bytes.copyOf(all.getExtension(oid).getExtnValue().getOctets())));
        }
        return amd;
    }

    static String commonName(X500Name name) {
        var values = name.getRDNs(BCStyle.CN);
        return values.length == 1 && values[0].getFirst() != null
                ? IETFUtils.valueToString(values[0].getFirst().getValue())
                : "";
    }

    /** Whether the names fit, byte for byte. */
    boolean namesIssuer(CertificateText other) {
        return issuerName.equals(other.subjectName);
    }

    boolean ofVlek() {
        return extensions.containsKey("5") && !extensions.containsKey("4");
    }

    /** 64 bytes, 8 on Turin; empty on a VLEK. */
    Optional<Bytes> hardwareId() {
        // Seen raw, and wrapped once more as an OCTET STRING.
        return Optional.ofNullable(extensions.get("4"))
                .map(id -> (id.length() == 66 || id.length() == 10) && id.at(0) == 4 && id.at(1) == id.length() - 2
                        ? id.slice(2, id.length() - 2)
                        : id);
    }

    TcbVersion tcb() throws MismatchException {
        return new TcbVersion(
                extensions.containsKey("3.9") ? level("3.9") : 0,
                level("3.1"),
                level("3.2"),
                level("3.3"),
                level("3.8"));
    }

    private int level(String oid) throws MismatchException {
        var value = extensions.get(oid);
        if (value == null) {
            throw new MismatchException("a certificate without firmware versions");
        }
        var refusal = "a certificate whose firmware versions are not from 0 to 255";
        int level = Parsing.step(
                refusal, () -> ASN1Integer.getInstance(Parsing.one(value)).intValueExact());
        if (level >>> 8 != 0) {
            throw new MismatchException(refusal);
        }
        return level;
    }
}
