package dev.husk.snp;

import dev.husk.snp.AttestationReport.SigningKey;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Writes what a report says back into bytes, with offsets of its own, so that no mistake of the parser cancels out. */
final class ReportEncoder {
    private ReportEncoder() {}

    /** Unsigned: the last 512 bytes are zero. */
    static byte[] encode(AttestationReport report) {
        var out = ByteBuffer.allocate(1184).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(report.version())
                .putInt(report.guestSvn())
                .putLong(report.policy().raw());
        put(out, report.familyId(), report.imageId());
        out.putInt(report.vmpl()).putInt(1);
        tcb(out, report.currentTcb(), report.product());
        out.putLong(report.platformInfo().raw());
        out.putInt((report.authorKeyUsed() ? 1 : 0)
                        | (report.chipKeyMasked() ? 2 : 0)
                        | (report.signingKey() == SigningKey.VLEK ? 4 : 0))
                .putInt(0);
        put(out, report.reportData(), report.measurement(), report.hostData(), report.idKeyDigest());
        put(out, report.authorKeyDigest(), report.reportId(), report.migrationAgentId());
        tcb(out, report.reportedTcb(), report.product());
        report.cpuid()
                .ifPresent(cpuid ->
                        out.put((byte) cpuid.family()).put((byte) cpuid.model()).put((byte) cpuid.stepping()));
        out.position(0x1A0);
        put(out, report.chipId());
        tcb(out, report.committedTcb(), report.product());
        firmware(out, report.currentFirmware());
        firmware(out, report.committedFirmware());
        tcb(out, report.launchTcb(), report.product());
        out.putLong(report.launchMitigations()).putLong(report.currentMitigations());
        return out.array();
    }

    /** A well-formed report of this product and version with every field different from zero. */
    static AttestationReport sample(Product product, int version, SigningKey signingKey) {
        var cpuid = switch (product) {
            case MILAN -> new Cpuid(0x19, 0x01, 1);
            case GENOA -> new Cpuid(0x19, 0x11, 2);
            case TURIN -> new Cpuid(0x1a, 0x02, 3);
        };
        var chip = product == Product.TURIN ? "c1".repeat(8) + "00".repeat(56) : "c1".repeat(64);
        int fmc = product == Product.TURIN ? 1 : 0;
        return new AttestationReport(
                version,
                7,
                new GuestPolicy(0x3_0000 | 0x0137),
                filled(16, 0x11),
                filled(16, 0x12),
                1,
                new PlatformInfo(0x25),
                true,
                false,
                signingKey,
                filled(64, 0x21),
                filled(48, 0x22),
                filled(32, 0x23),
                filled(48, 0x24),
                filled(48, 0x25),
                filled(32, 0x26),
                filled(32, 0xff),
                Bytes.fromHex(chip),
                version == 2 ? Optional.empty() : Optional.of(cpuid),
                product,
                new TcbVersion(fmc, 5, 6, 7, 8),
                new TcbVersion(fmc, 4, 5, 6, 7),
                new TcbVersion(fmc, 4, 5, 6, 8),
                new TcbVersion(fmc, 4, 5, 7, 7),
                new FirmwareVersion(1, 55, 29),
                new FirmwareVersion(1, 55, 28),
                version < 5 ? 0 : 0x3f,
                version < 5 ? 0 : 0x1f);
    }

    static Bytes filled(int length, int value) {
        var bytes = new byte[length];
        java.util.Arrays.fill(bytes, (byte) value);
        return Bytes.copyOf(bytes);
    }

    private static void put(ByteBuffer out, Bytes... fields) {
        for (var field : fields) {
            out.put(field.toArray());
        }
    }

    private static void tcb(ByteBuffer out, TcbVersion tcb, Product product) {
        byte bootloader = (byte) tcb.bootloader();
        byte tee = (byte) tcb.tee();
        byte snp = (byte) tcb.snp();
        byte microcode = (byte) tcb.microcode();
        out.put(
                product == Product.TURIN
                        ? new byte[] {(byte) tcb.fmc(), bootloader, tee, snp, 0, 0, 0, microcode}
                        : new byte[] {bootloader, tee, 0, 0, 0, 0, snp, microcode});
    }

    private static void firmware(ByteBuffer out, FirmwareVersion version) {
        out.put((byte) version.build())
                .put((byte) version.minor())
                .put((byte) version.major())
                .put((byte) 0);
    }
}
