package dev.husk.snp;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The report as the Rust {@code sev} crate writes it in JSON, put back into the bytes that were signed (AMD 56860,
 * ATTESTATION_REPORT). What the JSON cannot carry is zero in every genuine report; if it was not, the signature fails.
 */
final class ReportJson {
    private final EvidenceObject json;
    private final ByteBuffer out = ByteBuffer.allocate(AttestationReport.SIZE).order(ByteOrder.LITTLE_ENDIAN);

    private ReportJson(EvidenceObject json) {
        this.json = json;
    }

    static Bytes encode(EvidenceObject json) throws MalformedEvidenceException {
        return new ReportJson(json).encode();
    }

    private Bytes encode() throws MalformedEvidenceException {
        int version = json.u32("version");
        if (version < 2 || version > 5) {
            throw json.malformed("version", "unknown version " + Integer.toUnsignedString(version));
        }
        out.putInt(0x000, version);
        out.putInt(0x004, json.u32("guest_svn"));
        out.putLong(0x008, json.u64("policy"));
        bytes(0x010, "family_id", 16);
        bytes(0x020, "image_id", 16);
        out.putInt(0x030, json.u32("vmpl"));
        out.putInt(0x034, json.u32("sig_algo"));
        out.putLong(0x040, json.u64("plat_info"));
        out.putInt(0x048, json.u32("key_info"));
        bytes(0x050, "report_data", 64);
        bytes(0x090, "measurement", 48);
        bytes(0x0C0, "host_data", 32);
        bytes(0x0E0, "id_key_digest", 48);
        bytes(0x110, "author_key_digest", 48);
        bytes(0x140, "report_id", 32);
        bytes(0x160, "report_id_ma", 32);
        boolean turin = version == 2 ? withoutProcessor() : processor();
        bytes(0x1A0, "chip_id", 64);
        tcb(0x038, "current_tcb", turin);
        tcb(0x180, "reported_tcb", turin);
        tcb(0x1E0, "committed_tcb", turin);
        firmware(0x1E8, "current");
        firmware(0x1EC, "committed");
        tcb(0x1F0, "launch_tcb", turin);
        mitigations(version);
        signature();
        json.requireNothingElse();
        return Bytes.copyOf(out.array());
    }

    private void bytes(int offset, String name, int size) throws MalformedEvidenceException {
        out.put(offset, json.bytes(name, size));
    }

    /** Writes the CPUID fields; true where they name a Turin. */
    private boolean processor() throws MalformedEvidenceException {
        byte family = json.u8("cpuid_fam_id");
        byte model = json.u8("cpuid_mod_id");
        out.put(0x188, family).put(0x189, model).put(0x18A, json.u8("cpuid_step"));
        var product = Product.ofCpuid(family & 0xff, model & 0xff)
                .orElseThrow(
                        () -> json.malformed("cpuid_fam_id", "unknown processor %02x/%02x".formatted(family, model)));
        return product == Product.TURIN;
    }

    /** Version 2 does not say its processor, but only a Turin has a version of its FMC. */
    private boolean withoutProcessor() throws MalformedEvidenceException {
        for (var name : new String[] {"cpuid_fam_id", "cpuid_mod_id", "cpuid_step"}) {
            json.requireAbsent(name, "not in version 2");
        }
        return json.object("reported_tcb").has("fmc");
    }

    private void tcb(int offset, String name, boolean turin) throws MalformedEvidenceException {
        var tcb = json.object(name);
        if (turin) {
            out.put(offset, tcb.u8("fmc"));
        } else {
            tcb.requireAbsent("fmc", "only a Turin has it");
        }
        int next = turin ? offset + 1 : offset;
        out.put(next, tcb.u8("bootloader")).put(next + 1, tcb.u8("tee"));
        out.put(turin ? offset + 3 : offset + 6, tcb.u8("snp"));
        out.put(offset + 7, tcb.u8("microcode"));
        tcb.requireNothingElse();
    }

    private void firmware(int offset, String name) throws MalformedEvidenceException {
        var version = json.object(name);
        out.put(offset, version.u8("build"));
        out.put(offset + 1, version.u8("minor"));
        out.put(offset + 2, version.u8("major"));
        version.requireNothingElse();
    }

    private void mitigations(int version) throws MalformedEvidenceException {
        if (version < 5) {
            json.requireAbsent("launch_mit_vector", "not before version 5");
            json.requireAbsent("current_mit_vector", "not before version 5");
            return;
        }
        out.putLong(0x1F8, json.u64("launch_mit_vector"));
        out.putLong(0x200, json.u64("current_mit_vector"));
    }

    private void signature() throws MalformedEvidenceException {
        var signature = json.object("signature");
        out.put(AttestationReport.SIGNED, signature.bytes("r", 72));
        out.put(AttestationReport.SIGNED + 72, signature.bytes("s", 72));
        signature.requireNothingElse();
    }
}
