package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Product;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** AMD's certificates and lists, and real chips' VCEKs, of the vectors under {@code snp}. */
final class Vectors {
    static final Path FOLDER = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp");

    private Vectors() {}

    /** A report that a chip signed, and the certificate for it. */
    record Chip(String name, AttestationReport report, Bytes encoded, Bytes certificate) {
        Collateral wanted() {
            try {
                return Collateral.endorsing(report);
            } catch (CollateralException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Bytes read(String name) throws IOException {
        assertThat(FOLDER)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        return Bytes.copyOf(Files.readAllBytes(FOLDER.resolve(name)));
    }

    static Chip milan() throws Exception {
        return chip("00d244d8d4", Product.MILAN);
    }

    static Chip otherMilan() throws Exception {
        return chip("2e2b89ee38", Product.MILAN);
    }

    static Chip turin() throws Exception {
        return chip("067d21b829", Product.TURIN);
    }

    /** Of version 2, which does not say its product. */
    static Chip oldMilan() throws Exception {
        return chip("0353f43312", Product.MILAN);
    }

    /** Every report with a VCEK; all of them carry the chip and TCB of their report, also those that are forged. */
    static List<Chip> chips() throws Exception {
        var all = new ArrayList<Chip>();
        try (var folders = Files.list(FOLDER.resolve("reports"))) {
            for (var folder : folders.sorted().toList()) {
                if (Files.exists(folder.resolve("vcek.der"))) {
                    var certificate = Bytes.copyOf(Files.readAllBytes(folder.resolve("vcek.der")));
                    var issuer = CertificateText.parse(certificate).issuer();
                    var product = Product.of(issuer.substring("SEV-".length())).orElseThrow();
                    try {
                        all.add(chip(String.valueOf(folder.getFileName()), product));
                    } catch (MalformedReportException e) {
                        // Some vectors are reports that nobody should read.
                    }
                }
            }
        }
        assertThat(all).hasSizeGreaterThan(20);
        return all;
    }

    private static Chip chip(String name, Product product) throws IOException, MalformedReportException {
        var report = read("reports/" + name + "/report.bin");
        return new Chip(name, AttestationReport.parse(report, product), report, read("reports/" + name + "/vcek.der"));
    }

    static Bytes vlek() throws IOException {
        return read("reports/0dd5c5af85/vlek.der");
    }

    static AttestationReport vlekReport() throws Exception {
        return AttestationReport.parse(read("reports/0dd5c5af85/report.bin"), Product.MILAN);
    }

    /** As AMD's server gives it: ASK or ASVK, then ARK. */
    static Bytes pem(Product product, boolean vlek) throws IOException {
        return join(
                read("amd-ca/SEV-%s%s.pem".formatted(vlek ? "VLEK-" : "", product.label())),
                read("amd-ca/ARK-%s.pem".formatted(product.label())));
    }

    static List<Bytes> chain(Product product, boolean vlek) throws IOException {
        return List.of(
                read("amd-ca/SEV-%s%s.der".formatted(vlek ? "VLEK-" : "", product.label())),
                read("amd-ca/ARK-%s.der".formatted(product.label())));
    }

    /** Issued 2025-05-06T12:39:06Z, to be replaced by 2026-05-12T00:00:00Z. */
    static Bytes milanList() throws IOException {
        return read("amd-ca/crl/ARK-Milan-2025-05-06.crl");
    }

    /** Issued 2023-05-09T15:45:07Z, to be replaced by 2024-05-09T23:00:00Z. */
    static Bytes oldMilanList() throws IOException {
        return read("amd-ca/crl/ARK-Milan-2023-05-09.crl");
    }

    static Bytes join(Bytes one, Bytes other) {
        byte[] all = new byte[one.length() + other.length()];
        System.arraycopy(one.toArray(), 0, all, 0, one.length());
        System.arraycopy(other.toArray(), 0, all, one.length(), other.length());
        return Bytes.copyOf(all);
    }
}
