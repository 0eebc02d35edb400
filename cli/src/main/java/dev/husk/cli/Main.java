package dev.husk.cli;

import dev.husk.cli.terminal.WrappingWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code husk} command. */
@Command(
        name = "husk",
        mixinStandardHelpOptions = true,
        version = "husk 0.1.0",
        description =
                "Parties who do not trust each other, nor the cloud, train and run models on their combined data.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            UpCommand.class,
            PartyCommand.class,
            ContractCommand.class,
            GatewayCommand.class,
            DataCommand.class,
            InvokeCommand.class,
            AnswerCommand.class,
            ActionCommand.class,
            ResultCommand.class,
            LogCommand.class,
            WitnessCommand.class,
            SnpCommand.class,
            KataCommand.class,
        })
public final class Main {
    private final Settings settings;

    Main(Settings settings) {
        this.settings = settings;
    }

    public static void main(String[] args) {
        var line = commandLine(System.getenv());
        int columns = Integer.getInteger("husk.columns", 0);
        if (columns > 0) {
            line.setOut(new PrintWriter(new WrappingWriter(line.getOut(), columns), true));
        }
        System.exit(line.execute(args));
    }

    static CommandLine commandLine(Map<String, String> environment) {
        var settings = Settings.of(environment);
        return commandLine(settings.with(LocalHusk.tokens(settings)));
    }

    static CommandLine commandLine(Settings settings) {
        var line = new CommandLine(new Main(settings), new Commands(settings));
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof CommandFailed failed) {
                command.getErr().println("husk: " + failed.getMessage());
                return failed.exitCode();
            }
            if (e instanceof IOException || e instanceof UncheckedIOException) {
                command.getErr().println("husk: " + Problems.of(e));
                return ExitCodes.UNUSABLE;
            }
            if (System.getenv("HUSK_DEBUG") != null) {
                e.printStackTrace(command.getErr());
            }
            command.getErr().println("husk: a bug in husk: " + e + " (HUSK_DEBUG=1 shows where; please report it)");
            return ExitCodes.BUG;
        });
        line.setParameterExceptionHandler((e, arguments) -> {
            var used = e.getCommandLine();
            used.getErr().println("husk: " + usage(e));
            return ExitCodes.UNUSABLE;
        });
        documentExitCodes(line);
        return line;
    }

    /** What is wrong with the arguments, and how to find out what is right. */
    private static String usage(ParameterException e) {
        var used = e.getCommandLine();
        var name = used.getCommandSpec().qualifiedName();
        if (e instanceof UnmatchedArgumentException unmatched
                && !used.getSubcommands().isEmpty()) {
            var word = unmatched.getUnmatched().get(0);
            var likely = unmatched.getSuggestions();
            if (!word.startsWith("-")) {
                return "there is no command '%s %s'%s (`%s --help` lists them)"
                        .formatted(
                                name,
                                word,
                                likely.isEmpty() ? "" : "; did you mean " + String.join(" or ", likely),
                                name);
            }
        }
        if (!used.getSubcommands().isEmpty() && !(e instanceof UnmatchedArgumentException)) {
            return "which command? `%s --help` lists them".formatted(name);
        }
        return "%s (`%s --help` shows how)".formatted(e.getMessage(), name);
    }

    /** Every command's help says what it exits with. */
    private static void documentExitCodes(CommandLine line) {
        line.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(ExitCodes.meanings());
        line.getSubcommands().values().forEach(Main::documentExitCodes);
    }

    Settings settings() {
        return settings;
    }

    /** Gives every command the settings, so that tests can use a folder of their own. */
    private record Commands(Settings settings) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (var constructor : type.getDeclaredConstructors()) {
                if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Settings.class) {
                    constructor.setAccessible(true);
                    return type.cast(constructor.newInstance(settings));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
