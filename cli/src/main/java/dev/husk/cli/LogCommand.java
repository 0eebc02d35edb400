package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.cli.log.AuditResult;
import dev.husk.cli.log.AuditedEvent;
import dev.husk.cli.log.EventWords;
import dev.husk.cli.log.ShownEvent;
import dev.husk.cli.terminal.Terminal;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code log} commands: what happened under a contract, and whether that is all of it. */
@Command(
        name = "log",
        mixinStandardHelpOptions = true,
        description = "Shows and verifies what happened under a contract.",
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
            @Option(names = "--json", description = "The events as JSON.") boolean json)
            throws CommandFailed, IOException {
        var events = new LogReader(settings, api).shown(api.contract(name, party), party);
        if (json) {
            var all = new JsonArray();
            events.stream().map(ShownEvent::whole).forEach(all::add);
            out("%s", all);
        } else {
            events.stream().map(ShownEvent::whole).forEach(this::print);
            out("(as the gateway tells it; `husk log verify %s --as %s` checks it)", name, party);
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "verify",
            mixinStandardHelpOptions = true,
            description = {
                "Checks that the log holds every event of a contract, that each is what was logged, and that the log "
                        + "only grew since it was last seen."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  husk log verify heart-risk --as hospital-a",
                "  husk log verify heart-risk --as hospital-a --json | jq .findings"
            })
    int verify(
            @Parameters(paramLabel = "CONTRACT", description = "The contract's name.") String name,
            @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who asks.") String party,
            @Option(names = "--json", description = "Findings and events as JSON.") boolean json)
            throws CommandFailed, IOException {
        var result = new LogReader(settings, api).audit(api.contract(name, party), party);
        if (json) {
            out("%s", json(name, result));
        } else {
            print(name, result, Terminal.of(settings.environment()));
        }
        return result.passed() ? ExitCodes.OK : ExitCodes.REFUSED;
    }

    private void print(String name, AuditResult result, Terminal terminal) {
        result.events().stream().map(AuditedEvent::event).forEach(this::print);
        if (result.passed()) {
            out(
                    "%s: all %d events of %s are in the log of %d entries, which only grew",
                    terminal.green("verified"), result.events().size(), name, result.size());
            return;
        }
        var err = spec.commandLine().getErr();
        err.println(terminal.red("ALARM: the gateway's log of " + name + " does not hold together:"));
        result.findings()
                .forEach(finding -> err.println("  - " + finding.code() + ": " + Terminal.printable(finding.detail())));
    }

    private void print(JsonObject event) {
        var lines = EventWords.of(event);
        out("%s", lines.get(0));
        lines.stream().skip(1).forEach(reason -> out("    - %s", reason));
    }

    private static JsonObject json(String name, AuditResult result) {
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
        var events = new JsonArray();
        result.events().forEach(event -> {
            var one = new JsonObject();
            one.addProperty("index", event.index());
            one.addProperty("seq", event.seq());
            one.add("event", event.event());
            events.add(one);
        });
        json.add("events", events);
        return json;
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
