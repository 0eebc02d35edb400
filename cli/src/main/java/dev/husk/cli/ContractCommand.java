package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code contract} commands: propose, read, sign, suspend. */
@Command(
        name = "contract",
        mixinStandardHelpOptions = true,
        description = "Proposes, explains, accepts, suspends, resumes and ends contracts.",
        synopsisSubcommandLabel = "COMMAND")
final class ContractCommand {
    private final Settings settings;
    private final Clock clock;

    @Spec
    private CommandSpec spec;

    ContractCommand(Settings settings) {
        this.settings = settings;
        this.clock = Clock.systemUTC();
    }

    @Command(
            name = "explain",
            mixinStandardHelpOptions = true,
            description = "Says in plain words what a contract file means.")
    int explain(@Parameters(paramLabel = "FILE", description = "The contract, YAML or JSON.") Path file)
            throws CommandFailed, IOException {
        print(ContractFile.read(file));
        return ExitCodes.OK;
    }

    @Command(name = "propose", mixinStandardHelpOptions = true, description = "Sends a contract to the gateway.")
    int propose(
            @Parameters(paramLabel = "FILE", description = "The contract, YAML or JSON.") Path file,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who proposes.") String party,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var contract = ContractFile.read(file);
        try (var signer = signer(party, passphrase)) {
            var answer = gateway()
                    .post(
                            "v1/contracts",
                            "application/json",
                            new String(contract.canonical(), StandardCharsets.UTF_8),
                            Map.of(
                                    "Authorization",
                                    "Bearer " + settings.token(party),
                                    "Husk-Statement",
                                    statement(signer, "propose", contract.id(), contract.name(), party)));
            out("proposed %s (%s), state %s", contract.name(), contract.id(), state(answer));
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "accept",
            mixinStandardHelpOptions = true,
            description = "Shows what a contract means and signs it.")
    int accept(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who accepts.") String party,
            @Option(names = "--yes", description = "Do not ask.") boolean yes,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var contract = fetch(name, party);
        print(contract);
        if (!yes) {
            var console = System.console();
            var answer = console == null ? null : console.readLine("Sign this as %s? Type yes: ", party);
            if (!"yes".equals(answer)) {
                throw CommandFailed.refused("not signed (type yes, or give --yes in a script)");
            }
        }
        return sign("accept", contract, party, passphrase);
    }

    @Command(
            name = "suspend",
            mixinStandardHelpOptions = true,
            description = "Stops all releases under a contract at once.")
    int suspend(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who suspends.") String party,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        return sign("suspend", fetch(name, party), party, passphrase);
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Agrees to resume a suspended contract; all must.")
    int resume(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who agrees.") String party,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        return sign("resume", fetch(name, party), party, passphrase);
    }

    @Command(name = "end", mixinStandardHelpOptions = true, description = "Ends a contract for ever.")
    int end(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who ends it.") String party,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        return sign("end", fetch(name, party), party, passphrase);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a contract as the gateway holds it.")
    int show(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Option(names = "--json", description = "The gateway's answer as it is.") boolean json)
            throws CommandFailed, IOException {
        var answer = answer(name, party);
        if (json) {
            out("%s", answer);
        } else {
            print(contract(answer));
            out("State: %s", state(answer));
        }
        return ExitCodes.OK;
    }

    private int sign(String action, Contract contract, String party, Passphrase passphrase)
            throws CommandFailed, IOException {
        try (var signer = signer(party, passphrase)) {
            var answer = gateway()
                    .post(
                            "v1/contracts/" + contract.name() + "/statements",
                            "text/plain",
                            statement(signer, action, contract.id(), contract.name(), party),
                            bearer(party));
            out("%s: %s signed by %s, state %s", contract.name(), action, party, state(answer));
            return ExitCodes.OK;
        }
    }

    private String statement(PartySigner signer, String action, String id, String name, String party) {
        var payload = new JsonObject();
        payload.addProperty("action", action);
        payload.addProperty("contract", id);
        payload.addProperty("name", name);
        payload.addProperty("party", party);
        payload.addProperty(
                "time", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        return SignedStatement.sign(signer, payload);
    }

    private PartySigner signer(String party, Passphrase passphrase) throws CommandFailed, IOException {
        char[] secret = passphrase.get();
        try {
            return settings.key(party).open(secret);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    private GatewayClient gateway() throws CommandFailed, IOException {
        return GatewayClient.of(settings.require("gateway", "gateway URL"));
    }

    private Map<String, String> bearer(String party) throws CommandFailed, IOException {
        return Map.of("Authorization", "Bearer " + settings.token(party));
    }

    private JsonElement answer(String name, String party) throws CommandFailed, IOException {
        return gateway().get("v1/contracts/" + name, bearer(party));
    }

    private Contract fetch(String name, String party) throws CommandFailed, IOException {
        return contract(answer(name, party));
    }

    /** What is signed is the identity computed here from the text shown, never one that the gateway names. */
    private static Contract contract(JsonElement answer) throws CommandFailed {
        try {
            return Contract.parse(answer.getAsJsonObject().get("contract"));
        } catch (InvalidContractException | IllegalStateException e) {
            throw CommandFailed.unreachable("the gateway's contract cannot be read: " + e.getMessage());
        }
    }

    private static String state(JsonElement answer) {
        return answer.getAsJsonObject().get("state").getAsString();
    }

    private void print(Contract contract) {
        out("Contract %s, version %d", contract.name(), contract.version());
        out("Identity %s", contract.id());
        contract.explain().forEach(line -> out("  %s", line));
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
