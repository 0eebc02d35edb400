package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Figures;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.run.MalformedRunException;
import dev.husk.protocol.run.ResultCheck;
import dev.husk.protocol.run.ResultProof;
import dev.husk.store.minio.StoreException;
import dev.husk.store.minio.StoreLocation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code result} commands: a result opened by its reader or as it lies in the store, and where it comes from. */
@Command(
        name = "result",
        mixinStandardHelpOptions = true,
        description =
                "Opens results for their readers, fetches sealed ones, and proves from which code, data and contract they come.",
        synopsisSubcommandLabel = "COMMAND")
final class ResultCommand {
    private final Settings settings;
    private final PartyApi api;

    @Spec
    private CommandSpec spec;

    ResultCommand(Settings settings) {
        this.settings = settings;
        this.api = new PartyApi(settings);
    }

    @Command(
            name = "fetch",
            mixinStandardHelpOptions = true,
            description = "Copies a sealed result from the store. Nobody can read it without its key.",
            footerHeading = "%nExample:%n",
            footer = "  husk result fetch risk-model --contract heart-risk --as hospital-a --out risk-model.sealed")
    int fetch(
            @Parameters(paramLabel = "RESULT", description = "Its name in the contract.") String name,
            @Option(names = "--contract", paramLabel = "NAME", required = true, description = "The contract's name.")
                    String contract,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Option(
                            names = {"-o", "--out"},
                            paramLabel = "FILE",
                            required = true,
                            description = "The file to write.")
                    Path out)
            throws CommandFailed, IOException {
        var place = place(result(api.contract(contract, party).contract(), name));
        requireAbsent(out);
        try (var store = StoreAccess.open(settings)) {
            var digest = StoreAccess.copy(store, place, out);
            out("%s: sealed result %s, %s", out, name, digest);
            return ExitCodes.OK;
        } catch (StoreException e) {
            throw StoreAccess.failure(e);
        }
    }

