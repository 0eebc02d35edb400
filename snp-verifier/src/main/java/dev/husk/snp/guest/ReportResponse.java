package dev.husk.snp.guest;

import com.sun.jna.Memory;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;

/** MSG_REPORT_RSP (AMD 56860): status, size, 24 reserved bytes, the report. */
final class ReportResponse {
    /** {@code struct snp_report_resp}. */
    static final int SIZE = 4000;

    private static final int STATUS = 0;
    private static final int REPORT_SIZE = 4;
    private static final int REPORT = 32;

    private ReportResponse() {}

    static Bytes report(SevGuestCalls.Request request, Memory response) throws GuestRequestException {
        int status = response.getInt(STATUS);
        if (status != 0) {
            throw GuestRequestException.refused(request.name(), 0, Integer.toUnsignedLong(status));
        }
        int size = response.getInt(REPORT_SIZE);
        if (size != AttestationReport.SIZE) {
            throw GuestRequestException.unusable(
                    request.name(),
                    0,
                    "a report of %s bytes, expected %d"
                            .formatted(Integer.toUnsignedString(size), AttestationReport.SIZE));
        }
        return Bytes.copyOf(response.getByteArray(REPORT, AttestationReport.SIZE));
    }
}
