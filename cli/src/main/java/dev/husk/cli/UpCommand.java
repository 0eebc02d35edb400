package dev.husk.cli;

import dev.husk.cli.terminal.Terminal;
import dev.husk.local.Installation;
import dev.husk.local.LocalPlatform;
import dev.husk.local.Options;
import dev.husk.local.Ports;
import dev.husk.local.StartFailedException;
import dev.husk.local.StartListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code husk up}: keeps a local platform running until it is interrupted. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Runs gateway, object store, database and an OpenWhisk API on this machine until Ctrl-C; keeps its data.",
            "SIMULATED hardware: it shows how Husk works and protects nothing from this machine's user."
        })
final class UpCommand implements Callable<Integer> {
    private final Settings settings;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--gateway-port",
            paramLabel = "PORT",
            defaultValue = "8480",
            description = "Default ${DEFAULT-VALUE}; 0 for any.")
    private int gatewayPort = 8480;

    @Option(
            names = "--whisk-port",
            paramLabel = "PORT",
            defaultValue = "3233",
            description = "Default ${DEFAULT-VALUE}; 0 for any.")
    private int whiskPort = 3233;

    @Option(
            names = "--s3-port",
            paramLabel = "PORT",
            defaultValue = "9100",
            description = "Default ${DEFAULT-VALUE}; 0 for any.")
    private int s3Port = 9100;

    UpCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws CommandFailed, IOException {
        var out = spec.commandLine().getOut();
        var terminal = Terminal.of(settings.environment());
        var state = settings.folder().resolve("local");
        var ports = new Ports(port(gatewayPort), port(whiskPort), port(s3Port), 0);
        try {
            var options = Options.of(state).withPorts(ports);
            try (var platform = LocalPlatform.start(options, new Starts(out))) {
                settings.save(LocalHusk.settings(platform, state));
                print(platform, options.installation(), out, terminal);
                new CountDownLatch(1).await();
            }
        } catch (StartFailedException e) {
            throw CommandFailed.unreachable(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return ExitCodes.OK;
    }

    private static int port(int wished) throws CommandFailed {
        if (wished < 0 || wished > 65535) {
            throw CommandFailed.unusable(wished + " is no port: give one from 1 to 65535, or 0 for any");
        }
        return wished;
    }

    private void print(LocalPlatform platform, Installation installation, PrintWriter out, Terminal terminal)
            throws IOException, StartFailedException {
        out.println();
        out.println("gateway        " + platform.gatewayUrl());
        out.println("OpenWhisk API  " + platform.whiskUrl());
        out.println("S3 store       " + platform.s3Endpoint());
        out.println(terminal.yellow("SIMULATED hardware: nothing here is protected from this machine's user."));
        out.println();
        out.println("Settings are in " + settings.folder().resolve("settings.json") + ".");
        var home = Optional.ofNullable(settings.environment().get("HUSK_HOME")).map(Path::of);
        new NextSteps(installation.home(), home, platform.simulatedRoot(), installation.functions())
                .lines(platform.whiskUrl().toString(), platform.measurements())
                .forEach(out::println);
        out.println();
        out.println("Ctrl-C stops everything and keeps the data.");
        out.flush();
    }

    /** Prints what started. */
    private record Starts(PrintWriter out) implements StartListener {
        @Override
        public void starting(String part) {}

        @Override
        public void started(String part, long milliseconds) {
            out.printf("started %-20s %,6d ms%n", part, milliseconds);
            out.flush();
        }
    }
}
