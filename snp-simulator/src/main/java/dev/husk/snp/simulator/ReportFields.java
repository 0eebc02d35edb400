package dev.husk.snp.simulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What stays the same in every report of one sandbox, and the two encodings of it: ATTESTATION_REPORT version 3 (56860,
 * table 23) and the JSON of the Rust {@code sev} crate, which KBS evidence carries. Holds its arrays without copying.
 */
record ReportFields(
        long policy, long platform, byte[] measurement, byte[] hostData, byte[] reportId, byte[] chipId, Tcb tcb) {

    static final int SIZE = 0x4A0;
    static final int SIGNED = 0x2A0;

    private static final int SCALAR = 72;
    private static final int FAMILY = 0x19;
    private static final int MODEL = 0x11;
    private static final int STEPPING = 1;
    private static final int MAJOR = 1;
    private static final int MINOR = 55;
    private static final int BUILD = 40;

    /** The report with a zero signature. */
    byte[] encode(byte[] reportData) {
        var out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x000, 3);
        out.putLong(0x008, policy);
        out.putInt(0x034, 1);
        tcb.put(out, 0x038);
        out.putLong(0x040, platform);
        out.put(0x050, reportData);
        out.put(0x090, measurement);
        out.put(0x0C0, hostData);
        out.put(0x140, reportId);
        out.put(0x160, noMigrationAgent());
        tcb.put(out, 0x180);
        out.put(0x188, new byte[] {FAMILY, MODEL, STEPPING});
        out.put(0x1A0, chipId);
        tcb.put(out, 0x1E0);
        out.put(0x1E8, new byte[] {BUILD, MINOR, MAJOR, 0, BUILD, MINOR, MAJOR, 0});
        tcb.put(out, 0x1F0);
        return out.array();
    }

    /** Writes {@code signature} (r and s, 48 bytes each, big-endian) into {@code report} as the firmware does. */
    static void putSignature(byte[] report, byte[] signature) {
        for (int i = 0; i < 48; i++) {
            report[SIGNED + i] = signature[47 - i];
            report[SIGNED + SCALAR + i] = signature[95 - i];
        }
    }

    /** The {@code attestation_report} member for a signed report that {@link #encode} began. */
    String json(byte[] report) {
        String version = "{\"major\":%d,\"minor\":%d,\"build\":%d}".formatted(MAJOR, MINOR, BUILD);
        return new StringBuilder("{\"version\":3,\"guest_svn\":0,\"policy\":")
                .append(policy)
                .append(",\"family_id\":")
                .append(numbers(new byte[16]))
                .append(",\"image_id\":")
                .append(numbers(new byte[16]))
                .append(",\"vmpl\":0,\"sig_algo\":1,\"current_tcb\":")
                .append(tcb.json())
                .append(",\"plat_info\":")
                .append(platform)
                .append(",\"key_info\":0,\"report_data\":")
                .append(numbers(Arrays.copyOfRange(report, 0x050, 0x090)))
                .append(",\"measurement\":")
                .append(numbers(measurement))
                .append(",\"host_data\":")
                .append(numbers(hostData))
                .append(",\"id_key_digest\":")
                .append(numbers(new byte[48]))
                .append(",\"author_key_digest\":")
                .append(numbers(new byte[48]))
                .append(",\"report_id\":")
                .append(numbers(reportId))
                .append(",\"report_id_ma\":")
                .append(numbers(noMigrationAgent()))
                .append(",\"reported_tcb\":")
                .append(tcb.json())
                .append(",\"cpuid_fam_id\":%d,\"cpuid_mod_id\":%d,\"cpuid_step\":%d,\"chip_id\":"
                        .formatted(FAMILY, MODEL, STEPPING))
                .append(numbers(chipId))
                .append(",\"committed_tcb\":")
                .append(tcb.json())
                .append(",\"current\":")
                .append(version)
                .append(",\"committed\":")
                .append(version)
                .append(",\"launch_tcb\":")
                .append(tcb.json())
                .append(",\"signature\":{\"r\":")
                .append(numbers(Arrays.copyOfRange(report, SIGNED, SIGNED + SCALAR)))
                .append(",\"s\":")
                .append(numbers(Arrays.copyOfRange(report, SIGNED + SCALAR, SIGNED + 2 * SCALAR)))
                .append("}}")
                .toString();
    }

    /** A JSON array of unsigned integers, as serde writes a byte array. */
    static String numbers(byte[] bytes) {
        var out = new StringBuilder(bytes.length * 4 + 2).append('[');
        for (int i = 0; i < bytes.length; i++) {
            out.append(i == 0 ? "" : ",").append(bytes[i] & 0xff);
        }
        return out.append(']').toString();
    }

    private static byte[] noMigrationAgent() {
        byte[] id = new byte[32];
        Arrays.fill(id, (byte) 0xff);
        return id;
    }
}
