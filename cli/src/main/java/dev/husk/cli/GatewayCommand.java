package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.gateway.GatewayJudgement;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code gateway} commands: which gateway is trusted, and whether this is it. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Pins and verifies the gateway that holds the keys.",
        synopsisSubcommandLabel = "COMMAND")
final class GatewayCommand {
    /** A simulated platform proves nothing about software, so nothing but the simulator is pinned. */
    private static final String SIMULATED = """
            {"name":"gateway","tee":"simulated","binding":"sandbox","products":"any","measurements":"any",
             "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],
             "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any"}}""";

    private final Settings settings;
    private final PartyApi api;

    @Spec
    private CommandSpec spec;

    GatewayCommand(Settings settings) {
        this.settings = settings;
        this.api = new PartyApi(settings);
    }

    @Command(
            name = "pin",
            mixinStandardHelpOptions = true,
            description = "Says which gateway gets secrets; forgets the keys of the one before.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  husk gateway pin --platform gateway.yaml",
                "  husk gateway pin --simulated-root ~/.husk/simulator/ark.der"
            })
    int pin(
            @Option(
                            names = "--platform",
                            paramLabel = "FILE",
                            description = "Reference values: a platform as in contracts, YAML or JSON.")
                    Optional<Path> platform,
            @Option(
                            names = "--simulated-root",
                            paramLabel = "FILE",
                            description = "Root certificate (DER) of a simulator. Protects nothing; for trying out.")
                    Optional<Path> simulatedRoot)
            throws CommandFailed, IOException {
        if (platform.isEmpty() && simulatedRoot.isEmpty()) {
            throw CommandFailed.unusable("nothing to pin: give --platform FILE, or --simulated-root FILE");
        }
        Optional<X509Certificate> root =
                simulatedRoot.isEmpty() ? Optional.empty() : Optional.of(certificate(simulatedRoot.get()));
        var pin = GatewayPin.of(platform.isEmpty() ? simulated() : ContractFile.json(platform.get()), root);
        settings.pin(pin.json());
        out("pinned in %s:", settings.pinFile());
        pin.values().explain().forEach(line -> out("  %s", line));
        out("The gateway's keys are pinned when it is verified for the first time: husk gateway verify");
        return ExitCodes.OK;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = "Asks the gateway for fresh evidence and holds it against the pin.",
            footerHeading = "%nExamples:%n",
            footer = {"  husk gateway verify", "  husk gateway verify --json"})
    int verify(@Option(names = "--json", description = "The checks as JSON.") boolean json)
            throws CommandFailed, IOException {
        var judgement = new GatewayVerification(settings, api.gateway()).judge();
        if (json) {
            out("%s", json(judgement));
        } else {
            print(judgement, Terminal.of(settings.environment()));
        }
        return judgement.gateway().isPresent() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private void print(GatewayJudgement judgement, Terminal terminal) {
        for (var check : judgement.checks()) {
            out(
                    "%s %s: %s",
                    check.passed() ? terminal.green("ok    ") : terminal.red("FAILED"),
                    check.name(),
                    Terminal.printable(check.detail()));
        }
        judgement
                .gateway()
                .ifPresentOrElse(
                        gateway -> {
                            if (gateway.simulated()) {
                                out(
                                        "%s",
                                        terminal.yellow(
                                                "SIMULATED: this gateway's hardware is a simulator. "
                                                        + "Whoever runs it can read everything; use it to try things out only."));
                            }
                            out("verified");
                        },
                        () -> out("%s", terminal.red("NOT VERIFIED: hand it no secret")));
    }

    private static JsonObject json(GatewayJudgement judgement) {
        var json = new JsonObject();
        json.addProperty("verified", judgement.gateway().isPresent());
        judgement.gateway().ifPresent(gateway -> {
            json.addProperty("simulated", gateway.simulated());
            json.add("keys", gateway.keys().json());
            json.addProperty("checkpoint", gateway.checkpoint().text());
        });
        json.add("checks", GatewayVerification.json(judgement.checks()));
        return json;
    }

    private static JsonElement simulated() {
        try {
            return Json.parse(SIMULATED.getBytes(StandardCharsets.UTF_8), SIMULATED.length());
        } catch (MalformedJsonException e) {
            throw new IllegalStateException(e);
        }
    }

    private static X509Certificate certificate(Path file) throws CommandFailed, IOException {
        try {
            return GatewayPin.certificate(Files.readAllBytes(file));
        } catch (CertificateException e) {
            throw CommandFailed.unusable(file + " is not a certificate in DER");
        }
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
