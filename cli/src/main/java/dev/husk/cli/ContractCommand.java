package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.cli.log.ShownEvent;
import dev.husk.cli.log.UsedRuns;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.contract.Contract;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
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
    private final PartyApi api;
    private final AcceptedContracts accepted;

    @Spec
    private CommandSpec spec;

    ContractCommand(Settings settings) {
        this.settings = settings;
        this.api = new PartyApi(settings);
        this.accepted = new AcceptedContracts(settings);
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

    @Command(
            name = "who-can-read",
            mixinStandardHelpOptions = true,
            description = "Says on which ways somebody could ever get to see something of a dataset or result.")
    int whoCanRead(
            @Parameters(paramLabel = "CONTRACT", description = "A file, YAML or JSON; or, with --as, a name.")
                    String source,
            @Parameters(paramLabel = "DATASET", description = "A dataset or result of it.") String data,
            @Option(names = "--as", paramLabel = "PARTY", description = "Who asks the gateway for the contract.")
                    @Nullable
                    String party)
            throws CommandFailed, IOException {
        var contract = party == null
                ? ContractFile.read(Path.of(source))
                : api.contract(source, party).contract();
        if (contract.dataset(data).isEmpty() && contract.result(data).isEmpty()) {
            var names = new TreeSet<String>();
            contract.datasets().forEach(dataset -> names.add(dataset.name()));
            contract.results().forEach(result -> names.add(result.name()));
            throw CommandFailed.unusable("contract %s has no dataset or result %s; it has: %s"
                    .formatted(contract.name(), Terminal.printable(data), String.join(", ", names)));
        }
        var ways = contract.whoCanRead(data);
        ways.forEach(way -> out("%s", way));
        if (ways.isEmpty()) {
            out("Nobody could ever read %s.", data);
        }
        return ExitCodes.OK;
    }

    @Command(name = "propose", mixinStandardHelpOptions = true, description = "Sends a contract to the gateway.")
    int propose(
            @Parameters(paramLabel = "FILE", description = "The contract, YAML or JSON.") Path file,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who proposes.") String party,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var contract = ContractFile.read(file);
        try (var signer = api.signer(party, passphrase)) {
            var headers = new HashMap<>(api.bearer(party));
            headers.put("Husk-Statement", api.signed(signer, "propose", contract, party));
            var answer = api.gateway()
                    .post(
                            "v1/contracts",
                            "application/json",
                            new String(contract.canonical(), StandardCharsets.UTF_8),
                            headers);
            out("proposed %s (%s), state %s", contract.name(), contract.id(), GatewayClient.text(answer, "state"));
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "accept",
            mixinStandardHelpOptions = true,
            description = "Shows what a contract means, and what changed since it was signed here last; then signs it.")
    int accept(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who accepts.") String party,
            @Option(names = "--yes", description = "Do not ask.") boolean yes,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var contract = api.proposed(name, party);
        print(contract);
        printChanges(contract, party);
        if (!yes) {
            var console = System.console();
            var answer = console == null ? null : console.readLine("Sign this as %s? Type yes: ", party);
            if (!"yes".equals(answer)) {
                throw CommandFailed.refused("not signed (type yes, or give --yes in a script)");
            }
        }
        int exit = sign("accept", contract, party, passphrase);
        accepted.keep(contract, party);
        return exit;
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
        return sign("suspend", api.contract(name, party).contract(), party, passphrase);
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
        return sign("resume", api.contract(name, party).contract(), party, passphrase);
    }

    @Command(name = "end", mixinStandardHelpOptions = true, description = "Ends a contract for ever.")
    int end(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who ends it.") String party,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        return sign("end", api.contract(name, party).contract(), party, passphrase);
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a contract as the gateway holds it.")
    int show(
            @Parameters(paramLabel = "NAME", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Option(names = "--json", description = "The gateway's answer as it is.") boolean json)
            throws CommandFailed, IOException {
        var held = api.contract(name, party);
        if (json) {
            out("%s", held.answer());
        } else {
            print(held.contract());
            out("State: %s", held.state());
            if (!held.state().equals("proposed")) {
                var events = new LogReader(settings, api).shown(held, party);
                UsedRuns.of(
                                held.contract(),
                                events.stream().map(ShownEvent::event).toList(),
                                Instant.now())
                        .forEach(line -> out("%s", line));
            }
            if (held.answer().get("proposal") instanceof JsonObject) {
                var proposal = api.proposed(name, party);
                out("Version %d is proposed; it would change:", proposal.version());
                ContractDiff.of(held.contract(), proposal).forEach(line -> out("  %s", line));
            }
        }
        return ExitCodes.OK;
    }

    private int sign(String action, Contract contract, String party, Passphrase passphrase)
            throws CommandFailed, IOException {
        try (var signer = api.signer(party, passphrase)) {
            var answer = api.gateway()
                    .post(
                            "v1/contracts/" + contract.name() + "/statements",
                            "text/plain",
                            api.signed(signer, action, contract, party),
                            api.bearer(party));
            out("%s: %s signed by %s, state %s", contract.name(), action, party, GatewayClient.text(answer, "state"));
            return ExitCodes.OK;
        }
    }

    private void printChanges(Contract contract, String party) throws CommandFailed, IOException {
        var before = accepted.last(contract.name(), party);
        if (before.isPresent() && !before.get().equals(contract)) {
            out("Since version %d, which %s signed here:", before.get().version(), party);
            ContractDiff.of(before.get(), contract).forEach(line -> out("  %s", line));
        }
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
