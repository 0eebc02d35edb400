package dev.husk.snp.kds;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/** The header {@code Retry-After} (RFC 9110, section 10.2.3): seconds, or a date in the preferred format. */
final class RetryAfter {
    private RetryAfter() {}

    /** Empty for what is neither, so that the usual back-off counts. */
    static Optional<Instant> parse(String value, Instant now) {
        var text = value.strip();
        try {
            if (text.matches("[0-9]{1,9}")) {
                return Optional.of(now.plusSeconds(Integer.parseInt(text)));
            }
            return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
