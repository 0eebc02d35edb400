package dev.husk.cli;

import dev.husk.cli.witness.UnusableWitnessException;
import dev.husk.cli.witness.WitnessFolder;
import dev.husk.cli.witness.WitnessServer;
import dev.husk.protocol.log.VerifierKey;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code witness} commands: who watches that logs only grow. */
@Command(
        name = "witness",
        mixinStandardHelpOptions = true,
        description = "Runs a witness: cosigns checkpoints of logs that only grew (C2SP tlog-witness).",
        synopsisSubcommandLabel = "COMMAND")
final class WitnessCommand {
    @Spec
    private CommandSpec spec;

    @Command(
            name = "init",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a witness in a folder and prints its key, for the policies of logs and parties.",
                "The key lies there unencrypted, for its owner alone; never run one key in two places."
            })
    int init(
            @Parameters(paramLabel = "DIR", description = "A folder for the witness alone.") Path folder,
            @Option(
                            names = "--name",
                            paramLabel = "NAME",
                            required = true,
                            description = "A URL without its scheme, such as witness.example.org/w1.")
                    String name)
            throws CommandFailed, IOException {
        try {
            spec.commandLine()
                    .getOut()
                    .println(new WitnessFolder(folder).create(name).text());
            return ExitCodes.OK;
        } catch (UnusableWitnessException | IllegalArgumentException e) {
            throw CommandFailed.unusable(String.valueOf(e.getMessage()));
        }
    }

    @Command(
            name = "serve",
            mixinStandardHelpOptions = true,
            description = {
                "Serves the witness of a folder over plain HTTP until it is interrupted.",
                "To be reached from elsewhere it needs a proxy that speaks TLS and limits requests in front of it."
            },
            footerHeading = "%nExamples:%n",
            footer =
                    "  husk witness serve w1 --log gateway.example.org/log+16489214+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
    int serve(
            @Parameters(paramLabel = "DIR", description = "The witness's folder.") Path folder,
            @Option(
                            names = "--listen",
                            paramLabel = "HOST:PORT",
                            defaultValue = "127.0.0.1:7380",
                            description = "Default ${DEFAULT-VALUE}; port 0 for any.")
                    String listen,
            @Option(
                            names = "--log",
                            paramLabel = "VKEY[=ORIGIN]",
                            required = true,
                            description =
                                    "A log's verifier key, with its origin where that is not the key's name. Several: one option each.")
                    List<String> logs)
            throws CommandFailed, IOException {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        var address = address(listen);
        var keys = keys(logs);
        try (var server = WitnessServer.start(
                new WitnessFolder(folder),
                address,
                keys,
                Clock.systemUTC(),
                line -> err.println("husk: witness: " + line))) {
            out.println("witnessing " + String.join(", ", keys.keySet()));
            out.println("listening on http://" + listen.substring(0, listen.lastIndexOf(':')) + ":"
                    + server.address().getPort() + "/");
            if (!address.getAddress().isLoopbackAddress()) {
                err.println("husk: warning: plain HTTP beyond this machine: put a proxy that speaks TLS in front");
            }
            out.flush();
            new CountDownLatch(1).await();
        } catch (UnusableWitnessException e) {
            throw CommandFailed.unusable(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Prints a witness's key, and of each log what it cosigned last.")
    int show(@Parameters(paramLabel = "DIR", description = "The witness's folder.") Path folder)
            throws CommandFailed, IOException {
        try {
            var shown = new WitnessFolder(folder).show();
            var out = spec.commandLine().getOut();
            out.println(shown.key().text());
            shown.logs().entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(log -> {
                var checkpoint = log.getValue();
                out.println("%s  size %d  root %s  cosigned %s"
                        .formatted(
                                log.getKey(),
                                checkpoint.size(),
                                HexFormat.of().formatHex(checkpoint.root()),
                                time(checkpoint.cosignedAt(shown.key()).orElseThrow())));
            });
            return ExitCodes.OK;
        } catch (UnusableWitnessException e) {
            throw CommandFailed.unusable(String.valueOf(e.getMessage()));
        }
    }

    private static String time(long seconds) {
        try {
            return Instant.ofEpochSecond(seconds).toString();
        } catch (DateTimeException e) {
            return seconds + " s after 1970";
        }
    }

    private static InetSocketAddress address(String listen) throws CommandFailed {
        int colon = listen.lastIndexOf(':');
        if (colon > 0 && listen.substring(colon + 1).matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(listen.substring(colon + 1));
            if (port <= 65535) {
                var address = new InetSocketAddress(listen.substring(0, colon), port);
                if (!address.isUnresolved()) {
                    return address;
                }
            }
        }
        throw CommandFailed.unusable(
                "'" + listen + "' is not an address of this machine and a port, as 127.0.0.1:7380");
    }

    /** By origin. An Ed25519 key's text ends without padding, so an equals sign is not of the key. */
    private static Map<String, List<VerifierKey>> keys(List<String> logs) throws CommandFailed {
        var keys = new LinkedHashMap<String, List<VerifierKey>>();
        for (var log : logs) {
            int equals = log.indexOf('=', log.indexOf('+', log.indexOf('+') + 1));
            try {
                var key = VerifierKey.parse(equals < 0 ? log : log.substring(0, equals));
                var origin = equals < 0 ? key.name() : log.substring(equals + 1);
                if (origin.isEmpty()) {
                    throw new IllegalArgumentException("no origin behind the equals sign");
                }
                keys.computeIfAbsent(origin, none -> new ArrayList<>()).add(key);
            } catch (IllegalArgumentException e) {
                throw CommandFailed.unusable("'" + log + "' is not a log's verifier key: " + e.getMessage());
            }
        }
        return keys;
    }
}
