package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Terminal;
import dev.husk.snp.kds.Collateral;
import dev.husk.snp.kds.CollateralDirectory;
import dev.husk.snp.kds.CollateralException;
import dev.husk.snp.kds.Found;
import dev.husk.snp.kds.KeyDistributionService;
import dev.husk.snp.kds.Patience;
import dev.husk.snp.kds.Transport;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code husk snp fetch}: what is needed beside a report, into a directory for a machine without network. */
@Command(
        name = "fetch",
        mixinStandardHelpOptions = true,
        description = {
            "Fetches what is needed to verify a report: the chip's certificate (VCEK), the chain above it, and the "
                    + "revocation list of the product.",
            "The directory that it writes can be carried to a machine without network, be a gateway's HUSK_CRL_DIR, "
                    + "and its vcek folder is what trustee's OfflineStore reads. AMD's server is slow and limits its "
                    + "callers: what was fetched before comes from HUSK_HOME/kds.",
            "A VLEK's certificate is not fetched: AMD gives it to the cloud alone, which sends it with the evidence."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  husk snp fetch --report report.bin --into collateral",
            "  husk snp fetch --product Milan --chip c2a6.. --into collateral \\",
            "      --tcb bl=4,tee=0,snp=24,ucode=219",
            "  husk snp fetch --product Genoa --crl --into /etc/husk/crl"
        })
final class SnpFetchCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final Settings settings;
    private final Clock clock;

    @Spec
    private CommandSpec spec;

    @Mixin
    private SnpSubject subject;

    @Option(names = "--chain", description = "The chain; without --chain and --crl everything is fetched.")
    private boolean chain;

    @Option(names = "--crl", description = "The revocation list.")
    private boolean list;

    @Option(names = "--into", paramLabel = "DIR", required = true, description = "The directory to write.")
    private Path into;

    @Option(
            names = "--from",
            paramLabel = "URL",
            defaultValue = "https://kdsintf.amd.com/",
            description = {"A mirror of AMD's server. Default:", "${DEFAULT-VALUE}"})
    private String from;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long to wait for a server that limits its callers. Default: ${DEFAULT-VALUE}")
    private int wait;

    @Option(names = "--json", description = "What was fetched as JSON.")
    private boolean json;

    SnpFetchCommand(Settings settings) {
        this(settings, Clock.systemUTC());
    }

    SnpFetchCommand(Settings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public Integer call() throws CommandFailed, IOException {
        if (wait < 0) {
            throw CommandFailed.unusable("--wait is at least 0");
        }
        var server = ServerUrl.parse(from, "the Key Distribution Service");
        var wanted = wanted();
        var service = service(server);
        var directory = new CollateralDirectory(into);
        var items = new JsonArray();
        for (var piece : wanted) {
            var found = find(service, piece, items.size());
            var file = directory.write(piece, found);
            items.add(json(piece, found, file, server));
            if (!json) {
                print(piece, found, file, server);
            }
        }
        if (json) {
            var all = new JsonObject();
            all.addProperty("into", into.toString());
            all.addProperty("from", server.toString());
            all.add("fetched", items);
            out("%s", all);
        } else {
            out("nothing of it is verified yet: that is done together with a report");
        }
        return ExitCodes.OK;
    }

    private KeyDistributionService service(URI server) throws CommandFailed {
        try {
            return KeyDistributionService.at(
                            server, Transport.https(TIMEOUT), settings.folder().resolve("kds"), clock)
                    .with(Patience.usual().forCall(Duration.ofSeconds(wait)));
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable("--from: " + e.getMessage());
        }
    }

    private List<Collateral> wanted() throws CommandFailed, IOException {
        boolean all = !chain && !list;
        var chip = subject.read(all);
        var wanted = new ArrayList<Collateral>();
        if (all) {
            chip.leaf().ifPresent(wanted::add);
        }
        if (all || chain) {
            wanted.add(Collateral.chain(chip.product(), chip.key()));
        }
        if (all || list) {
            wanted.add(Collateral.revocationList(chip.product()));
        }
        return wanted;
    }

    private Found find(KeyDistributionService service, Collateral piece, int before) throws CommandFailed {
        try {
            return service.find(piece);
        } catch (CollateralException e) {
            var failed = switch (e.problem()) {
                case ABSENT, UNTRUE -> CommandFailed.refused(String.valueOf(e.getMessage()));
                case UNREACHABLE -> CommandFailed.unreachable(String.valueOf(e.getMessage()));
                case CACHE -> CommandFailed.unusable(String.valueOf(e.getMessage()));
            };
            throw before == 0 ? failed : failed.with("; what was fetched before it is in " + into);
        }
    }

    private void print(Collateral piece, Found found, Path file, URI server) {
        out("%s", piece);
        out("  from         %s%s", server + piece.address(), cached(found) ? " (kept from an earlier call)" : "");
        out("  file         %s", file);
        out("  valid until  %s", found.validUntil());
        found.notRefreshed()
                .ifPresent(problem -> out(
                        "  %s",
                        Terminal.of(settings.environment())
                                .yellow("could not be fetched anew: "
                                        + Terminal.printable(String.valueOf(problem.getMessage())))));
    }

    private static JsonObject json(Collateral piece, Found found, Path file, URI server) {
        var item = new JsonObject();
        item.addProperty("kind", piece.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        item.addProperty("product", piece.product().label());
        item.addProperty("address", server + piece.address());
        item.addProperty("cached", cached(found));
        item.addProperty("file", file.toString());
        item.addProperty("validUntil", found.validUntil().toString());
        found.notRefreshed().ifPresent(problem -> item.addProperty("notRefreshed", problem.getMessage()));
        return item;
    }

    private static boolean cached(Found found) {
        return found.origin() == Found.Origin.CACHE;
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
