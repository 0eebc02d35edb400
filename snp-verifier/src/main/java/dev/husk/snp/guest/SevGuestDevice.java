package dev.husk.snp.guest;

import com.sun.jna.Memory;
import dev.husk.snp.Bytes;
import dev.husk.snp.CertificateTable;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedCertificateTableException;
import dev.husk.snp.guest.SevGuestCalls.Request;
import java.nio.file.Path;

/**
 * {@code /dev/sev-guest}: the firmware's services to an SEV-SNP guest, through Linux's driver
 * ({@code linux/sev-guest.h}, Documentation/virt/coco/sev-guest.rst). Safe to share between threads; the device is open
 * only while a request runs.
 *
 * <p>A request that the host throttles is made again, eight times over about 11 seconds, with the driver's own waiting
 * (a minute at most) inside each. The kernel encrypts requests to the firmware, so the host can refuse them but neither
 * read nor answer them; the certificates beside a report do come from the host.
 */
public final class SevGuestDevice {
    /** Where Linux puts the device. */
    public static final Path PATH = Path.of("/dev/sev-guest");

    /** {@code struct snp_report_req}: 64 bytes of report data, the VMPL, 28 bytes of zeros. */
    static final int REPORT_REQUEST = 96;

    static final int VMPL = 64;

    /** {@code struct snp_ext_report_req}: a report request, address and size of the buffer for certificates. */
    static final int EXTENDED_REQUEST = 112;

    static final int CERTS_ADDRESS = 96;
    static final int CERTS_LEN = 104;

    /** {@code struct snp_derived_key_req}. */
    static final int KEY_REQUEST = 32;

    static final int KEY_ROOT_SELECT = 0;
    static final int KEY_FIELD_SELECT = 8;
    static final int KEY_VMPL = 16;
    static final int KEY_GUEST_SVN = 20;
    static final int KEY_TCB_VERSION = 24;

    /** {@code struct snp_derived_key_resp}: MSG_KEY_RSP, which is the status, 28 reserved bytes and the key. */
    static final int KEY_RESPONSE = 64;

    private static final int KEY = 32;
    private static final int REPORT_DATA = 64;
    private static final int PAGE = 4096;
    private static final int TABLE_SIZES = 4;

    private final SevGuestCalls calls;

    SevGuestDevice(LibC libc, Path path, Sleeper sleeper) {
        this.calls = new SevGuestCalls(libc, path, sleeper);
    }

    /**
     * The device at {@code path}; it is opened with each request, so it need not be there yet.
     *
     * @throws GuestRequestException if JNA cannot load its native code
     */
    public static SevGuestDevice of(Path path, Sleeper sleeper) throws GuestRequestException {
        try {
            return new SevGuestDevice(LibC.ofThisProcess(), path, sleeper);
        } catch (LinkageError e) {
            throw GuestRequestException.noNativeCode(e);
        }
    }

    /**
     * A report: 1184 bytes, for a verifier to judge.
     *
     * @param reportData 64 bytes
     * @param vmpl 0 to 3, not below the level that this guest runs at
     * @throws GuestRequestException if there is no device, or the kernel, the host or the firmware refuses
     */
    public Bytes report(Bytes reportData, int vmpl) throws GuestRequestException {
        requireReportData(reportData);
        requireVmpl(vmpl);
        try (var request = SevGuestCalls.zeroed(REPORT_REQUEST);
                var response = SevGuestCalls.zeroed(ReportResponse.SIZE)) {
            fill(request, reportData, vmpl);
            calls.call(Request.SNP_GET_REPORT, request, response);
            return ReportResponse.report(Request.SNP_GET_REPORT, response);
        }
    }

    /**
     * A report and the certificates that the host was given for it, which may be none.
     *
     * @param reportData 64 bytes
     * @param vmpl 0 to 3, not below the level that this guest runs at
     * @throws GuestRequestException if there is no device, the kernel, the host or the firmware refuses, or the host
     *     wants to hand over more than {@link CertificateTable#MAX_SIZE}
     * @throws MalformedCertificateTableException if what the host handed over is no certificate table
     */
    public KbsEvidence extendedReport(Bytes reportData, int vmpl)
            throws GuestRequestException, MalformedCertificateTableException {
        requireReportData(reportData);
        requireVmpl(vmpl);
        int size = 0;
        for (int tries = 1; ; tries++) {
            try (var request = SevGuestCalls.zeroed(EXTENDED_REQUEST);
                    var response = SevGuestCalls.zeroed(ReportResponse.SIZE);
                    var table = SevGuestCalls.zeroed(Math.max(size, 1))) {
                fill(request, reportData, vmpl);
                if (size > 0) {
                    request.setPointer(CERTS_ADDRESS, table);
                    request.setInt(CERTS_LEN, size);
                }
                try {
                    calls.call(Request.SNP_GET_EXT_REPORT, request, response);
                } catch (GuestRequestException e) {
                    size = larger(size, request.getInt(CERTS_LEN), tries, e);
                    continue;
                }
                return new KbsEvidence(
                        ReportResponse.report(Request.SNP_GET_EXT_REPORT, response),
                        CertificateTable.parse(Bytes.copyOf(table.getByteArray(0, size))));
            }
        }
    }

