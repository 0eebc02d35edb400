package dev.husk.snp.kds;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.AttestationReport.SigningKey;
import dev.husk.snp.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the certificates that came with a report already have of its chain. The host chose them: a leaf of last year's
 * firmware is as usual as none.
 */
final class Completion {
    private record Given(Bytes der, CertificateText text) {}

    private final List<Given> given = new ArrayList<>();

    Completion(List<Bytes> certificates) {
        for (var der : certificates) {
            try {
                given.add(new Given(der, CertificateText.parse(der)));
            } catch (MismatchException e) {
                // No certificate is of no use, and no reason to refuse the others.
            }
        }
    }

    /** The leaf of the report and what is above it; the leaf alone where that is incomplete; or nothing. */
    List<Bytes> chain(AttestationReport report) {
        var leaf = given.stream().filter(one -> endorses(one.text(), report)).findFirst();
        if (leaf.isEmpty()) {
            return List.of();
        }
        var issuer = above(leaf.get());
        var root = issuer.flatMap(this::above);
        return root.isEmpty()
                ? List.of(leaf.get().der())
                : List.of(leaf.get().der(), issuer.get().der(), root.get().der());
    }

    private Optional<Given> above(Given certificate) {
        return given.stream()
                .filter(other -> certificate.text().namesIssuer(other.text()))
                .findFirst();
    }

    private static boolean endorses(CertificateText leaf, AttestationReport report) {
        try {
            if (report.signingKey() == SigningKey.VLEK) {
                return leaf.ofVlek() && leaf.tcb().equals(report.reportedTcb());
            }
            var id = leaf.hardwareId();
            return id.isPresent()
                    && id.get().length() <= report.chipId().length()
                    && report.chipId().slice(0, id.get().length()).equals(id.get())
                    && leaf.tcb().equals(report.reportedTcb());
        } catch (MismatchException e) {
            return false;
        }
    }
}
