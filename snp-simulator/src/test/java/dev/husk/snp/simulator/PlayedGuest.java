package dev.husk.snp.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A JVM that finds a {@code /dev/sev-guest}, because a shim for it is preloaded. */
final class PlayedGuest implements AutoCloseable {
    /** What a request came to, and after how many pauses. */
    record Answer(int pauses, String text) {}

    private final Path folder;
    private final Process process;
    private final PrintWriter in;
    private final BufferedReader out;

    private PlayedGuest(Path folder, Process process) {
        this.folder = folder;
        this.process = process;
        this.in = new PrintWriter(process.getOutputStream(), true);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream()));
    }

    static PlayedGuest start(Path shim, Path folder) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-Djava.io.tmpdir=" + folder));
        if (Runtime.version().feature() >= 22) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), GuestProcess.class.getName()));
        var builder = new ProcessBuilder(command)
                .redirectError(folder.resolve("errors").toFile());
        builder.environment().put("LD_PRELOAD", shim.toString());
        builder.environment().put("SEV_GUEST_SHIM", folder.toString());
        builder.directory(new File(folder.toString()));
        return new PlayedGuest(folder, builder.start());
    }

    void write(String file, byte[] content) throws IOException {
        Files.write(folder.resolve(file), content);
    }

    /** Makes one request, with a line of script for each call to come. */
    Answer ask(String request, String... script) throws IOException {
        var lines = new StringBuilder();
        for (var line : script) {
            lines.append(line).append('\n');
        }
        Files.writeString(folder.resolve("script"), lines);
        Files.deleteIfExists(folder.resolve("record"));
        in.println(request);
        var answer = out.readLine();
        assertThat(answer).as(() -> "the guest died: " + errors()).isNotNull();
        assertThat(folder.resolve("script")).as("calls that did not come").isEmptyFile();
        int space = answer.indexOf(' ');
        return new Answer(Integer.parseInt(answer.substring(0, space)), answer.substring(space + 1));
    }

    /** What the shim saw of the last request. */
    List<String> record() throws IOException {
        return Files.readAllLines(folder.resolve("record"));
    }

    private String errors() {
        try {
            return Files.readString(folder.resolve("errors"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            process.destroyForcibly();
        }
    }
}
