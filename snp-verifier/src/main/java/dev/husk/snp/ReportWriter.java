package dev.husk.snp;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes the bytes of a report as the JSON of the Rust {@code sev} crate: what {@link ReportJson} reads. */
final class ReportWriter {
    private static final int[] TCBS = {0x038, 0x180, 0x1E0, 0x1F0};

    private final Bytes report;
    private final ByteBuffer in;
    private final JsonObject json = new JsonObject();

    private ReportWriter(Bytes report) {
        this.report = report;
        this.in = report.asBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** @throws MalformedReportException if {@link ReportJson} would not make the same bytes of the JSON again */
    static JsonObject write(Bytes report) throws MalformedReportException {
        if (report.length() != AttestationReport.SIZE) {
            throw new MalformedReportException(
                    Math.min(report.length(), AttestationReport.SIZE),
                    "expected %d bytes, got %d".formatted(AttestationReport.SIZE, report.length()));
        }
        var json = new ReportWriter(report).write();
        requireSame(report, json);
        return json;
    }

    private static void requireSame(Bytes report, JsonObject json) throws MalformedReportException {
        Bytes again;
        try {
            again = ReportJson.encode(new EvidenceObject(json, ""));
        } catch (MalformedEvidenceException e) {
            throw new IllegalStateException("what was written is not what is read", e);
        }
        for (int i = 0; i < AttestationReport.SIZE; i++) {
            if (report.at(i) != again.at(i)) {
                throw new MalformedReportException(i, "byte 0x%02x has no place in JSON".formatted(report.at(i)));
            }
        }
    }

    private JsonObject write() throws MalformedReportException {
        int version = in.getInt(0x000);
        if (version < 2 || version > 5) {
            throw new MalformedReportException(0x000, "unknown version " + Integer.toUnsignedString(version));
        }
        boolean turin = version == 2 ? !fitsMilan() : turin();
        json.addProperty("version", version);
        u32("guest_svn", 0x004);
        u64("policy", 0x008);
        bytes("family_id", 0x010, 16);
        bytes("image_id", 0x020, 16);
        u32("vmpl", 0x030);
        u32("sig_algo", 0x034);
        tcb("current_tcb", 0x038, turin);
        u64("plat_info", 0x040);
        u32("key_info", 0x048);
        bytes("report_data", 0x050, 64);
        bytes("measurement", 0x090, 48);
        bytes("host_data", 0x0C0, 32);
        bytes("id_key_digest", 0x0E0, 48);
        bytes("author_key_digest", 0x110, 48);
        bytes("report_id", 0x140, 32);
        bytes("report_id_ma", 0x160, 32);
        tcb("reported_tcb", 0x180, turin);
        processor("cpuid_fam_id", 0x188, version);
        processor("cpuid_mod_id", 0x189, version);
        processor("cpuid_step", 0x18A, version);
        bytes("chip_id", 0x1A0, 64);
        tcb("committed_tcb", 0x1E0, turin);
        firmware("current", 0x1E8);
        firmware("committed", 0x1EC);
        tcb("launch_tcb", 0x1F0, turin);
        mitigations("launch_mit_vector", 0x1F8, version);
        mitigations("current_mit_vector", 0x200, version);
        signature();
        return json;
    }

    private boolean turin() throws MalformedReportException {
        return Product.ofCpuid(report.at(0x188), report.at(0x189))
                        .orElseThrow(() -> new MalformedReportException(
                                0x188, "unknown processor %02x/%02x".formatted(report.at(0x188), report.at(0x189))))
                == Product.TURIN;
    }

    /** Version 2 does not say its processor: the older layout, unless a version stands where that has none. */
    private boolean fitsMilan() {
        for (int tcb : TCBS) {
            if (!report.slice(tcb + 2, 4).isZero()) {
                return false;
            }
        }
        return true;
    }

    private void u32(String name, int offset) {
        json.addProperty(name, Integer.toUnsignedLong(in.getInt(offset)));
    }

    private void u64(String name, int offset) {
        json.add(name, new JsonPrimitive(new BigInteger(Long.toUnsignedString(in.getLong(offset)))));
    }

    private void bytes(String name, int offset, int size) {
        json.add(name, numbers(report.slice(offset, size)));
    }

    private void tcb(String name, int offset, boolean turin) {
        int next = turin ? offset + 1 : offset;
        var tcb = new JsonObject();
        tcb.add("fmc", turin ? new JsonPrimitive(report.at(offset)) : JsonNull.INSTANCE);
        tcb.addProperty("bootloader", report.at(next));
        tcb.addProperty("tee", report.at(next + 1));
        tcb.addProperty("snp", report.at(turin ? offset + 3 : offset + 6));
        tcb.addProperty("microcode", report.at(offset + 7));
        json.add(name, tcb);
    }

    private void processor(String name, int offset, int version) {
        json.add(name, version == 2 ? JsonNull.INSTANCE : new JsonPrimitive(report.at(offset)));
    }

    private void firmware(String name, int offset) {
        var version = new JsonObject();
        version.addProperty("major", report.at(offset + 2));
        version.addProperty("minor", report.at(offset + 1));
        version.addProperty("build", report.at(offset));
        json.add(name, version);
    }

    private void mitigations(String name, int offset, int version) {
        if (version < 5) {
            json.add(name, JsonNull.INSTANCE);
        } else {
            u64(name, offset);
        }
    }

    private void signature() {
        var signature = new JsonObject();
        signature.add("r", numbers(report.slice(AttestationReport.SIGNED, 72)));
        signature.add("s", numbers(report.slice(AttestationReport.SIGNED + 72, 72)));
        json.add("signature", signature);
    }

    static JsonElement numbers(Bytes bytes) {
        var array = new JsonArray(bytes.length());
        for (int i = 0; i < bytes.length(); i++) {
            array.add(bytes.at(i));
        }
        return array;
    }
}
