package dev.husk.cli;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.seal.HpkeKeyPair;
import java.io.IOException;
import java.util.Arrays;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code party} commands: who signs. */
@Command(
        name = "party",
        mixinStandardHelpOptions = true,
        description = "Makes and shows parties' signing keys.",
        synopsisSubcommandLabel = "COMMAND")
final class PartyCommand {
    private final Settings settings;

    @Spec
    private CommandSpec spec;

    PartyCommand(Settings settings) {
        this.settings = settings;
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Makes a signing key and prints its public half, for the contract.",
            footerHeading = "%nExamples:%n",
            footer = {"  husk party create hospital-a", "  husk party create hospital-a --algorithm ES256"})
    int create(
            @Parameters(paramLabel = "NAME", description = "The party's name.") String name,
            @Option(
                            names = "--algorithm",
                            paramLabel = "ALGORITHM",
                            defaultValue = "Ed25519",
                            description = "Ed25519, or ES256 where others verify by P-256 alone (${DEFAULT-VALUE}).")
                    String algorithm,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var file = settings.key(name);
        try (var signer = fresh(algorithm)) {
            create(file, signer, passphrase);
            spec.commandLine().getOut().println(signer.key().text());
            return ExitCodes.OK;
        }
    }

    private static PartySigner fresh(String algorithm) throws CommandFailed {
        return switch (algorithm) {
            case "Ed25519" -> PartySigner.generate();
            case "ES256" -> PartySigner.generateEs256();
            default -> throw CommandFailed.unusable("--algorithm is Ed25519 or ES256");
        };
    }

    private void create(PartyKeyFile file, PartySigner signer, Passphrase passphrase)
            throws CommandFailed, IOException {
        char[] secret = passphrase.get(settings);
        try {
            file.create(signer, secret);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints a party's public key.")
    int show(
            @Parameters(paramLabel = "NAME", description = "The party's name.") String name,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        char[] secret = passphrase.get(settings);
        try (var signer = settings.key(name).open(secret)) {
            spec.commandLine().getOut().println(signer.key().text());
            return ExitCodes.OK;
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    @Command(
            name = "recovery-key",
            mixinStandardHelpOptions = true,
            description =
                    "Prints the key that this party's share of a gateway's state key is sealed to; makes it where there is none.",
            footerHeading = "%nExamples:%n",
            footer = "  husk party recovery-key hospital-a      (for the gateway's HUSK_RECOVERY)")
    int recoveryKey(
            @Parameters(paramLabel = "NAME", description = "The party's name.") String name,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var file = settings.recoveryKey(name);
        char[] secret = passphrase.get(settings);
        try {
            if (!file.exists()) {
                try (var fresh = HpkeKeyPair.generate()) {
                    file.create(fresh, secret);
                }
            }
            try (var pair = file.open(secret)) {
                spec.commandLine().getOut().println("x25519:" + Base64Url.encode(pair.publicKey()));
            }
            return ExitCodes.OK;
        } finally {
            Arrays.fill(secret, '\0');
        }
    }
}
