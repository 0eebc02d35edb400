package dev.husk.local.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Cuts a stream of UTF-8 into lines of bounded length. */
final class LinePump {
    private static final int LONGEST = 64 * 1024;

    private LinePump() {}

    static Thread start(String name, InputStream stream, Consumer<String> lines) {
        var thread = new Thread(() -> pump(stream, lines), name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void pump(InputStream stream, Consumer<String> lines) {
        var line = new StringBuilder();
        try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c == '\n') {
                    emit(line, lines);
                } else {
                    line.append((char) c);
                    if (line.length() >= LONGEST && !Character.isHighSurrogate((char) c)) {
                        emit(line, lines);
                    }
                }
            }
        } catch (IOException e) {
            // The pipe broke because the child ended; what was read so far is what there is.
        }
        if (!line.isEmpty()) {
            emit(line, lines);
        }
    }

    private static void emit(StringBuilder line, Consumer<String> lines) {
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') {
            end--;
        }
        lines.accept(line.substring(0, end));
        line.setLength(0);
    }
}
