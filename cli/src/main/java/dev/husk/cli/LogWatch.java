package dev.husk.cli;

import dev.husk.cli.log.AuditResult;
import dev.husk.cli.log.AuditedEvent;
import dev.husk.cli.log.EventFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Follows one contract's events: all of them are audited once, and then what is new, again and again. */
final class LogWatch {
    private final String name;
    private final String party;
    private final LogReader reader;
    private final PartyApi api;
    private final LogPrint print;
    private final EventFilter filter;
    private final boolean untilAlarm;
    private boolean away;

    LogWatch(
            String name,
            String party,
            LogReader reader,
            PartyApi api,
            LogPrint print,
            EventFilter filter,
            boolean untilAlarm) {
        this.name = name;
        this.party = party;
        this.reader = reader;
        this.api = api;
        this.print = print;
        this.filter = filter;
        this.untilAlarm = untilAlarm;
    }

    /**
     * Goes on until it is interrupted, or has found what it must end with.
     *
     * @return what to exit with
     * @throws CommandFailed if the first look fails: later a gateway that is away is waited for
     */
    int run(Duration interval, Pause pause) throws CommandFailed, IOException {
        var first = reader.audit(api.contract(name, party), party, java.util.List.of());
        if (!first.passed()) {
            print.alarm(name, first);
            return ExitCodes.REFUSED;
        }
        print.note("verified: %d events of %s in a log of %d entries; watching, Ctrl-C ends it"
                .formatted(first.events().size(), name, first.size()));
        try {
            while (true) {
                pause.pause(interval);
                var found = look();
                if (found.isPresent() && isEnd(found.get())) {
                    return ExitCodes.REFUSED;
                }
            }
        } catch (InterruptedException e) {
            return ExitCodes.OK;
        }
    }

    /** What is new; empty while the gateway is away. */
    private Optional<AuditResult> look() throws CommandFailed, IOException {
        try {
            var result = reader.auditNewer(api.contract(name, party), party);
            if (away) {
                away = false;
                print.trouble("the gateway answers again");
            }
            return Optional.of(result);
        } catch (CommandFailed e) {
            if (e.exitCode() != ExitCodes.UNREACHABLE) {
                throw e;
            }
            if (!away) {
                away = true;
                print.trouble(e.getMessage() + "; trying on, nothing is lost");
            }
            return Optional.empty();
        }
    }

    private boolean isEnd(AuditResult result) {
        result.events().stream().filter(event -> filter.shows(event.event())).forEach(print::event);
        if (!result.passed()) {
            print.alarm(name, result);
            return true;
        }
        return untilAlarm && result.events().stream().map(AuditedEvent::event).anyMatch(EventFilter::isAlarm);
    }
}
