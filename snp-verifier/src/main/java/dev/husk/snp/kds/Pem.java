package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates as text (RFC 7468, section 5), with nothing but white space around them. */
final class Pem {
    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private Pem() {}

    /** @throws MismatchException for anything that is not {@code count} certificates in PEM */
    static List<Bytes> parse(Bytes text, int count) throws MismatchException {
        var certificates = new ArrayList<Bytes>();
        StringBuilder body = new StringBuilder();
        boolean inside = false;
        for (var raw : new String(text.toArray(), StandardCharsets.ISO_8859_1).split("\n", -1)) {
            var line = raw.strip();
            if (!inside && line.equals(BEGIN)) {
                inside = true;
                body.setLength(0);
            } else if (inside && line.equals(END)) {
                inside = false;
                certificates.add(decode(body.toString()));
            } else if (inside) {
                body.append(line);
            } else if (!line.isEmpty()) {
                throw new MismatchException("not certificates in PEM");
            }
        }
        if (inside) {
            throw new MismatchException("PEM that breaks off");
        }
        if (certificates.size() != count) {
            throw new MismatchException(certificates.size() + " certificates in PEM, not " + count);
        }
        return certificates;
    }

    static Bytes encode(List<Bytes> certificates) {
        var text = new StringBuilder();
        var base64 = Base64.getMimeEncoder(64, new byte[] {'\n'});
        for (var certificate : certificates) {
            text.append(BEGIN)
                    .append('\n')
                    .append(base64.encodeToString(certificate.toArray()))
                    .append('\n')
                    .append(END)
                    .append('\n');
        }
        return Bytes.copyOf(text.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private static Bytes decode(String base64) throws MismatchException {
        try {
            return Bytes.copyOf(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw new MismatchException("PEM that is not base64");
        }
    }
}
