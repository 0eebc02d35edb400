package dev.husk.snp;

import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a VCEK or VLEK certificate says about its key (AMD 57230): product, firmware versions, chip or cloud.
 *
 * @param hardwareId of a VCEK: 64 bytes, 8 on Turin
 * @param provider of a VLEK: the cloud that it was issued to; exactly one of the two is there
 */
record Endorsement(String productName, TcbVersion tcb, Optional<Bytes> hardwareId, Optional<String> provider) {
    private static final String AMD = "1.3.6.1.4.1.3704.1.";
    private static final int NEWEST_STRUCTURE = 1;

    static Endorsement of(X509Certificate leaf) throws CertificateException {
        if (required(leaf, "1") > NEWEST_STRUCTURE) {
            throw new CertificateException("an unknown version of extensions, %d".formatted(required(leaf, "1")));
        }
        var hardwareId = hardwareId(leaf);
        Optional<String> provider = value(leaf, "5").isPresent() ? Optional.of(text(leaf, "5")) : Optional.empty();
        if (hardwareId.isPresent() == provider.isPresent()) {
            throw new CertificateException("names not exactly one of chip (VCEK) and cloud (VLEK)");
        }
        return new Endorsement(
                text(leaf, "2"),
                new TcbVersion(
                        integer(leaf, "3.9").orElse(0),
                        required(leaf, "3.1"),
                        required(leaf, "3.2"),
                        required(leaf, "3.3"),
                        required(leaf, "3.8")),
                hardwareId,
                provider);
    }

    private static Optional<Bytes> hardwareId(X509Certificate leaf) throws CertificateException {
        var value = value(leaf, "4");
        if (value.isEmpty()) {
            return Optional.empty();
        }
        var id = value.get();
        // Seen raw, and wrapped once more as an OCTET STRING.
        if ((id.length() == 66 || id.length() == 10) && id.at(0) == 4 && id.at(1) == id.length() - 2) {
            id = id.slice(2, id.length() - 2);
        }
        if (id.length() != 64 && id.length() != 8) {
            throw new CertificateException("a hardware id of " + id.length() + " bytes");
        }
        return Optional.of(id);
    }

    private static int required(X509Certificate leaf, String oid) throws CertificateException {
        var value = integer(leaf, oid);
        if (value.isEmpty()) {
            throw new CertificateException("no extension " + AMD + oid);
        }
        return value.getAsInt();
    }

    /** A DER INTEGER from 0 to 255. */
    private static OptionalInt integer(X509Certificate leaf, String oid) throws CertificateException {
        var value = value(leaf, oid);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        var der = value.get();
        if (der.length() == 3 && der.at(0) == 2 && der.at(1) == 1 && der.at(2) < 0x80) {
            return OptionalInt.of(der.at(2));
        }
        if (der.length() == 4 && der.at(0) == 2 && der.at(1) == 2 && der.at(2) == 0 && der.at(3) >= 0x80) {
            return OptionalInt.of(der.at(3));
        }
        throw new CertificateException("extension " + AMD + oid + " is no integer from 0 to 255");
    }

    /** A DER IA5String or UTF8String of printable ASCII, fewer than 128 bytes. */
    private static String text(X509Certificate leaf, String oid) throws CertificateException {
        var der = value(leaf, oid).orElseThrow(() -> new CertificateException("no extension " + AMD + oid));
        if (der.length() < 2 || der.at(0) != 0x16 && der.at(0) != 0x0c || der.at(1) != der.length() - 2) {
            throw new CertificateException("extension " + AMD + oid + " is no text");
        }
        for (int i = 2; i < der.length(); i++) {
            if (der.at(i) < 0x20 || der.at(i) > 0x7e) {
                throw new CertificateException("extension " + AMD + oid + " is no plain text");
            }
        }
        return new String(der.slice(2, der.length() - 2).toArray(), StandardCharsets.US_ASCII);
    }

    /** The extension's value, out of the OCTET STRING around it. */
    private static Optional<Bytes> value(X509Certificate leaf, String oid) throws CertificateException {
        byte[] wrapped = leaf.getExtensionValue(AMD + oid);
        if (wrapped == null) {
            return Optional.empty();
        }
        var der = Bytes.copyOf(wrapped);
        if (der.length() < 2 || der.at(0) != 4 || der.at(1) >= 0x80 || der.at(1) != der.length() - 2) {
            throw new CertificateException("extension " + AMD + oid + " is malformed");
        }
        return Optional.of(der.slice(2, der.length() - 2));
    }
}
