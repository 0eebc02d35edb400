package dev.husk.cli;

import picocli.CommandLine.Command;

/** The {@code snp} commands: attestation reports of AMD SEV-SNP, whoever made them. */
@Command(
        name = "snp",
        mixinStandardHelpOptions = true,
        description = "Gets, shows and verifies attestation reports of AMD SEV-SNP.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            SnpReportCommand.class,
            SnpShowCommand.class,
            SnpVerifyCommand.class,
            SnpFetchCommand.class,
            SnpMeasureCommand.class,
        })
final class SnpCommand {}
