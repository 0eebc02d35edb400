package dev.husk.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;

/** What one part prints, appended to a file, and where in it this start began. */
final class LogFile {
    private static final long LARGE = 16L << 20;
    private static final int TAIL = 256 * 1024;

    private final Path path;
    private final long start;

    private LogFile(Path path, long start) {
        this.path = path;
        this.start = start;
    }

    /** Opens a log for a new start; one of more than 16 MiB is set aside as {@code NAME.old}. */
    static LogFile open(Path path) throws IOException {
        Files.createDirectories(path.toAbsolutePath().resolveSibling("."));
        long size = Files.exists(path) ? Files.size(path) : 0;
        if (size > LARGE) {
            Files.move(path, path.resolveSibling(path.getFileName() + ".old"), StandardCopyOption.REPLACE_EXISTING);
            size = 0;
        }
        return new LogFile(path, size);
    }

    Path path() {
        return path;
    }

    /** Whether a line among the latest since the start is such. */
    boolean holds(Predicate<String> wanted) {
        try {
            return lines().stream().anyMatch(wanted);
        } catch (IOException e) {
            // What cannot be read says nothing; whoever needs the log for a message gets the reason there.
            return false;
        }
    }

    /** The last five lines since the start that matter, or, where none does, the last five. */
    String problem(Predicate<String> matters) {
        List<String> lines;
        try {
            lines = lines();
        } catch (IOException e) {
            return "its log cannot be read (" + e.getMessage() + ")";
        }
        var chosen = lines.stream().filter(matters).toList();
        if (chosen.isEmpty()) {
            chosen = lines;
        }
        var last = chosen.subList(Math.max(0, chosen.size() - 5), chosen.size());
        return (last.isEmpty() ? "it printed nothing" : String.join("\n  ", last)) + "\n  (the whole log: " + path
                + ")";
    }

    private List<String> lines() throws IOException {
        if (Files.notExists(path)) {
            return List.of();
        }
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            file.seek(Math.max(start, file.length() - TAIL));
            byte[] tail = new byte[(int) Math.max(0, file.length() - file.getFilePointer())];
            file.readFully(tail);
            return new String(tail, StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        }
    }
}
