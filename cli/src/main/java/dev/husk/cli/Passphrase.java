package dev.husk.cli;

import picocli.CommandLine.Option;

/** How a command gets the passphrase of a signing key: {@code HUSK_PASSPHRASE}, or asked for on the terminal. */
final class Passphrase {
    @Option(
            names = "--passphrase-env",
            paramLabel = "NAME",
            defaultValue = "HUSK_PASSPHRASE",
            description = "Environment variable with the key's passphrase; asked for when it is not set.")
    private String variable = "HUSK_PASSPHRASE";

    char[] get(Settings settings) throws CommandFailed {
        var given = settings.environment().get(variable);
        if (given != null) {
            return given.toCharArray();
        }
        var console = System.console();
        var typed = console == null ? null : console.readPassword("Passphrase: ");
        if (typed == null) {
            throw CommandFailed.unusable("no passphrase: set " + variable + " or run in a terminal");
        }
        return typed;
    }
}
