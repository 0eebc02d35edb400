package dev.husk.local.whisk;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one sandbox prints, cut into the logs of its activations. What comes between two activations, or before the
 * first, belongs to the next one, as with containers.
 */
final class SandboxLog {
    static final String SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT);

    private final Clock clock;
    private List<String> lines = new ArrayList<>();
    private long bytes;
    private long limit = 1024 * 1024;
    private boolean truncated;
    private int stdoutEnds;
    private int stderrEnds;

    SandboxLog(Clock clock) {
        this.clock = clock;
    }

    void stdout(String line) {
        add("stdout", line);
    }

    void stderr(String line) {
        add("stderr", line);
    }

    /** From here on the lines are those of an activation that may log so many bytes. */
    synchronized void begin(long limit) {
        this.limit = limit;
        stdoutEnds = 0;
        stderrEnds = 0;
    }

    /** Waits until both streams said that the activation ended; tells whether they did. */
    synchronized boolean awaitEnd(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (stdoutEnds == 0 || stderrEnds == 0) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            // Rounded up, since waiting for 0 ms means waiting for ever.
            wait(left / 1_000_000 + 1);
        }
        return true;
    }

    /** The lines so far of an activation that may still write. */
    synchronized List<String> soFar() {
        return List.copyOf(lines);
    }

    /** The lines so far, which are then forgotten. */
    synchronized List<String> take() {
        if (truncated) {
            lines.add(line(
                    "stderr",
                    "Logs were truncated because the total bytes size exceeds the limit of " + limit + " bytes."));
        }
        var taken = lines;
        lines = new ArrayList<>();
        bytes = 0;
        truncated = false;
        return taken;
    }

    String line(String stream, String text) {
        var time = TIME.format(Instant.now(clock).atOffset(ZoneOffset.UTC));
        return time + " " + stream + ": " + text;
    }

    private synchronized void add(String stream, String text) {
        int sentinel = text.indexOf(SENTINEL);
        if (sentinel >= 0) {
            if (stream.equals("stdout")) {
                stdoutEnds++;
            } else {
                stderrEnds++;
            }
            notifyAll();
            if (sentinel == 0) {
                return;
            }
        }
        var kept = sentinel > 0 ? text.substring(0, sentinel) : text;
        long size = kept.getBytes(StandardCharsets.UTF_8).length + 1L;
        if (bytes + size > limit) {
            truncated = limit > 0;
            return;
        }
        bytes += size;
        lines.add(line(stream, kept));
    }
}
