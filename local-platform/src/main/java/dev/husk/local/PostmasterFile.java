package dev.husk.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * {@code postmaster.pid} in a data folder: a killed server leaves it behind, and the next one does not start while a
 * process with the number in it lives, even if that process is something else by now.
 *
 * <p>Only for whoever holds the lock on the state folder, since then no server of ours can rightly be running.
 */
record PostmasterFile(Path path, Path data) {
    private static final long SECONDS_TO_END = 15;

    static PostmasterFile in(Path data) {
        return new PostmasterFile(data.resolve("postmaster.pid"), data);
    }

    /** Ends a server that its dead parent left in this folder, and removes what a killed one left of itself. */
    void clear() throws IOException, StartFailedException, InterruptedException {
        if (Files.notExists(path)) {
            return;
        }
        var lines = Files.readAllLines(path);
        if (!lines.isEmpty() && lines.get(0).strip().matches("[0-9]{1,18}")) {
            var process = ProcessHandle.of(Long.parseLong(lines.get(0).strip()));
            if (process.isPresent() && isOurs(process.get())) {
                end(process.get());
            }
        }
        Files.deleteIfExists(path);
    }

    private boolean isOurs(ProcessHandle process) throws IOException {
        var commandLine = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            var words = Files.readString(commandLine).split("\0", -1);
            return words[0].endsWith("/postgres") && List.of(words).contains(data.toString());
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private void end(ProcessHandle process) throws StartFailedException, InterruptedException {
        process.destroy();
        try {
            process.onExit().get(SECONDS_TO_END, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new StartFailedException(
                    "an older PostgreSQL, process %d, still uses %s: stop it".formatted(process.pid(), data));
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for a process cannot fail", e);
        }
    }
}
