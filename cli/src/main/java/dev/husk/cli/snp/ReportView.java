package dev.husk.cli.snp;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Terminal;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.MalformedCertificateTableException;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Product;
import dev.husk.snp.azure.MalformedAzureEvidenceException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a file with a report holds, for a person's eyes. */
public final class ReportView {
    private static final int WORDS = 20;
    private static final int VALUE = 48;

    private final ReportFile file;
    private final AttestationReport report;
    private final boolean productCertain;

    private ReportView(ReportFile file, AttestationReport report, boolean productCertain) {
        this.file = file;
        this.report = report;
        this.productCertain = productCertain;
    }

    /** @throws UnusableInputException for a file that cannot be read */
    public static ReportView of(Path path, Optional<Product> product)
            throws UnusableInputException, MalformedReportException, MalformedEvidenceException,
                    MalformedCertificateTableException, MalformedAzureEvidenceException {
        var file = ReportFile.read(path);
        var report = AttestationReport.parse(file.report(), product.orElse(Product.MILAN));
        return new ReportView(file, report, report.cpuid().isPresent() || product.isPresent());
    }

    public JsonObject json() {
        var json = new JsonObject();
        json.addProperty("form", file.form());
        json.add("report", ReportMembers.of(report, productCertain));
        var certificates = new JsonArray();
        file.certificates().forEach(der -> certificates.add(certificate(der)));
        json.add("certificates", certificates);
        return json;
    }

    public List<String> lines(Terminal terminal) {
        var lines = new ArrayList<String>();
        lines.add(terminal.bold("%s; what follows is what it says, not what is true".formatted(file.form())));
        for (var word : ReportWords.of(report, productCertain)) {
            lines.addAll(lines(word, terminal));
        }
        if (file.certificates().isEmpty()) {
            lines.add("no certificate came with it");
        }
        for (var der : file.certificates()) {
            lines.add("certificate: " + Terminal.printable(certificate(der)));
        }
        return lines;
    }

    /** Long values go on below, so that a narrow terminal shows them whole. */
    private static List<String> lines(ReportWords.Line word, Terminal terminal) {
        var lines = new ArrayList<String>();
        var meaning = word.meaning().isEmpty() ? "" : "  " + word.meaning();
        if (word.value().length() <= VALUE) {
            lines.add("%-".concat(WORDS + "s %s%s").formatted(word.field(), terminal.bold(word.value()), meaning));
            return lines;
        }
        lines.add("%-".concat(WORDS + "s").formatted(word.field()) + meaning);
        for (int at = 0; at < word.value().length(); at += 64) {
            lines.add("    "
                    + terminal.bold(word.value()
                            .substring(at, Math.min(at + 64, word.value().length()))));
        }
        return lines;
    }

    private static String certificate(Bytes der) {
        return Certificates.parse(der)
                .map(certificate -> "%s, by %s, valid %s to %s"
                        .formatted(
                                certificate.getSubjectX500Principal().getName(),
                                certificate.getIssuerX500Principal().getName(),
                                certificate.getNotBefore().toInstant(),
                                certificate.getNotAfter().toInstant()))
                .orElse("%d bytes that are no certificate".formatted(der.length()));
    }
}
