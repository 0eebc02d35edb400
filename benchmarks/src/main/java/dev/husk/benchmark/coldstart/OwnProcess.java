package dev.husk.benchmark.coldstart;

import dev.husk.benchmark.gateway.ProcessTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** A process with its output in a file; it does not outlive this JVM, unless that is killed by SIGKILL. */
final class OwnProcess implements Starter.Started {
    private static final int GRACE_SECONDS = 10;

    private final Process process;
    private final Path output;
    private final Thread hook;

    private OwnProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        this.hook = new Thread(process::destroyForcibly, "cold-start-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** @param environment all of it but PATH and HOME */
    static OwnProcess start(List<String> command, Map<String, String> environment, Path folder) throws IOException {
        var output = Files.createTempFile(folder, "output", ".txt");
        var builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectInput(new java.io.File("/dev/null"))
                .redirectOutput(output.toFile());
        builder.environment().keySet().retainAll(List.of("PATH", "HOME"));
        builder.environment().putAll(environment);
        return new OwnProcess(builder.start(), output);
    }

    /** Waits for its end; the exit status. */
    int await() throws InterruptedException {
        return process.waitFor();
    }

    @Override
    public boolean alive() {
        return process.isAlive();
    }

    @Override
    public String printed() {
        try {
            return Files.readString(output, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "(its output cannot be read: " + e.getMessage() + ")";
        }
    }

    @Override
    public OptionalDouble cpuSeconds() {
        return OptionalDouble.of(new ProcessTree(process.pid()).cpuSeconds());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and the hook does the same again.
        }
    }
}
