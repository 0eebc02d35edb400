package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import dev.husk.cli.snp.Outcome;
import dev.husk.cli.snp.ReportCase;
import dev.husk.cli.snp.ReportJudge;
import dev.husk.cli.snp.UnusableInputException;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Judges a report, or many. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = {
            "Judges a report: AMD's signature chain, revocation, and what the report must show. Prints every reason"
                    + " against it. AMD's own ASK, ASVK and ARK certificates are known and need not be given.",
            "With --batch, judges one case a line: a JSON object whose members are called as the options are, and"
                    + " `report`; `id` comes back. Answers a JSON line for each."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  husk snp fetch --report report.bin --into carried",
            "  husk snp verify report.bin --chain carried --expect platform.json",
            "  husk snp verify report.bin --certificate vcek.der --signature-only",
            "  husk snp verify --batch cases.jsonl"
        })
final class SnpVerifyCommand implements Callable<Integer> {
    private static final int MAX_LINE = 1 << 20;

    private final Settings settings;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "REPORT",
            description = "A report as the firmware gives it, with its certificate table, or evidence in JSON as KBS"
                    + " clients send it; a report that Azure wraps (HCL).")
    private Optional<Path> report = Optional.empty();

    @Option(
            names = "--certificate",
            paramLabel = "LEAF",
            description = "VCEK or VLEK certificate, DER or PEM; may be given again for its chain. Not needed where the"
                    + " report's file carries it.")
    private List<Path> certificates = List.of();

    @Option(
            names = "--chain",
            paramLabel = "DIR",
            description =
                    "Folder with certificates of authorities, or one that `husk snp fetch` wrote, which also has the"
                            + " leaf and the revocation list.")
    private Optional<Path> chain = Optional.empty();

    @Option(
            names = "--crl",
            paramLabel = "FILE",
            description = "Revocation list of the product, DER or PEM, or a folder with Milan.crl and so on.")
    private Optional<Path> crl = Optional.empty();

    @Option(names = "--at", paramLabel = "TIME", description = "When to judge, such as 2026-01-31T12:00:00Z; else now.")
    private Optional<String> at = Optional.empty();

    @Option(
            names = "--expect",
            paramLabel = "FILE",
            description = "What the report must show, JSON or YAML: the members of a contract's platform, and"
                    + " reportData (128 hex digits, or any). For Azure's evidence nonce, userData and pcrs too.")
    private Optional<Path> expect = Optional.empty();

    @Option(names = "--signature-only", description = "Judges the signature chain alone; nothing else is looked at.")
    private boolean signatureOnly;

    @Option(names = "--accept-revoked", description = "Does not look for revoked certificates.")
    private boolean acceptRevoked;

    @Option(
            names = "--simulated-root",
            paramLabel = "FILE",
            description = "Believes a simulator with this root certificate. Protects nothing; for trying out.")
    private Optional<Path> simulatedRoot = Optional.empty();

    @Option(names = "--batch", paramLabel = "CASES", description = "File with a case a line, or - for the input.")
    private Optional<String> batch = Optional.empty();

    @Option(names = "--json", description = "The verdict as JSON.")
    private boolean json;

    SnpVerifyCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws CommandFailed, IOException {
        var judge = new ReportJudge(Clock.systemUTC());
        if (batch.isPresent()) {
            if (report.isPresent()) {
                throw CommandFailed.unusable("give a report or --batch, not both");
            }
            return batch(judge);
        }
        if (report.isEmpty()) {
            throw CommandFailed.unusable("which report? give its file, or --batch CASES");
        }
        if (expect.isEmpty() && !signatureOnly) {
            throw CommandFailed.unusable("what is expected of the report? give --expect FILE, or --signature-only to"
                    + " judge nothing but the signature chain");
        }
        if (expect.isPresent() && signatureOnly) {
            throw CommandFailed.unusable(
                    "--signature-only looks at nothing that --expect could say: give one of the two");
        }
        var outcome = judge.judge(new ReportCase(
                report.get(),
                certificates,
                chain,
                crl,
                at(),
                expect.isPresent() ? Optional.of(ContractFile.json(expect.get())) : Optional.empty(),
                signatureOnly,
                acceptRevoked,
                simulatedRoot));
        if (json) {
            spec.commandLine().getOut().println(outcome.json());
        } else {
            print(outcome, Terminal.of(settings.environment()));
        }
        return exitCode(outcome);
    }

    private Optional<Instant> at() throws CommandFailed {
        try {
            return at.isPresent() ? Optional.of(ReportCase.time(at.get())) : Optional.empty();
        } catch (UnusableInputException e) {
            throw CommandFailed.unusable("--at: " + e.getMessage());
        }
    }

    private int batch(ReportJudge judge) throws CommandFailed, IOException {
        var file = batch.orElseThrow();
        if (!file.equals("-") && (!Files.exists(Path.of(file)) || Files.isDirectory(Path.of(file)))) {
            throw CommandFailed.unusable("no file " + file);
        }
        int worst = ExitCodes.OK;
        try (var in = file.equals("-") ? System.in : Files.newInputStream(Path.of(file));
                var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank()) {
                    worst = Math.max(worst, judged(line, judge));
                }
            }
        }
        spec.commandLine().getOut().flush();
        return worst;
    }

    private int judged(String line, ReportJudge judge) {
        JsonElement given = JsonNull.INSTANCE;
        Outcome outcome;
        try {
            given = Json.parse(line.getBytes(StandardCharsets.UTF_8), MAX_LINE);
            outcome = judge.judge(given, SnpVerifyCommand::expectations);
        } catch (MalformedJsonException e) {
            outcome = new Outcome.Unusable("not JSON: " + e.getMessage());
        }
        var answer = outcome.json();
        if (given.isJsonObject() && given.getAsJsonObject().has("id")) {
            answer.add("id", given.getAsJsonObject().get("id"));
        }
        spec.commandLine().getOut().println(answer);
        return exitCode(outcome);
    }

    private static JsonElement expectations(Path file) throws UnusableInputException {
        try {
            return ContractFile.json(file);
        } catch (CommandFailed | IOException e) {
            throw new UnusableInputException(String.valueOf(e.getMessage()));
        }
    }

    private void print(Outcome outcome, Terminal terminal) throws CommandFailed {
        var out = spec.commandLine().getOut();
        if (outcome instanceof Outcome.Trusted trusted) {
            if (!trusted.everything()) {
                out.println(terminal.green("signed") + " by a key that chains to AMD's root");
                out.println(terminal.yellow("Nothing else was judged: neither revocation, dates and whether the"
                        + " certificate fits the report, nor anything that the report says."));
                return;
            }
            out.println(terminal.green("trusted") + ": everything is as expected");
            if (trusted.simulated()) {
                out.println(terminal.yellow("SIMULATED: whoever runs the simulator can forge every report."));
            }
            if (!trusted.revocationJudged()) {
                out.println(terminal.yellow("Revoked certificates were accepted."));
            }
        } else if (outcome instanceof Outcome.Rejected rejected) {
            out.println(terminal.red("rejected") + (rejected.everything() ? ":" : " by the signature chain alone:"));
            for (var reason : rejected.reasons()) {
                out.println("  %-26s %s".formatted(reason.code(), Terminal.printable(reason.detail())));
                if (reason.code().equals("REVOCATION_UNKNOWN") && crl.isEmpty()) {
                    out.println("  %-26s %s".formatted("", "--crl FILE gives one; `husk snp fetch` gets it from AMD"));
                }
            }
        } else if (outcome instanceof Outcome.Malformed malformed) {
            throw CommandFailed.unusable(malformed.detail());
        } else if (outcome instanceof Outcome.MalformedEvidence malformed) {
            throw CommandFailed.unusable(malformed.detail());
        } else if (outcome instanceof Outcome.Unusable unusable) {
            throw CommandFailed.unusable(unusable.detail());
        }
    }

    private static int exitCode(Outcome outcome) {
        if (outcome instanceof Outcome.Trusted) {
            return ExitCodes.OK;
        }
        return outcome instanceof Outcome.Rejected ? ExitCodes.REFUSED : ExitCodes.UNUSABLE;
    }
}
