package dev.husk.snp.azure;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An attestation report as Azure's paravisor wraps it, and as a guest reads it from the TPM's NV index 0x01400001
 * ({@code IgvmAttestRequestBase} of OpenHCL, an AK_CERT request): a header, the report, a second header, the variable
 * data, then zeros up to the size of the index. Numbers are little-endian.
 *
 * <p>Plain data: having one proves nothing. Neither header is signed by anyone. Trust comes from {@link AzureVerifier}.
 *
 * @param version of the first header, 1 or 2
 * @param report 1184 bytes, unparsed
 * @param hash which hash of the variable data is to stand in the report
 * @param signedVariableData the very bytes that are hashed
 * @param variableData what they say
 */
public record HclReport(
        int version, Bytes report, ClaimsHash hash, Bytes signedVariableData, VariableData variableData) {
    static final String PART = "hcl_report";

    /** Where the report stands. */
    static final int REPORT = 0x020;

    /** Where the variable data start. */
    static final int VARIABLE_DATA = 0x4D4;

    /** The largest NV index that the TPM has, in bytes. */
    static final int MAX_SIZE = 4096;

    private static final int SIGNATURE = 0x000;
    private static final int VERSION = 0x004;
    private static final int REPORT_SIZE = 0x008;
    private static final int REQUEST_TYPE = 0x00C;
    private static final int STATUS = 0x010;
    private static final int DATA_SIZE = 0x4C0;
    private static final int DATA_VERSION = 0x4C4;
    private static final int REPORT_TYPE = 0x4C8;
    private static final int HASH_TYPE = 0x4CC;
    private static final int VARIABLE_DATA_SIZE = 0x4D0;

    private static final int HCLA = 0x414C4348;
    private static final int AK_CERT = 2;
    private static final int SNP = 2;
    private static final int VMPL_IN_REPORT = 0x030;

    /**
     * Decodes a wrapped report.
     *
     * @throws MalformedAzureEvidenceException for an unknown version or type, a status or reserved byte that is not
     *     zero, sizes that contradict each other, padding that is not zero, or variable data that are not as expected
     */
    public static HclReport parse(Bytes encoded) throws MalformedAzureEvidenceException {
        return parse(encoded.toArray());
    }

    static HclReport parse(byte[] encoded) throws MalformedAzureEvidenceException {
        if (encoded.length < VARIABLE_DATA) {
            throw malformed(
                    encoded.length, "expected at least %d bytes, got %d".formatted(VARIABLE_DATA, encoded.length));
        }
        if (encoded.length > MAX_SIZE) {
            throw malformed(MAX_SIZE, "expected at most %d bytes, got %d".formatted(MAX_SIZE, encoded.length));
        }
        var in = ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN);
        requireNumber(in, SIGNATURE, HCLA, "signature");
        int version = in.getInt(VERSION);
        if (version != 1 && version != 2) {
            throw malformed(VERSION, "unknown version " + Integer.toUnsignedString(version));
        }
        requireNumber(in, REQUEST_TYPE, AK_CERT, "request type");
        requireZero(encoded, STATUS, REPORT);
        // Version 2 of the data is in requests to the host, and no guest can read one.
        requireNumber(in, DATA_VERSION, 1, "data version");
        requireNumber(in, REPORT_TYPE, SNP, "report type");
        var hash = ClaimsHash.of(in.getInt(HASH_TYPE))
                .orElseThrow(() -> malformed(HASH_TYPE, "unknown hash " + unsigned(in, HASH_TYPE)));
        int size = sizeOfVariableData(in);
        requireZero(encoded, VARIABLE_DATA + size, encoded.length);
        var all = Bytes.copyOf(encoded);
        var signed = all.slice(VARIABLE_DATA, size);
        return new HclReport(
                version, all.slice(REPORT, AttestationReport.SIZE), hash, signed, VariableData.parse(signed));
    }

    /** The three sizes must tell of the same variable data, and these must be there. */
    private static int sizeOfVariableData(ByteBuffer in) throws MalformedAzureEvidenceException {
        long size = unsigned(in, VARIABLE_DATA_SIZE);
        if (size > in.capacity() - VARIABLE_DATA) {
            throw malformed(
                    VARIABLE_DATA_SIZE,
                    "%d bytes of variable data where %d follow".formatted(size, in.capacity() - VARIABLE_DATA));
        }
        requireNumber(in, DATA_SIZE, (int) size + VARIABLE_DATA - DATA_SIZE, "data size");
        requireNumber(in, REPORT_SIZE, (int) size + VARIABLE_DATA, "report size");
        return (int) size;
    }

    /** The REPORT_DATA that a report must have to bind the variable data. */
    Bytes reportData() {
        return hash.reportData(signedVariableData);
    }

    /** The level of whoever asked for the report, in a report that is known to parse: 0 to 3. */
    int vmpl() {
        return report.at(VMPL_IN_REPORT);
    }

    private static long unsigned(ByteBuffer in, int offset) {
        return Integer.toUnsignedLong(in.getInt(offset));
    }

    private static void requireNumber(ByteBuffer in, int offset, int expected, String name)
            throws MalformedAzureEvidenceException {
        if (in.getInt(offset) != expected) {
            throw malformed(offset, "%s is %d, not %d".formatted(name, unsigned(in, offset), expected));
        }
    }

    private static void requireZero(byte[] encoded, int from, int to) throws MalformedAzureEvidenceException {
        for (int i = from; i < to; i++) {
            if (encoded[i] != 0) {
                throw malformed(i, "byte is 0x%02x, not zero".formatted(encoded[i]));
            }
        }
    }

    private static MalformedAzureEvidenceException malformed(int offset, String problem) {
        return MalformedAzureEvidenceException.at(PART, offset, problem);
    }
}
