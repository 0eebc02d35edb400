package dev.husk.cli.snp;

import dev.husk.snp.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import javax.security.auth.x500.X500Principal;

/** The certificates of a folder that could stand above a leaf. Which of them are believed is the verifier's to say. */
final class Certificates {
    private static final int MAX_FILES = 256;

    private Certificates() {}

    /**
     * Of the certificates of a folder, those whose names lead from the leaf upwards.
     *
     * @param leaf DER
     */
    static List<Bytes> above(Bytes leaf, List<Bytes> all) {
        var found = new LinkedHashSet<Bytes>();
        var wanted = new ArrayList<X500Principal>();
        parse(leaf).ifPresent(certificate -> wanted.add(certificate.getIssuerX500Principal()));
        for (int level = 0; level < wanted.size() && level < 2; level++) {
            for (var der : all) {
                var certificate = parse(der);
                if (certificate.isPresent()
                        && certificate.get().getSubjectX500Principal().equals(wanted.get(level))
                        && found.add(der)
                        && level == 0) {
                    wanted.add(certificate.get().getIssuerX500Principal());
                }
            }
        }
        return List.copyOf(found);
    }

    static List<Bytes> inFolder(Path folder) throws UnusableInputException {
        if (!Files.isDirectory(folder)) {
            throw new UnusableInputException("no folder " + folder);
        }
        var all = new LinkedHashSet<Bytes>();
        try (var files = Files.walk(folder, 2)) {
            var named = files.filter(Files::isRegularFile)
                    .filter(file -> file.getFileName().toString().matches("(?i).*\\.(der|pem|crt|cer|cert)"))
                    .sorted()
                    .limit(MAX_FILES)
                    .toList();
            for (var file : named) {
                all.addAll(InputFile.der(file));
            }
        } catch (IOException e) {
            throw new UnusableInputException("cannot read %s: %s".formatted(folder, e.getMessage()));
        }
        return List.copyOf(all);
    }

    static Optional<X509Certificate> parse(Bytes der) {
        try {
            return Optional.of((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der.toArray())));
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }
}