    /** The next size of the certificate buffer, in whole pages; the host may have got more since it was asked. */
    private static int larger(int size, int wanted, int tries, GuestRequestException refusal)
            throws GuestRequestException {
        if (!refusal.bufferTooSmall()) {
            throw refusal;
        }
        if (Integer.compareUnsigned(wanted, CertificateTable.MAX_SIZE) > 0 || wanted <= size || tries > TABLE_SIZES) {
            throw refusal.with("the host wants %s bytes for certificates after %d, and may have %d at most"
                    .formatted(Integer.toUnsignedString(wanted), size, CertificateTable.MAX_SIZE));
        }
        return (wanted + PAGE - 1) / PAGE * PAGE;
    }

    /**
     * A key that the firmware derives from the chip's key, or a migration agent's, and from {@code request}. The same
     * request gives the same key again, also after a restart, to a guest with the same values on the same chip.
     *
     * <p>What it is not good for, and does not protect against:
     *
     * <ul>
     *   <li>It is tied to this chip (or to this guest's migration agent). Moved to other hardware, a guest gets another
     *       key, and what the first one sealed is lost: keep nothing under it that has no second copy.
     *   <li>With the measurement mixed in, an update of the guest changes it; with the TCB version mixed in, it stays
     *       only while the same version is asked for, and a firmware that was rolled back below it refuses. A VLEK that
     *       the host loads or removes changes it as well.
     *   <li>It cannot be shared: no second guest, on another chip or with other values, gets it, and no verifier can
     *       check data against it.
     *   <li>It does not tell old data from new. The host holds the disk, and may hand back what was sealed earlier, or
     *       run the same guest twice: both copies get the same key.
     *   <li>Without the measurement mixed in, the host can start other software on this chip that gets the same key.
     *   <li>The host does not see the key. An attacker who has extracted the chip's key, or the migration agent for
     *       {@link DerivedKeyRequest.RootKey#VMRK}, can compute it.
     * </ul>
     *
     * @throws GuestRequestException if there is no device, or the kernel, the host or the firmware refuses
     */
    public DerivedKey derivedKey(DerivedKeyRequest request) throws GuestRequestException {
        var response = SevGuestCalls.zeroed(KEY_RESPONSE);
        try (response;
                var data = SevGuestCalls.zeroed(KEY_REQUEST)) {
            data.setInt(KEY_ROOT_SELECT, request.rootKey().select);
            data.setLong(KEY_FIELD_SELECT, request.fieldSelect());
            data.setInt(KEY_VMPL, request.vmpl());
            data.setInt(KEY_GUEST_SVN, request.guestSvn());
            data.setLong(KEY_TCB_VERSION, request.tcbVersion());
            try {
                calls.call(Request.SNP_GET_DERIVED_KEY, data, response);
                return key(response);
            } finally {
                response.clear();
            }
        }
    }

    private static DerivedKey key(Memory response) throws GuestRequestException {
        int status = response.getInt(0);
        if (status != 0) {
            throw GuestRequestException.refused(Request.SNP_GET_DERIVED_KEY.name(), 0, Integer.toUnsignedLong(status));
        }
        byte[] bytes = response.getByteArray(KEY, DerivedKey.SIZE);
        int any = 0;
        for (byte b : bytes) {
            any |= b;
        }
        if (any == 0) {
            throw GuestRequestException.unusable(Request.SNP_GET_DERIVED_KEY.name(), 0, "a key of zeros");
        }
        return new DerivedKey(bytes);
    }

    private static void fill(Memory request, Bytes reportData, int vmpl) {
        request.write(0, reportData.toArray(), 0, REPORT_DATA);
        request.setInt(VMPL, vmpl);
    }

    static void requireReportData(Bytes reportData) {
        if (reportData.length() != REPORT_DATA) {
            throw new IllegalArgumentException("report data has 64 bytes, not " + reportData.length());
        }
    }

    static void requireVmpl(int vmpl) {
        if (vmpl < 0 || vmpl > 3) {
            throw new IllegalArgumentException("a VMPL is 0 to 3, not " + vmpl);
        }
    }
}
