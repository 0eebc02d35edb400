package dev.husk.cli;

import dev.husk.cli.snp.ReportView;
import dev.husk.cli.snp.UnusableInputException;
import dev.husk.cli.terminal.Terminal;
import dev.husk.snp.MalformedCertificateTableException;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.snp.MalformedReportException;
import dev.husk.snp.Product;
import dev.husk.snp.azure.MalformedAzureEvidenceException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Explains a report. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = {
            "Explains every field of a report. Believes none: `husk snp verify` does the judging.",
            "Reads a report as the firmware gives it (1184 bytes), with its certificate table behind it, as Azure wraps"
                    + " it (HCL), or the JSON that KBS clients send."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  husk snp show report.bin", "  husk snp show --json evidence.json"})
final class SnpShowCommand implements Callable<Integer> {
    private final Settings settings;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "REPORT", description = "The report's file.")
    private Path file;

    @Option(
            names = "--product",
            paramLabel = "NAME",
            description = "Milan, Genoa or Turin, for a report of version 2, which does not say it.")
    private Optional<String> product = Optional.empty();

    @Option(names = "--json", description = "The fields as JSON.")
    private boolean json;

    SnpShowCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws CommandFailed {
        var out = spec.commandLine().getOut();
        try {
            var view = ReportView.of(file, product());
            if (json) {
                out.println(view.json());
            } else {
                var terminal = Terminal.of(settings.environment());
                view.lines(terminal).forEach(out::println);
            }
            return ExitCodes.OK;
        } catch (MalformedReportException
                | MalformedEvidenceException
                | MalformedCertificateTableException
                | MalformedAzureEvidenceException
                | UnusableInputException e) {
            throw CommandFailed.unusable("%s: %s".formatted(file, e.getMessage()));
        }
    }

    private Optional<Product> product() throws CommandFailed {
        if (product.isEmpty()) {
            return Optional.empty();
        }
        var known = Product.of(product.get());
        if (known.isEmpty()) {
            throw CommandFailed.unusable("there is no product '%s': Milan, Genoa, Turin".formatted(product.get()));
        }
        return known;
    }
}
