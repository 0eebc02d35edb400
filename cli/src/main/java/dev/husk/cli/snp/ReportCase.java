package dev.husk.cli.snp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A report, and all that it is to be judged with: the options of {@code husk snp verify}.
 *
 * @param certificates leaf first; empty where the report's file carries them
 * @param chain a folder with certificates of authorities
 * @param crl revocation list of the product, DER or PEM
 * @param at when to judge; empty for now
 * @param expect the members of a contract's platform, and {@code reportData}; absent exactly with {@code signatureOnly}
 * @param simulatedRoot root of a simulator that is believed
 */
public record ReportCase(
        Path report,
        List<Path> certificates,
        Optional<Path> chain,
        Optional<Path> crl,
        Optional<Instant> at,
        Optional<JsonElement> expect,
        boolean signatureOnly,
        boolean acceptRevoked,
        Optional<Path> simulatedRoot) {
    private static final Set<String> MEMBERS = Set.of(
            "id",
            "report",
            "certificate",
            "chain",
            "crl",
            "at",
            "expect",
            "signature-only",
            "signatureOnly",
            "accept-revoked",
            "acceptRevoked",
            "simulated-root",
            "simulatedRoot");

    public ReportCase {
        certificates = List.copyOf(certificates);
    }

    /** Reads JSON from a file that a member names. */
    public interface Files {
        JsonElement json(Path file) throws UnusableInputException;
    }

    /**
     * The case of one line of a batch: members are called as the options are.
     *
     * @throws UnusableInputException for an unknown member, or one of a wrong type
     */
    static ReportCase of(JsonObject json, Files files) throws UnusableInputException {
        for (var name : json.keySet()) {
            if (!MEMBERS.contains(name)) {
                throw new UnusableInputException("unknown member '%s'".formatted(name));
            }
        }
        var report = file(json, "report");
        if (report.isEmpty()) {
            throw new UnusableInputException("no report");
        }
        var at = text(json, "at");
        Optional<JsonElement> expect = Optional.empty();
        if (json.get("expect") instanceof JsonObject object) {
            expect = Optional.of(object);
        } else if (file(json, "expect").isPresent()) {
            expect = Optional.of(files.json(file(json, "expect").get()));
        }
        return new ReportCase(
                report.get(),
                certificates(json),
                file(json, "chain"),
                file(json, "crl"),
                at.isPresent() ? Optional.of(time(at.get())) : Optional.empty(),
                expect,
                flag(json, "signature-only") || flag(json, "signatureOnly"),
                flag(json, "accept-revoked") || flag(json, "acceptRevoked"),
                file(json, json.has("simulated-root") ? "simulated-root" : "simulatedRoot"));
    }

    /**
     * A moment such as {@code 2026-01-31T12:00:00Z}, or a day, which stands for its first moment in UTC.
     *
     * @throws UnusableInputException for another text
     */
    public static Instant time(String text) throws UnusableInputException {
        try {
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException e) {
            throw new UnusableInputException("'%s' is no time such as 2026-01-31T12:00:00Z".formatted(text));
        }
    }

    private static List<Path> certificates(JsonObject json) throws UnusableInputException {
        var value = json.get("certificate");
        if (value == null || !value.isJsonArray()) {
            return file(json, "certificate").map(List::of).orElseGet(List::of);
        }
        var all = new ArrayList<Path>();
        for (var one : value.getAsJsonArray()) {
            if (!one.isJsonPrimitive()) {
                throw new UnusableInputException("certificate must be a file's name, or several");
            }
            all.add(InputFile.path(one.getAsString()));
        }
        return all;
    }

    private static Optional<Path> file(JsonObject json, String name) throws UnusableInputException {
        var text = text(json, name);
        return text.isPresent() ? Optional.of(InputFile.path(text.get())) : Optional.empty();
    }

    private static Optional<String> text(JsonObject json, String name) throws UnusableInputException {
        var value = json.get(name);
        if (value == null || value.isJsonNull()) {
            return Optional.empty();
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new UnusableInputException("%s must be text".formatted(name));
        }
        return Optional.of(value.getAsString());
    }

    private static boolean flag(JsonObject json, String name) throws UnusableInputException {
        var value = json.get(name);
        if (value == null || value.isJsonNull()) {
            return false;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
            throw new UnusableInputException("%s must be true or false".formatted(name));
        }
        return value.getAsBoolean();
    }
}
