package dev.husk.snp;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/**
 * A report and the certificates that the host gave with it, as a KBS client sends them, or as the kernel hands them to
 * a guest. Having it proves nothing; {@link SnpVerifier} judges it.
 *
 * @param report 1184 bytes in genuine evidence; not looked into
 * @param table what the host put beside the report, and may be empty
 */
public record KbsEvidence(Bytes report, CertificateTable table) {
    private static final int KEY_INFO = 0x048;

    /**
     * Reads the primary evidence: {@code attestation_report} and {@code cert_chain}.
     *
     * @throws MalformedEvidenceException naming the member that is missing, unknown, or of a wrong type, length or
     *     range; nothing else is thrown, whatever the object holds
     */
    public static KbsEvidence parse(JsonObject primaryEvidence) throws MalformedEvidenceException {
        var evidence = new EvidenceObject(primaryEvidence, "");
        var report = ReportJson.encode(evidence.object("attestation_report"));
        var table = table(evidence);
        evidence.requireNothingElse();
        return new KbsEvidence(report, table);
    }

    /**
     * Reads an extended report: 1184 bytes of report, then the host's certificate table, or nothing.
     *
     * @throws MalformedReportException if there are fewer bytes than a report has; the report is not looked into
     * @throws MalformedCertificateTableException with an offset from the table's start
     */
    public static KbsEvidence parseExtended(Bytes encoded)
            throws MalformedReportException, MalformedCertificateTableException {
        if (encoded.length() < AttestationReport.SIZE) {
            throw new MalformedReportException(
                    encoded.length(),
                    "expected %d bytes or more, got %d".formatted(AttestationReport.SIZE, encoded.length()));
        }
        return new KbsEvidence(
                encoded.slice(0, AttestationReport.SIZE),
                CertificateTable.parse(
                        encoded.slice(AttestationReport.SIZE, encoded.length() - AttestationReport.SIZE)));
    }

    /**
     * The certificates in the order in which a verifier takes them, DER: the leaf (the VLEK where the report says that
     * one signed, else the VCEK), ASK, ARK, each where the table has it.
     */
    public List<Bytes> certificates() {
        boolean vlek = report.length() > KEY_INFO && (report.at(KEY_INFO) >>> 2 & 7) == 1;
        var chosen = new ArrayList<Bytes>();
        table.certificates().forEach((kind, der) -> {
            if (kind != (vlek ? CertificateTable.Kind.VCEK : CertificateTable.Kind.VLEK)) {
                chosen.add(der);
            }
        });
        return List.copyOf(chosen);
    }

    /**
     * The primary evidence as the Attestation Agent writes it: {@link #parse} makes the same bytes of it again.
     *
     * @throws MalformedReportException if JSON cannot carry the report: a wrong size, an unknown version or processor,
     *     or a reserved byte that is not zero
     */
    public JsonObject toJson() throws MalformedReportException {
        var evidence = new JsonObject();
        evidence.add("attestation_report", ReportWriter.write(report));
        if (table.certificates().isEmpty()) {
            evidence.add("cert_chain", JsonNull.INSTANCE);
            return evidence;
        }
        var chain = new JsonArray();
        table.certificates().forEach((kind, der) -> {
            var entry = new JsonObject();
            entry.addProperty("cert_type", kind.name());
            entry.add("data", ReportWriter.numbers(der));
            chain.add(entry);
        });
        evidence.add("cert_chain", chain);
        return evidence;
    }

    private static CertificateTable table(EvidenceObject evidence) throws MalformedEvidenceException {
        var found = new EnumMap<CertificateTable.Kind, Bytes>(CertificateTable.Kind.class);
        if (!evidence.has("cert_chain")) {
            return CertificateTable.empty();
        }
        var chain = evidence.array("cert_chain");
        if (chain.size() > CertificateTable.MAX_ENTRIES) {
            throw evidence.malformed(
                    "cert_chain", "%d entries, at most %d".formatted(chain.size(), CertificateTable.MAX_ENTRIES));
        }
        for (int i = 0; i < chain.size(); i++) {
            var entry = EvidenceObject.of(chain.get(i), "cert_chain[" + i + "]");
            var type = type(entry);
            var data = Bytes.copyOf(entry.bytesUpTo("data", CertificateTable.MAX_CERTIFICATE));
            entry.requireNothingElse();
            for (var kind : CertificateTable.Kind.values()) {
                if (kind.name().equals(type) && found.put(kind, data) != null) {
                    throw entry.malformed("cert_type", "a second " + type);
                }
            }
        }
        return new CertificateTable(found);
    }

    /** The entry's type; {@code {"OTHER": uuid}} and what has no use here is read as {@code Empty}. */
    private static String type(EvidenceObject entry) throws MalformedEvidenceException {
        var type = entry.member("cert_type");
        if (type.isJsonObject()) {
            var other = entry.object("cert_type");
            text(other, "OTHER");
            other.requireNothingElse();
            return "Empty";
        }
        var name = text(entry, "cert_type");
        return switch (name) {
            case "VCEK", "VLEK", "ASK", "ARK" -> name;
            case "CRL", "Empty" -> "Empty";
            default -> throw entry.malformed("cert_type", "unknown type");
        };
    }

    private static String text(EvidenceObject object, String name) throws MalformedEvidenceException {
        var value = object.member(name);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw object.malformed(name, "not a text");
        }
        return value.getAsString();
    }
}