    @Command(
            name = "read",
            mixinStandardHelpOptions = true,
            description = {
                "Opens a result into a file, for a party that the contract names as its reader.",
                "The gateway is verified first, and the log tells every party of the contract that it was read."
            },
            footerHeading = "%nExample:%n",
            footer = "  husk result read heart-risk risk-model --as algo-lab -o risk-model.safetensors")
    int read(
            @Parameters(index = "0", paramLabel = "CONTRACT", description = "The contract's name.") String contract,
            @Parameters(index = "1", paramLabel = "RESULT", description = "Its name in the contract.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who reads.") String party,
            @Option(
                            names = {"-o", "--out"},
                            paramLabel = "FILE",
                            required = true,
                            description = "The file to write.")
                    Path out,
            @Option(names = "--force", description = "Replaces a file that is there.") boolean force,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var file = OpenedFile.at(out, force);
        try (var signer = api.signer(party, passphrase)) {
            var gateway = new GatewayVerification(settings, api.gateway()).require();
            var held = api.contract(contract, party);
            held.requireKey(party, signer.key());
            var result = result(held.contract(), name);
            try (var reading = ResultReading.ask(api, gateway, held, result, signer, party)) {
                out(
                        "%s: result %s of contract %s, %s, sealed as %s",
                        out, name, contract, Figures.bytes(file.write(reading)), reading.sha256());
            }
            if (gateway.simulated()) {
                out("%s", Terminal.of(settings.environment()).yellow("SIMULATED hardware protected its key."));
            }
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "proof",
            mixinStandardHelpOptions = true,
            description = {
                "Verifies the contract's log, and writes the proof of the newest run that wrote a result.",
                "The proof holds the run's events, which the contract's parties may read."
            },
            footerHeading = "%nExample:%n",
            footer = "  husk result proof risk-model --contract heart-risk --as hospital-a -o proof.json")
    int proof(
            @Parameters(paramLabel = "RESULT", description = "Its name in the contract.") String name,
            @Option(names = "--contract", paramLabel = "NAME", required = true, description = "The contract's name.")
                    String contract,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Option(
                            names = {"-o", "--out"},
                            paramLabel = "FILE",
                            required = true,
                            description = "The file to write.")
                    Path out)
            throws CommandFailed, IOException {
        var held = api.contract(contract, party);
        result(held.contract(), name);
        requireAbsent(out);
        var proof = new ProofSearch(new LogReader(settings, api)).find(held, party, name);
        WholeFile.create(out, proof.json() + "\n");
        out(
                "%s: the run of %s that wrote %s, finished %s; check it with `husk result verify FILE --proof %s --as %s`",
                out, proof.statement().function(), name, proof.statement().finished(), out, party);
        return ExitCodes.OK;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Checks offline that a sealed result came from exactly the code, data and contract that a proof tells of.",
                "It trusts the gateway's log key that was pinned, and the contract that the party accepted, and asks nobody."
            },
            footerHeading = "%nExample:%n",
            footer = "  husk result verify risk-model.sealed --proof proof.json --as hospital-a")
    int verify(
            @Parameters(paramLabel = "FILE", description = "The sealed result.") Path file,
            @Option(names = "--proof", paramLabel = "PROOF", required = true, description = "From `husk result proof`.")
                    Path proofFile,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Whose contract counts.")
                    String party,
            @Option(
                            names = "--contract",
                            paramLabel = "CONTRACT",
                            description =
                                    "A file with the contract that counts; default the one that the party accepted last.")
                    @Nullable
                    Path contractFile,
            @Option(names = "--json", description = "The checks as JSON.") boolean json)
            throws CommandFailed, IOException {
        var proof = proof(proofFile);
        var contract = contractFile == null
                ? accepted(proof.statement().contract().name(), party)
                : ContractFile.read(contractFile);
        var log = GatewayPin.require(settings).logKey();
        var memory = RememberedLog.of(settings, log);
        var digest = digest(file);
        var checks = proof.judge(
                digest, new ResultProof.Known(log, contract, memory.tag(contract.name()), memory.witnesses()));
        boolean proven = checks.stream().allMatch(ResultCheck::holds);
        if (json) {
            out("%s", json(proof, checks, proven, digest));
        } else {
            print(proof, checks, proven, digest);
        }
        return proven ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private static Contract.Result result(Contract contract, String name) throws CommandFailed {
        return contract.results().stream()
                .filter(result -> result.name().equals(name))
                .findFirst()
                .orElseThrow(() -> CommandFailed.unusable("contract %s names no result %s; it names: %s"
                        .formatted(
                                contract.name(),
                                name,
                                contract.results().stream()
                                        .map(Contract.Result::name)
                                        .collect(Collectors.joining(", ")))));
    }

    private static StoreLocation place(Contract.Result result) throws CommandFailed {
        try {
            return StoreLocation.parse(result.store());
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable("result " + result.name() + ": " + e.getMessage());
        }
    }

    private static void requireAbsent(Path out) throws CommandFailed {
        if (Files.exists(out)) {
            throw CommandFailed.unusable(out + " exists already: name another file, or delete it");
        }
    }

    private static ResultProof proof(Path file) throws CommandFailed, IOException {
        requireFile(file);
        if (Files.size(file) > ResultProof.MAX_BYTES) {
            throw CommandFailed.unusable(file + " is larger than any proof");
        }
        try {
            return ResultProof.parse(Files.readAllBytes(file));
        } catch (MalformedRunException e) {
            throw CommandFailed.unusable(file + " is no proof of a result: " + e.getMessage());
        }
    }

    private Contract accepted(String name, String party) throws CommandFailed, IOException {
        settings.key(party); // says what is wrong with the name
        PartyApi.requireName(name);
        return new AcceptedContracts(settings)
                .last(name, party)
                .orElseThrow(() -> CommandFailed.unusable(
                        "%s accepted no contract %s on this machine: --contract FILE names it".formatted(party, name)));
    }

    private static void requireFile(Path file) throws CommandFailed {
        if (!Files.isRegularFile(file)) {
            throw CommandFailed.unusable("no file " + file);
        }
    }

    private static String digest(Path file) throws CommandFailed, IOException {
        requireFile(file);
        var digest = Digests.sha256();
        try (var sink = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            Files.copy(file, sink);
        }
        return Digests.text(digest.digest());
    }

    private void print(ResultProof proof, List<ResultCheck> checks, boolean proven, String digest) {
        var terminal = Terminal.of(settings.environment());
        for (var check : checks) {
            out(
                    "%s  %-16s  %s",
                    check.holds() ? terminal.green("ok    ") : terminal.red("FAILED"),
                    check.code(),
                    Terminal.printable(check.words()));
        }
        if (proven) {
            var statement = proof.statement();
            out(
                    "%s: %s was written by %s of contract %s, finished %s",
                    terminal.green("proven"),
                    proof.result(digest).orElseThrow(),
                    statement.function(),
                    statement.contract().name(),
                    statement.finished());
            if (proof.simulated()) {
                out("%s", terminal.yellow("SIMULATED hardware: whoever ran it could have run anything."));
            }
        } else {
            var err = spec.commandLine().getErr();
            err.println(terminal.red("NOT proven: do not rely on this file"));
            err.flush();
        }
    }

    private static JsonObject json(ResultProof proof, List<ResultCheck> checks, boolean proven, String digest) {
        var all = new JsonArray();
        for (var check : checks) {
            var one = new JsonObject();
            one.addProperty("code", check.code().name());
            one.addProperty("holds", check.holds());
            one.addProperty("words", check.words());
            all.add(one);
        }
        var json = new JsonObject();
        json.addProperty("proven", proven);
        json.addProperty("simulated", proof.simulated());
        json.addProperty("digest", digest);
        json.addProperty("result", proof.result(digest).orElse(""));
        json.add("checks", all);
        json.add("statement", proof.envelope().statement());
        return json;
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
