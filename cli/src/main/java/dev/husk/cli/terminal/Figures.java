package dev.husk.cli.terminal;

import java.time.Duration;
import java.util.Locale;

/** Sizes, rates and times as people read them. */
public final class Figures {
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private Figures() {}

    public static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes / 1024.0;
        int unit = 0;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
    }

    public static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    public static String rate(long bytes, Duration time) {
        long millis = Math.max(1, time.toMillis());
        return bytes((long) (bytes * 1000.0 / millis)) + "/s";
    }
}
