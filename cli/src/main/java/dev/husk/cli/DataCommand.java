package dev.husk.cli;

import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.cli.terminal.Figures;
import dev.husk.cli.terminal.ProgressBar;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.store.DataKey;
import dev.husk.store.minio.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code data} commands: sealing a party's datasets on its own machine. */
@Command(
        name = "data",
        mixinStandardHelpOptions = true,
        description = "Seals datasets on this machine, uploads them, and hands their keys to the verified gateway.",
        synopsisSubcommandLabel = "COMMAND")
final class DataCommand {
    private static final int SHOWN = 32;

    private final Settings settings;
    private final PartyApi api;
    private final SealedFile sealedFile = new SealedFile(Files::newOutputStream);

    @Spec
    private CommandSpec spec;

    DataCommand(Settings settings) {
        this.settings = settings;
        this.api = new PartyApi(settings);
    }

    @Command(
            name = "put",
            mixinStandardHelpOptions = true,
            description = "Seals a file with a fresh key, uploads it to where the contract says, and deposits the key.",
            footerHeading = "%nExample:%n",
            footer = "  husk data put anna-2025 heart.csv --contract heart-risk --as hospital-a --show")
    int put(
            @Parameters(index = "0", paramLabel = "DATASET", description = "Its name in the contract.") String name,
            @Parameters(index = "1", paramLabel = "FILE", description = "The data.") Path file,
            @Option(names = "--contract", paramLabel = "NAME", required = true, description = "The contract's name.")
                    String contract,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "The dataset's owner.")
                    String party,
            @Option(names = "--replace", description = "Also where the dataset was deposited before.") boolean replace,
            @Option(names = "--show", description = "Shows the first bytes as the store sees them.") boolean show,
            @Option(names = "--json", description = "Figures as JSON.") boolean json,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var plain = PlainFile.of(file);
        try (var signer = api.signer(party, passphrase);
                var store = StoreAccess.open(settings)) {
            var gateway = new GatewayVerification(settings, api.gateway()).require();
            var data = own(name, contract, party, signer, replace);
            var upload = new DataUpload(store, new KeyDeposit(api, gateway));
            long start = System.nanoTime();
            var done = upload(upload, data, plain, signer, json);
            var report = new DataReport(plain, data.dataset().store(), done.sha256(), done.size());
            print(
                    report,
                    gateway,
                    Duration.ofNanos(System.nanoTime() - start),
                    show ? Optional.of(store.head(data.location(), SHOWN)) : Optional.empty(),
                    json);
            return ExitCodes.OK;
        } catch (StoreException e) {
            throw StoreAccess.failure(e);
        }
    }

    private SealedFile.Written upload(
            DataUpload upload, OwnData data, PlainFile plain, PartySigner signer, boolean json)
            throws CommandFailed, IOException {
        try (var bar = bar("uploading " + data.dataset().name(), json)) {
            return upload.run(data, plain, signer, progress(bar, plain.size()));
        }
    }

    @Command(
            name = "seal",
            mixinStandardHelpOptions = true,
            description = "Seals a file into another one, for any S3 client, and deposits the key.",
            footerHeading = "%nExample:%n",
            footer = {
                "  husk data seal anna-2025 heart.csv --out heart.sealed --contract heart-risk --as hospital-a",
                "  mc cp heart.sealed store/husk/anna-2025"
            })
    int seal(
            @Parameters(index = "0", paramLabel = "DATASET", description = "Its name in the contract.") String name,
            @Parameters(index = "1", paramLabel = "FILE", description = "The data.") Path file,
            @Option(names = "--out", paramLabel = "SEALED", required = true, description = "The file to write.")
                    Path out,
            @Option(names = "--contract", paramLabel = "NAME", required = true, description = "The contract's name.")
                    String contract,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "The dataset's owner.")
                    String party,
            @Option(names = "--replace", description = "Also where the dataset was deposited before.") boolean replace,
            @Option(names = "--json", description = "Figures as JSON.") boolean json,
            @Mixin Passphrase passphrase)
            throws CommandFailed, IOException {
        var plain = PlainFile.of(file);
        try (var signer = api.signer(party, passphrase)) {
            var gateway = new GatewayVerification(settings, api.gateway()).require();
            var data = own(name, contract, party, signer, replace);
            long start = System.nanoTime();
            var done = seal(data, plain, out, signer, new KeyDeposit(api, gateway), json);
            var time = Duration.ofNanos(System.nanoTime() - start);
            print(
                    new DataReport(plain, out.toString(), done.sha256(), done.size()),
                    gateway,
                    time,
                    Optional.empty(),
                    json);
            if (!json) {
                out(
                        "copy it to where the contract says: mc cp %s STORE/%s",
                        out, data.dataset().store().substring(5));
            }
            return ExitCodes.OK;
        }
    }

    private SealedFile.Written seal(
            OwnData data, PlainFile plain, Path out, PartySigner signer, KeyDeposit deposit, boolean json)
            throws CommandFailed, IOException {
        try (var key = DataKey.generate();
                var bar = bar("sealing " + data.dataset().name(), json);
                var in = plain.open()) {
            var written = sealedFile.write(out, in, key, data.identity(), progress(bar, plain.size()));
            try {
                deposit.send(data, signer, key, written.sha256(), written.size());
            } catch (CommandFailed e) {
                Files.deleteIfExists(out);
                throw e.with("; nothing was deposited and " + out + " was removed");
            }
            return written;
        }
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Shows a dataset as the gateway and the store have it, and whether they agree.",
            footerHeading = "%nExample:%n",
            footer = "  husk data show anna-2025 --contract heart-risk --as hospital-a")
    int show(
            @Parameters(paramLabel = "NAME", description = "The dataset's name in the contract.") String name,
            @Option(names = "--contract", paramLabel = "NAME", required = true, description = "The contract's name.")
                    String contract,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Option(names = "--json", description = "Figures as JSON.") boolean json)
            throws CommandFailed, IOException {
        var held = api.contract(contract, party);
        var location = OwnData.location(held.dataset(name));
        StoredData found;
        try (var store = StoreAccess.open(settings)) {
            long size = store.size(location);
            byte[] head = store.head(location, SHOWN);
            try (var bar = bar("reading " + name, json)) {
                var digest = StoreAccess.sha256(store, location, progress(bar, size));
                found = new StoredData(
                        held, held.dataset(name), digest, size, HexFormat.of().formatHex(head));
            }
        } catch (StoreException e) {
            throw StoreAccess.failure(e);
        }
        if (json) {
            out("%s", found.json());
        } else {
            found.lines().forEach(line -> out("%s", line));
        }
        found.requireDeposited();
        return ExitCodes.OK;
    }

    private OwnData own(String name, String contract, String party, PartySigner signer, boolean replace)
            throws CommandFailed, IOException {
        var held = api.contract(contract, party);
        var dataset = held.ownDataset(name, party);
        held.requireKey(party, signer.key());
        var before = held.deposit(name);
        if (before.isPresent() && !replace) {
            throw CommandFailed.refused("%s was deposited before (%s): --replace seals and deposits it anew"
                    .formatted(name, before.get().sha256()));
        }
        return new OwnData(held, dataset, party);
    }

    private ProgressBar bar(String label, boolean json) {
        return json
                ? ProgressBar.silent()
                : ProgressBar.on(spec.commandLine().getErr(), Terminal.of(settings.environment()), label);
    }

    private static LongConsumer progress(ProgressBar bar, long size) {
        long start = System.nanoTime();
        return done -> bar.update(
                size == 0 ? 1 : (double) done / size, Figures.rate(done, Duration.ofNanos(System.nanoTime() - start)));
    }

    private void print(DataReport report, VerifiedGateway gateway, Duration time, Optional<byte[]> head, boolean json) {
        if (json) {
            out("%s", report.json(gateway.simulated(), time, head));
        } else {
            report.lines(gateway.simulated(), time, head).forEach(line -> out("%s", line));
        }
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
