package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.cli.log.AuditResult;
import dev.husk.cli.log.AuditedEvent;
import dev.husk.cli.log.EventFilter;
import dev.husk.cli.log.EventWords;
import dev.husk.cli.log.Finding;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.log.WitnessPolicy;
import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Prints events and what an audit found: in words, or each event as a line of JSON. */
final class LogPrint {
    private final PrintWriter out;
    private final PrintWriter err;
    private final Terminal terminal;
    private final Clock clock;
    private final boolean json;

    private LogPrint(CommandLine command, Terminal terminal, Clock clock, boolean json) {
        this.out = command.getOut();
        this.err = command.getErr();
        this.terminal = terminal;
        this.clock = clock;
        this.json = json;
    }

    static LogPrint words(CommandLine command, Terminal terminal, Clock clock) {
        return new LogPrint(command, terminal, clock, false);
    }

    /** Of everything but events it speaks on standard error. */
    static LogPrint lines(CommandLine command) {
        return new LogPrint(command, Terminal.plain(), Clock.systemUTC(), true);
    }

    void event(AuditedEvent event) {
        if (json) {
            out.println(LogCommand.json(event));
            out.flush();
        } else {
            event(event.event());
        }
    }

    /** Refusals stand out. */
    void event(JsonObject event) {
        var lines = EventWords.of(event);
        var first = lines.get(0);
        out.println(
                EventFilter.isAlarm(event)
                        ? terminal.red(first)
                        : EventFilter.isRefusal(event) ? terminal.yellow(first) : first);
        lines.stream().skip(1).forEach(reason -> out.println("    - " + reason));
        out.flush();
    }

    /** The events that the filter shows, and what was found. */
    void result(String name, AuditResult result, EventFilter filter) {
        var shown = result.events().stream()
                .filter(event -> filter.shows(event.event()))
                .toList();
        shown.forEach(this::event);
        if (!result.passed()) {
            alarm(name, result);
            return;
        }
        if (shown.size() < result.events().size()) {
            out.println("(listed: %d of %d events; all were checked)"
                    .formatted(shown.size(), result.events().size()));
        }
        out.println("%s: all %d events of %s are in the log of %d entries, which only grew"
                .formatted(terminal.green("verified"), result.events().size(), name, result.size()));
        result.witnesses().ifPresent(this::witnesses);
    }

    private void witnesses(WitnessPolicy.Judgement judged) {
        out.println("cosigned by " + String.join(", ", cosigners(judged.cosigned())));
    }

    private List<String> cosigners(Map<String, Long> cosigned) {
        return cosigned.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(entry -> {
                    var time = Instant.ofEpochSecond(entry.getValue());
                    return Terminal.printable(entry.getKey()) + " at " + time + " ("
                            + age(Duration.between(time, clock.instant())) + ")";
                })
                .toList();
    }

    static String age(Duration age) {
        if (age.isNegative()) {
            return "by a clock ahead of this one";
        }
        return age.toMinutes() < 2
                ? age.toSeconds() + " s ago"
                : age.toHours() < 2
                        ? age.toMinutes() + " min ago"
                        : age.toDays() < 2 ? age.toHours() + " h ago" : age.toDays() + " days ago";
    }

    void alarm(String name, AuditResult result) {
        err.println(terminal.red("ALARM: the gateway's log of " + name + " does not hold together:"));
        for (Finding finding : result.findings()) {
            err.println("  - " + finding.code() + ": " + Terminal.printable(finding.detail()));
        }
        err.flush();
    }

    void note(String line) {
        var to = json ? err : out;
        to.println(line);
        to.flush();
    }

    void trouble(String line) {
        err.println(terminal.yellow(line));
        err.flush();
    }
}
