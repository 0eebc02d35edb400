package dev.husk.cli;

import picocli.CommandLine.Command;

/** The {@code kata} commands: what a sandbox under Kata Containers is started with, and what a contract names of it. */
@Command(
        name = "kata",
        mixinStandardHelpOptions = true,
        description = "Makes initdata for sandboxes under Kata Containers, and the platform that contracts name.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            KataInitDataCommand.class,
            KataReferenceValuesCommand.class,
        })
final class KataCommand {}
