package dev.husk.gateway.console;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** A file of the page: one of those that stand here, whatever is asked for. */
record ConsoleFile(String name, String type) {
    static final ConsoleFile PAGE = new ConsoleFile("index.html", "text/html; charset=utf-8");

    private static final Set<String> NAMES = Set.of(
            "alarms.mjs",
            "api.mjs",
            "app.mjs",
            "audit.mjs",
            "budgets.mjs",
            "bytes.mjs",
            "canonical.mjs",
            "console.css",
            "contractwords.mjs",
            "dom.mjs",
            "eventwords.mjs",
            "findingwords.mjs",
            "icon.svg",
            "leaf.mjs",
            "logfiles.mjs",
            "memory.mjs",
            "merkle.mjs",
            "note.mjs",
            "pinning.mjs",
            "plot.mjs",
            "statement.mjs",
            "timeline.mjs",
            "verification.mjs",
            "verifying.mjs");

    private static final Map<String, String> TYPES = Map.of(
            "mjs", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml");

    static Optional<ConsoleFile> named(String name) {
        return NAMES.contains(name) ? Optional.of(new ConsoleFile(name, type(name))) : Optional.empty();
    }

    private static String type(String name) {
        return Objects.requireNonNull(TYPES.get(name.substring(name.lastIndexOf('.') + 1)), name);
    }
}
