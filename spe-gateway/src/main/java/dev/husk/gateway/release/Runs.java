package dev.husk.gateway.release;

import dev.husk.gateway.log.LoggedEvent;
import dev.husk.gateway.log.View;
import dev.husk.gateway.log.Views;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** How often each function has run, counted from the releases in the log. Safe to share between threads. */
@ApplicationScoped
public class Runs implements View {
    /** More days than replicas' clocks are apart. */
    private static final int DAYS = 8;

    /** @param days runs of the newest days (UTC) on which there were any */
    private record Tally(long runs, Map<LocalDate, Long> days) {
        private static final Tally NONE = new Tally(0, Map.of());

        Tally and(LocalDate day) {
            var counted = new TreeMap<>(days);
            counted.merge(day, 1L, Long::sum);
            if (counted.size() > DAYS) {
                counted.pollFirstEntry();
            }
            return new Tally(runs + 1, Map.copyOf(counted));
        }

        Usage on(LocalDate day) {
            if (days.size() == DAYS && days.keySet().stream().noneMatch(day::isAfter) && !days.containsKey(day)) {
                throw new IllegalStateException("this gateway's clock, of " + day + ", is days behind the log's");
            }
            return new Usage(runs, days.getOrDefault(day, 0L));
        }
    }

    private final Map<String, Tally> tallies = new ConcurrentHashMap<>();

    @Inject
    private Views views;

    /** What was used of a function's limits, at a time that says which day it is. */
    Usage of(String contract, String function, Instant now) {
        views.catchUp();
        return counted(contract, function, now);
    }

    Usage counted(String contract, String function, Instant now) {
        return tallies.getOrDefault(key(contract, function), Tally.NONE).on(day(now));
    }

    @Override
    public void take(LoggedEvent event) {
        if (event.name().equals("released") && event.says("run")) {
            var key = key(event.chain(), event.text("function"));
            tallies.put(key, tallies.getOrDefault(key, Tally.NONE).and(day(event.time("time"))));
        }
    }

    private static String key(String contract, String function) {
        return contract + "/" + function;
    }

    private static LocalDate day(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }
}
