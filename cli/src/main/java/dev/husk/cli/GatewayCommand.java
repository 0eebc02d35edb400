package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.gateway.GatewayJudgement;
import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.seal.HpkeKeyPair;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The {@code gateway} commands: which gateway is trusted, and whether this is it. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = "Pins, verifies and recovers the gateway that holds the keys.",
        synopsisSubcommandLabel = "COMMAND")
final class GatewayCommand {
    /** A simulated platform proves nothing about software, so nothing but the simulator is pinned. */
    private static final String SIMULATED = """
            {"name":"gateway","tee":"simulated","binding":"sandbox","products":"any","measurements":"any",
             "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any","authorKeys":"any","providers":"none",
             "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}""";

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
                "  husk gateway pin --platform new.yaml --peers former.yaml    (while a former version hands over)",
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
                    Optional<Path> simulatedRoot,
            @Option(
                            names = "--peers",
                            paramLabel = "FILE",
                            description =
                                    "A platform that may have the gateway's state key, too: what --platform does not"
                                            + " allow, such as a former version.")
                    Optional<Path> peers)
            throws CommandFailed, IOException {
        if (platform.isEmpty() && simulatedRoot.isEmpty()) {
            throw CommandFailed.unusable("nothing to pin: give --platform FILE, or --simulated-root FILE");
        }
        Optional<X509Certificate> root =
                simulatedRoot.isEmpty() ? Optional.empty() : Optional.of(certificate(simulatedRoot.get()));
        Optional<JsonElement> accepted =
                peers.isEmpty() ? Optional.empty() : Optional.of(ContractFile.json(peers.get()));
        var pin = GatewayPin.of(platform.isEmpty() ? simulated() : ContractFile.json(platform.get()), root, accepted);
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

    @Command(
            name = "recovery-shares",
            mixinStandardHelpOptions = true,
            description = "Fetches a party's share of the gateway's state key, and keeps it sealed; or agrees, with the"
                    + " share that it has, to other holders.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  husk gateway recovery-shares --as hospital-a",
                "  husk gateway recovery-shares --as hospital-a --accept-holders sha256:..   (as `verify` prints it)"
            })
    int recoveryShares(
            @Option(names = "--as", paramLabel = "NAME", required = true, description = "The party that holds a share.")
                    String party,
            @Option(
                            names = "--accept-holders",
                            paramLabel = "DIGEST",
                            description = "Agree that the gateway makes shares for these holders instead.")
                    Optional<String> holders,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var gateway = new GatewayVerification(settings, api.gateway()).require();
        if (holders.isPresent()) {
            return acceptHolders(gateway, party, holders.get(), passphrase);
        }
        try (var pair = recoveryKey(party, passphrase)) {
            var share = new GatewayRecovery(settings, api, party).fetch(pair);
            out(
                    "share %d kept in %s, sealed to the recovery key of %s; any %d shares recover the gateway.",
                    GatewayClient.whole(share, "number"),
                    settings.share(party),
                    party,
                    GatewayClient.whole(share, "threshold"));
            return ExitCodes.OK;
        }
    }

    private int acceptHolders(VerifiedGateway gateway, String party, String digest, Passphrase passphrase)
            throws CommandFailed, IOException {
        var holders = gateway.otherHolders(digest)
                .orElseThrow(() -> CommandFailed.refused("the gateway names no holders " + digest
                        + " to change to, nothing was sent: `husk gateway verify` shows whom it names"));
        try (var pair = recoveryKey(party, passphrase)) {
            var answer = new GatewayRecovery(settings, api, party).acceptHolders(pair, gateway, holders);
            var accepted = Terminal.printable(GatewayRecovery.names(Optional.ofNullable(answer.get("accepted"))));
            if (GatewayClient.text(answer, "state").equals("agreed")) {
                out(
                        "agreed, by %s: at its next start the gateway takes a new state key, and makes new shares.",
                        accepted);
            } else {
                out("noted. %s agreed; it takes %d.", accepted, GatewayClient.whole(answer, "threshold"));
            }
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "recover",
            mixinStandardHelpOptions = true,
            description = "Gives a party's share to a gateway that has lost its state key, once it is verified.",
            footerHeading = "%nExamples:%n",
            footer = "  husk gateway recover --as hospital-a      (and the other parties, until there are enough)")
    int recover(
            @Option(names = "--as", paramLabel = "NAME", required = true, description = "The party that holds a share.")
                    String party,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var gateway = new GatewayVerification(settings, api.gateway()).requireRecovering();
        if (gateway.simulated()) {
            out("SIMULATED: whoever runs this gateway can read the share.");
        }
        try (var pair = recoveryKey(party, passphrase)) {
            var answer = new GatewayRecovery(settings, api, party).handIn(pair, gateway);
            var given = Terminal.printable(GatewayRecovery.names(Optional.ofNullable(answer.get("given"))));
            if (GatewayClient.text(answer, "state").equals("recovered")) {
                out(
                        "recovered, with the shares of %s. Verify it: husk gateway verify. These shares open nothing any"
                                + " more: every holder fetches its new one: husk gateway recovery-shares",
                        given);
            } else {
                out("given. There are shares of %s; it takes %d.", given, GatewayClient.whole(answer, "threshold"));
            }
            return ExitCodes.OK;
        }
    }

    private HpkeKeyPair recoveryKey(String party, Passphrase passphrase) throws CommandFailed, IOException {
        char[] secret = passphrase.get(settings);
        try {
            return settings.recoveryKey(party).open(secret);
        } finally {
            Arrays.fill(secret, '\0');
        }
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
                            out("log key: %s", gateway.keys().log().text());
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
