package dev.husk.benchmark.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * What the heap of another JVM holds after a full collection, by {@code jcmd GC.class_histogram}: the same with every
 * collector. Needs a JDK of the user whom that JVM runs as.
 */
record LiveHeap(long pid) {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");
    private static final long KIB = 1024;
    private static final long PATIENCE_SECONDS = 60;

    long kib() throws LoadFailedException, IOException, InterruptedException {
        var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        var process = new ProcessBuilder(jcmd, Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        try (var out = process.getInputStream()) {
            return total(new String(out.readAllBytes(), StandardCharsets.UTF_8));
        } finally {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        }
    }

    static long total(String histogram) throws LoadFailedException {
        var total = TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new LoadFailedException(
                    "jcmd gives no histogram: " + histogram.lines().limit(3).toList());
        }
        return Long.parseLong(total.group(1)) / KIB;
    }
}
