package dev.husk.snp.guest;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.CertificateTable;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedCertificateTableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Reports through {@code /sys/kernel/config/tsm/report} (Linux from 6.7, Documentation/ABI/testing/configfs-tsm). Each
 * request has an entry of its own, with a random name, which is removed with it. Safe to share between threads.
 *
 * <p>Any process that may write there can write to this entry too; the entry's generation tells, and then the report
 * is asked for again, five times at most.
 */
public final class ConfigfsTsm {
    /** Where Linux puts it. */
    public static final Path ROOT = Path.of("/sys/kernel/config/tsm/report");

    private static final String PROVIDER = "sev_guest";
    private static final int TRIES = 5;
    private static final int REPORT_DATA = 0x050;

    private final TsmEntries entries;
    private final SecureRandom random = new SecureRandom();

    public ConfigfsTsm(Path root) {
        this(new ConfigfsEntries(root));
    }

    ConfigfsTsm(TsmEntries entries) {
        this.entries = entries;
    }

    /**
     * A report and the certificates that the host was given for it, which may be none.
     *
     * @param reportData 64 bytes
     * @param vmpl 0 to 3, not below the level that this guest runs at
     * @throws IOException if there is no such folder, another kind of guest answers, the kernel refuses, or others
     *     keep writing to the entry; the message says which
     * @throws MalformedCertificateTableException if what the host handed over is no certificate table
     */
    public KbsEvidence report(Bytes reportData, int vmpl) throws IOException, MalformedCertificateTableException {
        SevGuestDevice.requireReportData(reportData);
        SevGuestDevice.requireVmpl(vmpl);
        byte[] name = new byte[8];
        random.nextBytes(name);
        try (var entry = TsmEntry.create(entries, "husk-" + HexFormat.of().formatHex(name))) {
            var provider = entry.word("provider");
            if (!provider.equals(PROVIDER)) {
                throw new IOException("reports come from '%s' here, not from %s".formatted(provider, PROVIDER));
            }
            for (int tries = 0; tries < TRIES; tries++) {
                long before = entry.generation();
                entry.write("privlevel", Integer.toString(vmpl).getBytes(StandardCharsets.US_ASCII));
                entry.write("inblob", reportData.toArray());
                var report = Bytes.copyOf(entry.read("outblob", AttestationReport.SIZE));
                var table = Bytes.copyOf(entry.read("auxblob", CertificateTable.MAX_SIZE));
                // Two writes, and no more of anybody.
                if (entry.generation() == before + 2) {
                    return evidence(report, table, reportData);
                }
            }
        }
        throw new IOException("another process kept writing to the report's entry (%d times)".formatted(TRIES));
    }

    private static KbsEvidence evidence(Bytes report, Bytes table, Bytes reportData)
            throws IOException, MalformedCertificateTableException {
        if (report.length() != AttestationReport.SIZE) {
            throw new IOException(
                    "outblob has %d bytes, expected %d".formatted(report.length(), AttestationReport.SIZE));
        }
        // The kernel takes inblob when the file is closed, and has no way to say that it did not.
        if (!report.slice(REPORT_DATA, reportData.length()).equals(reportData)) {
            throw new IOException("the report holds other report data than was asked for");
        }
        return new KbsEvidence(report, CertificateTable.parse(table));
    }
}
