package dev.husk.snp;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * SEV-SNP evidence as a KBS client sends it, back in bytes. Having it proves nothing; {@link SnpVerifier} judges it.
 *
 * @param report 1184 bytes
 * @param certificates DER: the leaf (the VLEK where the report says that one signed, else the VCEK), ASK, ARK, each
 *     where the evidence has it; they are what the host put there, and may be none
 */
public record KbsEvidence(Bytes report, List<Bytes> certificates) {
    /** The entries of the host's certificate table that are of use here, in the order they go to the verifier. */
    private enum Certificate {
        VCEK,
        VLEK,
        ASK,
        ARK
    }

    private static final int MAX_ENTRIES = 16;
    private static final int MAX_CERTIFICATE = 16 << 10;
    private static final int KEY_INFO = 0x048;

    public KbsEvidence {
        certificates = List.copyOf(certificates);
    }

    /**
     * Reads the primary evidence: {@code attestation_report} and {@code cert_chain}.
     *
     * @throws MalformedEvidenceException naming the member that is missing, unknown, or of a wrong type, length or
     *     range; nothing else is thrown, whatever the object holds
     */
    public static KbsEvidence parse(JsonObject primaryEvidence) throws MalformedEvidenceException {
        var evidence = new EvidenceObject(primaryEvidence, "");
        var report = ReportJson.encode(evidence.object("attestation_report"));
        var certificates = certificates(evidence);
        evidence.requireNothingElse();
        boolean vlek = (report.at(KEY_INFO) >>> 2 & 7) == 1;
        certificates.remove(vlek ? Certificate.VCEK : Certificate.VLEK);
        return new KbsEvidence(report, new ArrayList<>(certificates.values()));
    }

    private static Map<Certificate, Bytes> certificates(EvidenceObject evidence) throws MalformedEvidenceException {
        var found = new EnumMap<Certificate, Bytes>(Certificate.class);
        if (!evidence.has("cert_chain")) {
            return found;
        }
        var chain = evidence.array("cert_chain");
        if (chain.size() > MAX_ENTRIES) {
            throw evidence.malformed("cert_chain", "%d entries, at most %d".formatted(chain.size(), MAX_ENTRIES));
        }
        for (int i = 0; i < chain.size(); i++) {
            var entry = EvidenceObject.of(chain.get(i), "cert_chain[" + i + "]");
            var type = type(entry);
            var data = Bytes.copyOf(entry.bytesUpTo("data", MAX_CERTIFICATE));
            entry.requireNothingElse();
            for (var certificate : Certificate.values()) {
                if (certificate.name().equals(type) && found.put(certificate, data) != null) {
                    throw entry.malformed("cert_type", "a second " + type);
                }
            }
        }
        return found;
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
