package dev.husk.cli;

import dev.husk.snp.CertificateTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code husk snp report}: evidence about the machine that this runs on. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = {
            "Gets an attestation report about this machine, which must be an SEV-SNP guest.",
            "Judges nothing: husk snp verify does."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  husk snp report --nonce-file nonce --certificates certificates",
            "  husk snp report --source sev-guest --json --out evidence.json"
        })
final class SnpReportCommand implements Callable<Integer> {
    private static final int REPORT_DATA = 64;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--source",
            paramLabel = "SOURCE",
            defaultValue = "auto",
            description = {
                "Where reports come from: agent:URL (the Attestation Agent), configfs-tsm, sev-guest"
                        + " (/dev/sev-guest; sev-guest:PATH for another), or simulator:URL, which proves nothing.",
                "Default auto: the agent on port 8006, configfs-tsm, sev-guest, whichever answers first."
            })
    private String source = "auto";

    @Option(
            names = "--report-data",
            paramLabel = "HEX",
            description = "Up to 64 bytes that the report is to hold, filled up with zeros, so that nobody can show an"
                    + " older one. Default: random.")
    private Optional<String> hex = Optional.empty();

    @Option(
            names = "--nonce-file",
            paramLabel = "FILE",
            description = "What --report-data takes, as a file of 1 to 64 bytes.")
    private Optional<Path> nonceFile = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "The file to write, which must not exist yet. Default report.bin; with --json, what is printed.")
    private Optional<Path> out = Optional.empty();

    @Option(
            names = "--certificates",
            paramLabel = "DIR",
            description = "Writes what the host gave beside the report: vcek.der or vlek.der, ask.der, ark.der.")
    private Optional<Path> certificates = Optional.empty();

    @Option(names = "--json", description = "KBS evidence as JSON, report and certificates in one.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailed, IOException {
        var own = OwnEvidence.ask(source, reportData());
        if (certificates.isPresent()) {
            for (var entry : own.evidence().table().certificates().entrySet()) {
                WholeFile.create(
                        certificates.get().resolve(file(entry.getKey())),
                        entry.getValue().toArray());
            }
        }
        if (json && out.isEmpty()) {
            out("%s", own.json());
            return ExitCodes.OK;
        }
        var file = out.orElse(Path.of("report.bin"));
        if (json) {
            WholeFile.create(file, own.json() + "\n");
        } else {
            WholeFile.create(file, own.evidence().report().toArray());
        }
        print(file, own);
        return ExitCodes.OK;
    }

    private byte[] reportData() throws CommandFailed, IOException {
        byte[] given = new byte[REPORT_DATA];
        if (hex.isPresent() && nonceFile.isPresent()) {
            throw CommandFailed.unusable("give --report-data or --nonce-file, not both");
        }
        if (hex.isPresent()) {
            try {
                given = HexFormat.of().parseHex(hex.get());
            } catch (IllegalArgumentException e) {
                throw CommandFailed.unusable("--report-data is not hex");
            }
        } else if (nonceFile.isPresent()) {
            try (var in = Files.newInputStream(nonceFile.get())) {
                given = in.readNBytes(REPORT_DATA + 1);
            }
        } else {
            new SecureRandom().nextBytes(given);
        }
        if (given.length == 0 || given.length > REPORT_DATA) {
            throw CommandFailed.unusable("report data has 1 to 64 bytes");
        }
        return Arrays.copyOf(given, REPORT_DATA);
    }

    private void print(Path file, OwnEvidence own) {
        var report = own.evidence().report();
        out("%s: a report of version %d from %s", file, report.at(0), own.source());
        out("report data   %s", report.slice(OwnEvidence.REPORT_DATA, REPORT_DATA));
        var files = own.evidence().table().certificates().keySet().stream()
                .map(SnpReportCommand::file)
                .collect(Collectors.joining(", "));
        if (files.isEmpty()) {
            out("certificates  none: the host gave none with it");
        } else {
            out(
                    "certificates  %s%s",
                    files, certificates.map(folder -> " in " + folder).orElse(" (--certificates DIR)"));
        }
        if (own.simulated()) {
            out("SIMULATED: this report comes from a simulator and proves nothing.");
        }
        out("Nothing was judged: husk snp verify does that.");
    }

    private static String file(CertificateTable.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT) + ".der";
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
        spec.commandLine().getOut().flush();
    }
}
