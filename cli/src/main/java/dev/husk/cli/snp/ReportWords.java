package dev.husk.cli.snp;

import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import dev.husk.snp.GuestPolicy;
import dev.husk.snp.PlatformInfo;
import dev.husk.snp.Product;
import dev.husk.snp.TcbVersion;
import java.util.ArrayList;
import java.util.List;

/** A report, explained field by field to a person. Nothing in it is believed by being shown. */
public final class ReportWords {
    /**
     * One field.
     *
     * @param value as the report has it, hex or a number
     * @param meaning what it means, in a sentence; may be empty
     */
    public record Line(String field, String value, String meaning) {}

    private final AttestationReport report;
    private final boolean productCertain;
    private final List<Line> lines = new ArrayList<>();

    private ReportWords(AttestationReport report, boolean productCertain) {
        this.report = report;
        this.productCertain = productCertain;
    }

    /**
     * @param productCertain false for a report of version 2 of which nobody said the product; Milan and Genoa read alike
     */
    static List<Line> of(AttestationReport report, boolean productCertain) {
        var words = new ReportWords(report, productCertain);
        words.write();
        return List.copyOf(words.lines);
    }

    private void add(String field, Object value, String meaning) {
        lines.add(new Line(field, value.toString(), meaning));
    }

    private void write() {
        add("version", report.version(), "format of the report; 2 to 5 are known");
        processor();
        add("vmpl", report.vmpl(), "privilege level of the software that asked; 0 is the highest");
        add(
                "signing key",
                report.signingKey(),
                report.signingKey() == AttestationReport.SigningKey.VCEK
                        ? "the chip's own key"
                        : "a key that AMD gave to a cloud");
        add("report data", report.reportData(), "64 bytes chosen by the guest: its nonce, its key, its claim");
        add("measurement", report.measurement(), "SHA-384 over the launched guest: firmware, kernel, vCPUs");
        add(
                "host data",
                report.hostData(),
                zero(report.hostData(), "nothing", "32 bytes chosen by the host at launch"));
        add(
                "guest svn",
                Integer.toUnsignedString(report.guestSvn()),
                "security version of the image, from its ID block");
        add("family id", report.familyId(), zero(report.familyId(), "none", "from the ID block"));
        add("image id", report.imageId(), zero(report.imageId(), "none", "from the ID block"));
        add(
                "id key digest",
                report.idKeyDigest(),
                zero(report.idKeyDigest(), "no ID block", "SHA-384 of the key that signed the ID block"));
        add(
                "author key digest",
                report.authorKeyDigest(),
                report.authorKeyUsed() ? "SHA-384 of the key that signed the ID key" : "no author key was used");
        policy(report.policy());
        platform(report.platformInfo());
        add("report id", report.reportId(), "names this guest for its whole life");
        add(
                "migration agent",
                report.migrationAgentId(),
                report.migrationAgentId().equals(Bytes.fromHex("ff".repeat(32)))
                        ? "none"
                        : "the guest that may move this one");
        add("chip id", report.chipId(), zero(report.chipId(), "masked by the machine's owner", "names the processor"));
        tcb("reported tcb", report.reportedTcb(), "firmware that the signing key was made for");
        tcb("current tcb", report.currentTcb(), "firmware that runs now");
        tcb("committed tcb", report.committedTcb(), "firmware below which the machine cannot be set back");
        tcb("launch tcb", report.launchTcb(), "firmware when this guest was launched");
        add("current firmware", report.currentFirmware(), "SEV firmware that runs now");
        add(
                "committed firmware",
                report.committedFirmware(),
                "SEV firmware below which the machine cannot be set back");
        if (report.version() >= 5) {
            add("launch mitigations", hex(report.launchMitigations()), "bit vector of mitigations at launch");
            add("current mitigations", hex(report.currentMitigations()), "bit vector of mitigations now");
        }
    }

    private void processor() {
        if (report.cpuid().isPresent()) {
            add("product", report.product().label(), report.cpuid().get().toString());
        } else {
            add(
                    "product",
                    productCertain ? report.product().label() : "Milan or Genoa",
                    "version 2 does not say its processor" + (productCertain ? "; taken from the command" : ""));
        }
    }

    private void policy(GuestPolicy policy) {
        add("guest policy", hex(policy.raw()), "what the host may do to the guest:");
        add("  firmware abi", policy.abiMajor() + "." + policy.abiMinor(), "the oldest that may run the guest");
        bit("  smt", policy.smtAllowed(), "threads of a core may run different guests");
        bit("  migration agent", policy.migrationAgentAllowed(), "the guest may be moved to another machine");
        bit(
                "  debug",
                policy.debugAllowed(),
                policy.debugAllowed() ? "THE HOST CAN READ THE GUEST" : "the host cannot debug");
        bit("  single socket", policy.singleSocketRequired(), "the guest must stay on one socket");
        bit("  cxl", policy.cxlAllowed(), "memory behind CXL may be used");
        bit("  memory aes 256", policy.memoryAes256Required(), "memory must be encrypted with AES-256-XTS");
        bit("  rapl disabled", policy.raplDisabledRequired(), "power meters must be off");
        bit("  ciphertext hiding", policy.ciphertextHidingRequired(), "the host must not see ciphertext either");
        bit("  page swap disabled", policy.pageSwapDisabled(), "the host must not swap the guest's pages");
    }

    private void platform(PlatformInfo info) {
        add("platform info", hex(info.raw()), "how the machine is set up:");
        bit("  smt", info.smtEnabled(), "simultaneous multithreading");
        bit("  tsme", info.tsmeEnabled(), "all memory is encrypted, the host's too");
        bit("  ecc", info.eccEnabled(), "memory corrects errors");
        bit("  rapl disabled", info.raplDisabled(), "power meters are off");
        bit("  ciphertext hiding", info.ciphertextHidingEnabled(), "the host does not see ciphertext");
        bit("  alias check", info.aliasCheckComplete(), "memory was checked for aliases (CVE-2024-21944)");
        bit("  trusted i/o", info.tioEnabled(), "devices can be trusted by guests");
    }

    private void bit(String field, boolean set, String meaning) {
        add(field, set ? "yes" : "no", meaning);
    }

    private void tcb(String field, TcbVersion tcb, String meaning) {
        var fmc = report.product() == Product.TURIN ? "fmc %d, ".formatted(tcb.fmc()) : "";
        add(
                field,
                "%sbootloader %d, tee %d, snp %d, microcode %d"
                        .formatted(fmc, tcb.bootloader(), tcb.tee(), tcb.snp(), tcb.microcode()),
                meaning);
    }

    private static String zero(Bytes value, String whenZero, String otherwise) {
        return value.isZero() ? whenZero : otherwise;
    }

    private static String hex(long value) {
        return "0x" + Long.toHexString(value);
    }
}
