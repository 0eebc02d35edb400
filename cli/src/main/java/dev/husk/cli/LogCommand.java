package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.cli.log.AuditResult;
import dev.husk.cli.log.AuditedEvent;
import dev.husk.cli.log.EventFilter;
import dev.husk.cli.log.ShownEvent;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.log.Checkpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code log} commands: what happened under a contract, and whether that is all of it. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = "Shows, verifies and watches what happened under a contract.",
        synopsisSubcommandLabel = "COMMAND")
final class LogCommand {
    private final Settings settings;
    private final PartyApi api;

    @Spec
    private CommandSpec spec;

    LogCommand(Settings settings) {
        this.settings = settings;
        this.api = new PartyApi(settings);
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Lists a contract's events as the gateway tells them, unchecked.",
            footerHeading = "%nExample:%n",
            footer = "  husk log show heart-risk --as hospital-a")
    int show(
            @Parameters(paramLabel = "CONTRACT", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Mixin FilterOptions options,
            @Option(names = "--json", description = "The events as JSON.") boolean json)
            throws CommandFailed, IOException {
        var filter = options.filter();
        var events = new LogReader(settings, api)
                .shown(api.contract(name, party), party).stream()
                        .map(ShownEvent::whole)
                        .filter(filter::shows)
                        .toList();
        if (json) {
            var all = new JsonArray();
            events.forEach(all::add);
            out("%s", all);
        } else {
            var print = print();
            events.forEach(print::event);
            out("(as the gateway tells it; `husk log verify %s --as %s` checks it)", name, party);
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Checks that the log holds every event of a contract, that each is what was logged, and that the log "
                        + "only grew since it was last seen. All is checked, whatever is listed."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  husk log verify heart-risk --as hospital-a",
                "  husk log verify heart-risk --as hospital-a --refusals --since 2026-11-01",
                "  husk log verify heart-risk --as hospital-a --witnesses policy.txt",
                "  husk log verify heart-risk --as hospital-a --json | jq .findings"
            })
    int verify(
            @Parameters(paramLabel = "CONTRACT", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Mixin FilterOptions options,
            @Option(
                            names = "--witnesses",
                            paramLabel = "POLICY",
                            description = "Demands the cosignatures that this C2SP tlog-policy file asks for, "
                                    + "now and whenever this log is verified later.")
                    @Nullable
                    Path policy,
            @Option(
                            names = "--against",
                            paramLabel = "CHECKPOINT",
                            description = "A checkpoint that another party or a witness has of this log; "
                                    + "may be given several times.")
                    @Nullable
                    List<Path> against,
            @Option(names = "--json", description = "Findings and events as JSON.") boolean json)
            throws CommandFailed, IOException {
        var filter = options.filter();
        var reader = new LogReader(settings, api);
        if (policy != null) {
            reader.memory().demandWitnesses(policy);
        }
        var others = new ArrayList<Checkpoint>();
        for (var file : against == null ? List.<Path>of() : against) {
            others.add(reader.seenByAnother(file));
        }
        var result = reader.audit(api.contract(name, party), party, others);
        if (json) {
            out("%s", json(name, result, filter));
        } else {
            print().result(name, result, filter);
        }
        return result.passed() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    @Command(
            name = "watch",
            mixinStandardHelpOptions = true,
            description = {
                "Follows a contract's events until Ctrl-C, and verifies each as `husk log verify` does.",
                "Ends with 1 once the log does not hold together."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  husk log watch heart-risk --as hospital-a",
                "  husk log watch heart-risk --as hospital-a --until-alarm || page-the-operator"
            })
    int watch(
            @Parameters(paramLabel = "CONTRACT", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Mixin FilterOptions options,
            @Option(
                            names = "--interval",
                            paramLabel = "SECONDS",
                            defaultValue = "5",
                            description = "How long to wait before asking again, 1 to 86400; default ${DEFAULT-VALUE}.")
                    int seconds,
            @Option(names = "--until-alarm", description = "Ends with 1 at the first new alarm.") boolean untilAlarm,
            @Option(names = "--json", description = "Each event as a line of JSON.") boolean json)
            throws CommandFailed, IOException {
        if (seconds < 1 || seconds > 86_400) {
            throw CommandFailed.unusable("--interval " + seconds + " is out of bounds: 1 to 86400 seconds");
        }
        var watch = new LogWatch(
                name,
                party,
                new LogReader(settings, api),
                api,
                json ? LogPrint.lines(spec.commandLine()) : print(),
                options.filter(),
                untilAlarm);
        return watch.run(Duration.ofSeconds(seconds), settings.pause());
    }

    private LogPrint print() {
        return LogPrint.words(spec.commandLine(), Terminal.of(settings.environment()), Clock.systemUTC());
    }

    private static JsonObject json(String name, AuditResult result, EventFilter filter) {
        var json = new JsonObject();
        json.addProperty("contract", name);
        json.addProperty("verified", result.passed());
        json.addProperty("size", result.size());
        var findings = new JsonArray();
        result.findings().forEach(finding -> {
            var one = new JsonObject();
            one.addProperty("code", finding.code().name());
            one.addProperty("detail", finding.detail());
            findings.add(one);
        });
        json.add("findings", findings);
        result.witnesses().ifPresent(judged -> {
            var witnesses = new JsonObject();
            judged.cosigned().forEach(witnesses::addProperty);
            json.add("cosigned", witnesses);
        });
        json.addProperty("eventsVerified", result.events().size());
        var events = new JsonArray();
        result.events().stream()
                .filter(event -> filter.shows(event.event()))
                .map(LogCommand::json)
                .forEach(events::add);
        json.add("events", events);
        return json;
    }

    static JsonObject json(AuditedEvent event) {
        var one = new JsonObject();
        one.addProperty("index", event.index());
        one.addProperty("seq", event.seq());
        one.add("event", event.event());
        return one;
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
