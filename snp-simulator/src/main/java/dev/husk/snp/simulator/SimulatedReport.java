package dev.husk.snp.simulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * ATTESTATION_REPORT version 3 (AMD 56860) of a Genoa at VMPL 0: the bytes, and the JSON that the Rust {@code sev}
 * crate makes of them.
 */
final class SimulatedReport {
    static final int SIZE = 0x4A0;
    static final int SIGNED = 0x2A0;

    /** Bootloader 9, TEE 0, SNP 23, microcode 72, in Genoa's layout. */
    static final byte[] TCB = {9, 0, 0, 0, 0, 0, 23, 72};

    private static final byte[] FIRMWARE = {29, 55, 1, 0};
    private static final int SCALAR = 72;

    private SimulatedReport() {}

    /** A report whose signature is zero. */
    static byte[] unsigned(
            long policy, byte[] reportData, byte[] measurement, byte[] hostData, byte[] reportId, byte[] chipId) {
        var out = ByteBuffer.allocate(SIZE).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x000, 3).putLong(0x008, policy).putInt(0x034, 1).putLong(0x040, 0x25);
        for (int tcb : new int[] {0x038, 0x180, 0x1E0, 0x1F0}) {
            out.put(tcb, TCB);
        }
        out.put(0x050, reportData).put(0x090, measurement).put(0x0C0, hostData).put(0x140, reportId);
        byte[] noMigrationAgent = new byte[32];
        Arrays.fill(noMigrationAgent, (byte) 0xff);
        out.put(0x160, noMigrationAgent);
        out.put(0x188, new byte[] {0x19, 0x11, 0x01}).put(0x1A0, chipId);
        out.put(0x1E8, FIRMWARE).put(0x1EC, FIRMWARE);
        return out.array();
    }

    /** Writes {@code signature} (r and s, 48 bytes each, big-endian) into {@code report} as the firmware does. */
    static void sign(byte[] report, byte[] signature) {
        for (int i = 0; i < 48; i++) {
            report[SIGNED + i] = signature[47 - i];
            report[SIGNED + SCALAR + i] = signature[95 - i];
        }
    }

    static String json(byte[] report) {
        var in = ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN);
        return "{\"version\":%d,\"guest_svn\":%d,\"policy\":%s,"
                        .formatted(in.getInt(0x000), in.getInt(0x004), Long.toUnsignedString(in.getLong(0x008)))
                + "\"family_id\":%s,\"image_id\":%s,".formatted(numbers(report, 0x010, 16), numbers(report, 0x020, 16))
                + "\"vmpl\":%d,\"sig_algo\":%d,".formatted(in.getInt(0x030), in.getInt(0x034))
                + "\"current_tcb\":%s,".formatted(tcb(report, 0x038))
                + "\"plat_info\":%d,\"key_info\":%d,".formatted(in.getLong(0x040), in.getInt(0x048))
                + "\"report_data\":%s,".formatted(numbers(report, 0x050, 64))
                + "\"measurement\":%s,".formatted(numbers(report, 0x090, 48))
                + "\"host_data\":%s,".formatted(numbers(report, 0x0C0, 32))
                + "\"id_key_digest\":%s,".formatted(numbers(report, 0x0E0, 48))
                + "\"author_key_digest\":%s,".formatted(numbers(report, 0x110, 48))
                + "\"report_id\":%s,".formatted(numbers(report, 0x140, 32))
                + "\"report_id_ma\":%s,".formatted(numbers(report, 0x160, 32))
                + "\"reported_tcb\":%s,".formatted(tcb(report, 0x180))
                + "\"cpuid_fam_id\":%d,\"cpuid_mod_id\":%d,\"cpuid_step\":%d,"
                        .formatted(report[0x188], report[0x189], report[0x18A])
                + "\"chip_id\":%s,".formatted(numbers(report, 0x1A0, 64))
                + "\"committed_tcb\":%s,".formatted(tcb(report, 0x1E0))
                + "\"current\":%s,\"committed\":%s,".formatted(firmware(report, 0x1E8), firmware(report, 0x1EC))
                + "\"launch_tcb\":%s,".formatted(tcb(report, 0x1F0))
                + "\"launch_mit_vector\":null,\"current_mit_vector\":null,"
                + "\"signature\":{\"r\":%s,\"s\":%s}}"
                        .formatted(numbers(report, SIGNED, SCALAR), numbers(report, SIGNED + SCALAR, SCALAR));
    }

    /** A JSON array of unsigned integers, as serde writes bytes. */
    static String numbers(byte[] bytes, int from, int length) {
        var out = new StringBuilder(length * 4 + 2).append('[');
        for (int i = from; i < from + length; i++) {
            out.append(i == from ? "" : ",").append(bytes[i] & 0xff);
        }
        return out.append(']').toString();
    }

    private static String tcb(byte[] report, int at) {
        return "{\"fmc\":null,\"bootloader\":%d,\"tee\":%d,\"snp\":%d,\"microcode\":%d}"
                .formatted(report[at] & 0xff, report[at + 1] & 0xff, report[at + 6] & 0xff, report[at + 7] & 0xff);
    }

    private static String firmware(byte[] report, int at) {
        return "{\"major\":%d,\"minor\":%d,\"build\":%d}".formatted(report[at + 2], report[at + 1], report[at]);
    }
}
