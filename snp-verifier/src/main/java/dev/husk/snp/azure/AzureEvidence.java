package dev.husk.snp.azure;

import com.google.gson.JsonObject;
import dev.husk.snp.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Evidence of an Azure VM, in bytes. Having it proves nothing; {@link AzureVerifier} judges it.
 *
 * @param hclReport as the TPM's NV index holds it
 * @param quote a TPMS_ATTEST
 * @param signature over the quote
 * @param pcrs the values that the quote is over, in ascending order of their numbers
 * @param certificates DER: the VCEK, where the evidence has it
 */
public record AzureEvidence(Bytes hclReport, Bytes quote, Bytes signature, List<Bytes> pcrs, List<Bytes> certificates) {
    private static final int MAX_CERTIFICATE = 16 << 10;
    private static final int MAX_SIGNATURE = 512;
    private static final int MAX_PCR = 64;
    private static final String PEM_START = "-----BEGIN CERTIFICATE-----";
    private static final String PEM_END = "-----END CERTIFICATE-----";

    public AzureEvidence {
        pcrs = List.copyOf(pcrs);
        certificates = List.copyOf(certificates);
    }

    /**
     * Reads the JSON that CoCo's {@code az-snp-vtpm} attester gives a KBS client: version 1 and 2 ({@code tpm_quote} in
     * hex, {@code hcl_report} and {@code vcek} in base64url), and the first form, which has no version ({@code quote}
     * and {@code report} as arrays of integers, {@code vcek} as PEM).
     *
     * <p>The version is the sender's to choose and proves nothing: that version 2 repeats the nonce in the user data is
     * for {@link AzureExpectations#userData()} to ask.
     *
     * @throws MalformedAzureEvidenceException naming the member that is missing, unknown, or of a wrong type, length or
     *     range; nothing else is thrown, whatever the object holds
     */
    public static AzureEvidence parse(JsonObject primaryEvidence) throws MalformedAzureEvidenceException {
        var evidence = JsonMembers.of(primaryEvidence);
        if (!evidence.has("version")) {
            return unversioned(evidence);
        }
        var version = evidence.member("version");
        if (!version.isJsonPrimitive()
                || !version.getAsJsonPrimitive().isNumber()
                || !version.getAsString().matches("[12]")) {
            throw evidence.malformed("version", "neither 1 nor 2");
        }
        var quote = evidence.object("tpm_quote");
        var message = quote.hex("message", VtpmQuote.MAX_MESSAGE);
        var signature = quote.hex("signature", MAX_SIGNATURE);
        var pcrs = new ArrayList<Bytes>();
        for (var pcr : quote.array("pcrs", VtpmQuote.PCRS)) {
            pcrs.add(Bytes.copyOf(quote.hex(pcr, "pcrs[" + pcrs.size() + "]", MAX_PCR)));
        }
        quote.requireNothingElse();
        return read(
                evidence,
                evidence.base64Url("hcl_report", true, HclReport.MAX_SIZE),
                message,
                signature,
                pcrs,
                evidence.base64Url("vcek", true, MAX_CERTIFICATE));
    }

    private static AzureEvidence unversioned(JsonMembers evidence) throws MalformedAzureEvidenceException {
        var quote = evidence.object("quote");
        var message = quote.octets("message", VtpmQuote.MAX_MESSAGE);
        var signature = quote.octets("signature", MAX_SIGNATURE);
        var pcrs = new ArrayList<Bytes>();
        for (var pcr : quote.array("pcrs", VtpmQuote.PCRS)) {
            pcrs.add(Bytes.copyOf(quote.octets(pcr, "pcrs[" + pcrs.size() + "]", MAX_PCR)));
        }
        quote.requireNothingElse();
        return read(
                evidence,
                evidence.octets("report", HclReport.MAX_SIZE),
                message,
                signature,
                pcrs,
                certificate(evidence));
    }

    private static AzureEvidence read(
            JsonMembers evidence, byte[] report, byte[] message, byte[] signature, List<Bytes> pcrs, byte[] vcek)
            throws MalformedAzureEvidenceException {
        evidence.requireNothingElse();
        return new AzureEvidence(
                Bytes.copyOf(report),
                Bytes.copyOf(message),
                Bytes.copyOf(signature),
                pcrs,
                List.of(Bytes.copyOf(vcek)));
    }

    /** One certificate in PEM (RFC 7468), with nothing before or after it but a line's end. */
    private static byte[] certificate(JsonMembers evidence) throws MalformedAzureEvidenceException {
        var pem = evidence.text("vcek").replace("\r\n", "\n").strip();
        if (pem.length() <= 2 * MAX_CERTIFICATE && pem.startsWith(PEM_START + "\n") && pem.endsWith("\n" + PEM_END)) {
            try {
                return Base64.getDecoder()
                        .decode(pem.substring(PEM_START.length(), pem.length() - PEM_END.length())
                                .replace("\n", "")
                                .getBytes(StandardCharsets.US_ASCII));
            } catch (IllegalArgumentException e) {
                // falls through: no better than a text without the marks
            }
        }
        throw evidence.malformed("vcek", "not one certificate in PEM");
    }
}
