package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.cli.demo.Demo;
import dev.husk.cli.demo.DemoFailedException;
import dev.husk.cli.demo.Story;
import dev.husk.cli.terminal.Figures;
import dev.husk.cli.terminal.Terminal;
import dev.husk.local.LocalPlatform;
import dev.husk.local.Options;
import dev.husk.local.StartFailedException;
import dev.husk.local.StartListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Comparator;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code husk demo}: the whole of Husk on one machine, on real data, from nothing, and leaves nothing running. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Two hospitals train a model that neither could read the data of: the whole story on this machine.",
            "SIMULATED hardware: it shows how Husk works and protects nothing from this machine's user."
        })
final class DemoCommand implements Callable<Integer> {
    private final Settings settings;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Nothing but the figures, as JSON.")
    private boolean json;

    DemoCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws CommandFailed, IOException {
        long start = System.nanoTime();
        var folder = settings.folder().resolve("demo");
        var terminal = json ? Terminal.plain() : Terminal.of(settings.environment());
        var out =
                json ? new PrintWriter(Writer.nullWriter()) : spec.commandLine().getOut();
        var story = new Story(out, terminal);
        out.println(terminal.bold("Husk: two hospitals train a model that neither could read the data of."));
        out.println(terminal.yellow(
                "SIMULATED hardware: this shows how Husk works and protects nothing from this machine."));
        try {
            tell(folder, story, out, start);
        } catch (StartFailedException | DemoFailedException e) {
            throw CommandFailed.unreachable(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailed.unreachable("interrupted; nothing is left running");
        }
        if (json) {
            spec.commandLine().getOut().println(story.figures());
        }
        return ExitCodes.OK;
    }

    private void tell(Path folder, Story story, PrintWriter out, long start)
            throws CommandFailed, IOException, StartFailedException, DemoFailedException, InterruptedException {
        var state = folder.resolve("platform");
        LocalPlatform.erase(state);
        deleteOthers(folder, state);
        Files.createDirectories(folder);
        story.start();
        var options = Options.of(state);
        try (var platform = LocalPlatform.start(options, new Starts(story))) {
            var functions = options.installation().functions();
            new Demo(
                            LocalHusk.commands(platform, folder.resolve("home"), state, passphrase()),
                            story,
                            new Demo.Stage(
                                    folder,
                                    functions,
                                    platform.simulatedRoot(),
                                    Objects.requireNonNull(
                                            platform.measurements().get(Demo.KIND))))
                    .run();
            long wall = (System.nanoTime() - start) / 1_000_000;
            var memory = new JsonObject();
            var lines = new StringBuilder();
            for (var process : platform.memory()) {
                if (process.residentBytes() < 8 << 20) {
                    continue;
                }
                var name = process.part() + " (" + process.command() + ")";
                memory.addProperty(
                        name,
                        process.residentBytes()
                                + (memory.has(name) ? memory.get(name).getAsLong() : 0));
            }
            memory.entrySet()
                    .forEach(entry -> lines.append("%-28s %s%n"
                            .formatted(
                                    entry.getKey(),
                                    Figures.bytes(entry.getValue().getAsLong()))));
            story.end("%.1f seconds in all. Memory:%n%s".formatted(wall / 1000.0, lines));
            story.figures().addProperty("milliseconds", wall);
            story.figures().add("memory", memory);
        }
        out.println();
        out.println("Nothing is left running. What the parties wrote lies in " + folder + ".");
        out.println("Next: `husk up` keeps a platform running for your own contracts, data and functions.");
        out.flush();
    }

    /** The demo's keys protect nothing and are thrown away; the passphrase is as good as any. */
    private static String passphrase() {
        byte[] random = new byte[18];
        new SecureRandom().nextBytes(random);
        return Base64.getUrlEncoder().encodeToString(random);
    }

    /** What the parties of the last demo wrote. */
    private static void deleteOthers(Path folder, Path state) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(folder) && !file.startsWith(state)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /** Tells what starts, and how long it took. */
    private record Starts(Story story) implements StartListener {
        @Override
        public void starting(String part) {}

        @Override
        public void started(String part, long milliseconds) {
            story.started(part, milliseconds);
        }
    }
}
