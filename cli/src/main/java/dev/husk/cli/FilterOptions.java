package dev.husk.cli;

import dev.husk.cli.log.EventFilter;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which events a command lists. All are checked, whichever are listed. */
final class FilterOptions {
    @Option(names = "--since", paramLabel = "TIME", description = "Events from this day or time on (UTC).")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Events before this day or time (UTC).")
    private @Nullable String until;

    @Option(
            names = "--kind",
            paramLabel = "EVENT",
            description = "Events of this name alone, such as released or run; may be given several times.")
    private List<String> kinds = List.of();

    @Option(names = "--refusals", description = "Refusals alone.")
    private boolean refusals;

    @Option(names = "--alarms", description = "Alarms alone: sandboxes that asked to be bound again.")
    private boolean alarms;

    @Option(names = "--function", paramLabel = "NAME", description = "Events of this function alone.")
    private @Nullable String function;

    @Option(names = "--party", paramLabel = "NAME", description = "What this party did or called alone.")
    private @Nullable String party;

    EventFilter filter() throws CommandFailed {
        return new EventFilter(
                time("--since", since),
                time("--until", until),
                Set.copyOf(kinds),
                refusals,
                alarms,
                Optional.ofNullable(function),
                Optional.ofNullable(party));
    }

    private static Optional<Instant> time(String option, @Nullable String text) throws CommandFailed {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    text.contains("T")
                            ? Instant.parse(text)
                            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeException e) {
            throw CommandFailed.unusable(option + " " + text + " is no time: write 2026-11-28 or 2026-11-28T09:30:00Z");
        }
    }
}
