package dev.husk.cli.snp;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedCertificateTableException;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.azure.AzureEvidence;
import dev.husk.snp.azure.HclReport;
import dev.husk.snp.azure.MalformedAzureEvidenceException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A report as it was found in a file, and the certificates that came with it, the leaf first.
 *
 * @param form what the file turned out to be, in words
 * @param azure all of Azure's evidence, where the report was found in it
 */
record ReportFile(Bytes report, List<Bytes> certificates, String form, Optional<AzureEvidence> azure) {
    private static final int MAX_JSON = 1 << 20;
    private static final String WRAPPED = "HCLA";
    private static final String WRAPPED_FORM = "report that Azure wraps";

    static ReportFile read(Path file)
            throws UnusableInputException, MalformedEvidenceException, MalformedReportException,
                    MalformedCertificateTableException, MalformedAzureEvidenceException {
        return of(InputFile.bytes(file));
    }

    static ReportFile of(byte[] bytes)
            throws UnusableInputException, MalformedEvidenceException, MalformedReportException,
                    MalformedCertificateTableException, MalformedAzureEvidenceException {
        if (bytes.length > 0 && firstVisible(bytes) == '{') {
            var json = json(bytes);
            if (json.has("hcl_report") || json.has("quote")) {
                var evidence = AzureEvidence.parse(json);
                var report = HclReport.parse(evidence.hclReport()).report();
                return new ReportFile(
                        report, evidence.certificates(), "Azure's evidence (JSON)", Optional.of(evidence));
            }
            var evidence = KbsEvidence.parse(json);
            return plain(evidence, "KBS evidence (JSON)");
        }
        if (new String(bytes, 0, Math.min(4, bytes.length), StandardCharsets.ISO_8859_1).equals(WRAPPED)) {
            var report = HclReport.parse(Bytes.copyOf(bytes)).report();
            return new ReportFile(report, List.of(), WRAPPED_FORM, Optional.empty());
        }
        if (bytes.length > AttestationReport.SIZE) {
            return plain(KbsEvidence.parseExtended(Bytes.copyOf(bytes)), "extended report");
        }
        return new ReportFile(Bytes.copyOf(bytes), List.of(), "report", Optional.empty());
    }

    private static ReportFile plain(KbsEvidence evidence, String form) {
        return new ReportFile(evidence.report(), evidence.certificates(), form, Optional.empty());
    }

    /** Whether this is Azure's wrapping without the quote that would make it anybody's answer. */
    boolean wrappedAlone() {
        return form.equals(WRAPPED_FORM);
    }

    private static int firstVisible(byte[] bytes) {
        int at = 0;
        while (at < bytes.length - 1
                && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
            at++;
        }
        return bytes[at];
    }

    private static JsonObject json(byte[] bytes) throws UnusableInputException {
        try {
            var value = Json.parse(bytes, MAX_JSON);
            if (!value.isJsonObject()) {
                throw new UnusableInputException("the evidence is no JSON object");
            }
            var object = value.getAsJsonObject();
            // What an Attestation Agent answers, or the same within a whole attest request.
            return object.get("tee-evidence") instanceof JsonObject tee
                            && tee.get("primary_evidence") instanceof JsonObject primary
                    ? primary
                    : object;
        } catch (MalformedJsonException e) {
            throw new UnusableInputException("the evidence is no JSON: " + e.getMessage());
        }
    }
}
