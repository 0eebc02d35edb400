package dev.husk.cli.snp;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Cpuid;
import dev.husk.snp.GuestPolicy;
import dev.husk.snp.PlatformInfo;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;

/** A report's fields as JSON: bytes in hex, bits by name, called as a contract's platform calls them. */
final class ReportMembers {
    private ReportMembers() {}

    static JsonObject of(AttestationReport report, boolean productCertain) {
        var json = new JsonObject();
        json.addProperty("version", report.version());
        json.addProperty("product", productCertain ? report.product().label() : null);
        json.add(
                "cpuid",
                report.cpuid()
                        .<com.google.gson.JsonElement>map(ReportMembers::cpuid)
                        .orElse(JsonNull.INSTANCE));
        json.addProperty("vmpl", report.vmpl());
        json.addProperty("signingKey", report.signingKey().toString());
        json.addProperty("reportData", report.reportData().toString());
        json.addProperty("measurement", report.measurement().toString());
        json.addProperty("hostData", report.hostData().toString());
        json.addProperty("guestSvn", Integer.toUnsignedLong(report.guestSvn()));
        json.addProperty("familyId", report.familyId().toString());
        json.addProperty("imageId", report.imageId().toString());
        json.addProperty("idKeyDigest", report.idKeyDigest().toString());
        json.addProperty("authorKeyUsed", report.authorKeyUsed());
        json.addProperty("authorKeyDigest", report.authorKeyDigest().toString());
        json.add("policy", policy(report.policy()));
        json.add("platformInfo", platformInfo(report.platformInfo()));
        json.addProperty("reportId", report.reportId().toString());
        json.addProperty("migrationAgentId", report.migrationAgentId().toString());
        json.addProperty("chipId", report.chipId().toString());
        json.add("reportedTcb", tcb(report, report.reportedTcb()));
        json.add("currentTcb", tcb(report, report.currentTcb()));
        json.add("committedTcb", tcb(report, report.committedTcb()));
        json.add("launchTcb", tcb(report, report.launchTcb()));
        json.addProperty("currentFirmware", report.currentFirmware().toString());
        json.addProperty("committedFirmware", report.committedFirmware().toString());
        json.addProperty("launchMitigations", Long.toUnsignedString(report.launchMitigations()));
        json.addProperty("currentMitigations", Long.toUnsignedString(report.currentMitigations()));
        return json;
    }

    private static JsonObject cpuid(Cpuid cpuid) {
        var json = new JsonObject();
        json.addProperty("family", cpuid.family());
        json.addProperty("model", cpuid.model());
        json.addProperty("stepping", cpuid.stepping());
        return json;
    }

    private static JsonObject policy(GuestPolicy policy) {
        var json = new JsonObject();
        json.addProperty("raw", Long.toUnsignedString(policy.raw()));
        json.addProperty("abi", policy.abiMajor() + "." + policy.abiMinor());
        json.addProperty("smt", policy.smtAllowed());
        json.addProperty("migrationAgent", policy.migrationAgentAllowed());
        json.addProperty("debug", policy.debugAllowed());
        json.addProperty("singleSocket", policy.singleSocketRequired());
        json.addProperty("cxl", policy.cxlAllowed());
        json.addProperty("memoryAes256", policy.memoryAes256Required());
        json.addProperty("raplDisabled", policy.raplDisabledRequired());
        json.addProperty("ciphertextHiding", policy.ciphertextHidingRequired());
        json.addProperty("pageSwapDisabled", policy.pageSwapDisabled());
        return json;
    }

    private static JsonObject platformInfo(PlatformInfo info) {
        var json = new JsonObject();
        json.addProperty("raw", Long.toUnsignedString(info.raw()));
        json.addProperty("smt", info.smtEnabled());
        json.addProperty("tsme", info.tsmeEnabled());
        json.addProperty("ecc", info.eccEnabled());
        json.addProperty("raplDisabled", info.raplDisabled());
        json.addProperty("ciphertextHiding", info.ciphertextHidingEnabled());
        json.addProperty("aliasCheck", info.aliasCheckComplete());
        json.addProperty("tio", info.tioEnabled());
        return json;
    }

    private static JsonObject tcb(AttestationReport report, TcbVersion tcb) {
        var json = new JsonObject();
        if (report.product() == Product.TURIN) {
            json.addProperty("fmc", tcb.fmc());
        }
        json.addProperty("bootloader", tcb.bootloader());
        json.addProperty("tee", tcb.tee());
        json.addProperty("snp", tcb.snp());
        json.addProperty("microcode", tcb.microcode());
        return json;
    }
}
