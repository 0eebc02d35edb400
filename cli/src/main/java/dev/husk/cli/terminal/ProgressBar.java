package dev.husk.cli.terminal;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How far something is: a bar in one line of a terminal, a plain line every five seconds elsewhere, or nothing. Not
 * safe for use by several threads.
 */
public final class ProgressBar implements AutoCloseable {
    private static final long REDRAW = Duration.ofMillis(100).toNanos();
    private static final long REPEAT = Duration.ofSeconds(5).toNanos();
    private static final int WIDTH = 30;

    private enum Style {
        BAR,
        LINES,
        SILENT
    }

    private final PrintWriter out;
    private final Style style;
    private final String label;
    private final LongSupplier nanos;
    private long shown;
    private int drawn;

    private ProgressBar(PrintWriter out, Style style, String label, LongSupplier nanos) {
        this.out = out;
        this.style = style;
        this.label = label;
        this.nanos = nanos;
        this.shown = nanos.getAsLong();
    }

    public static ProgressBar on(PrintWriter out, Terminal terminal, String label) {
        return on(out, terminal, label, System::nanoTime);
    }

    static ProgressBar on(PrintWriter out, Terminal terminal, String label, LongSupplier nanos) {
        return new ProgressBar(out, terminal.isRich() ? Style.BAR : Style.LINES, label, nanos);
    }

    /** For scripts: shows nothing. */
    public static ProgressBar silent() {
        return new ProgressBar(new PrintWriter(PrintWriter.nullWriter()), Style.SILENT, "", System::nanoTime);
    }

    /** @param fraction 0 to 1; what lies outside is shown as the nearer end */
    public void update(double fraction, String note) {
        long now = nanos.getAsLong();
        boolean first = style == Style.BAR && drawn == 0;
        if (style == Style.SILENT || !first && now - shown < (style == Style.BAR ? REDRAW : REPEAT)) {
            return;
        }
        shown = now;
        double part = Double.isNaN(fraction) ? 0 : Math.min(1, Math.max(0, fraction));
        int percent = (int) (part * 100);
        if (style == Style.LINES) {
            out.printf("%s: %d%% %s%n", label, percent, Terminal.printable(note));
            return;
        }
        int full = (int) (part * WIDTH);
        var line = "%s [%s%s] %3d%% %s"
                .formatted(label, "#".repeat(full), "-".repeat(WIDTH - full), percent, Terminal.printable(note));
        // A line that the terminal breaks could not be drawn over.
        redraw(line.substring(0, Math.min(line.length(), Terminal.columns() - 1)));
    }

    private void redraw(String line) {
        out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
        out.flush();
        drawn = line.length();
    }

    /** Takes the bar away; what came of it is for the caller to say. */
    @Override
    public void close() {
        if (drawn > 0) {
            redraw("");
            out.print("\r");
            out.flush();
            drawn = 0;
        }
    }
}
