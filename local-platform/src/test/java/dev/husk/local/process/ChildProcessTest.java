package dev.husk.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ChildProcessTest {
    @TempDir
    Path folder;

    private final BlockingQueue<String> out = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> err = new LinkedBlockingQueue<>();

    @Test
    void linesArriveByStreamAndTheExitCodeIsTheCommands() throws Exception {
        try (var child = shell("echo one; echo ❄ >&2; printf unfinished; exit 7")) {
            assertThat(child.onExit().get(2, TimeUnit.MINUTES)).isEqualTo(7);
        }
        assertThat(next(out)).isEqualTo("one");
        assertThat(next(out)).isEqualTo("unfinished");
        assertThat(next(err)).isEqualTo("❄");
    }

    @Test
    void aLineWithoutEndIsCutInPieces() throws Exception {
        try (var child = shell("head -c 70000 /dev/zero | tr '\\0' x")) {
            child.onExit().get(2, TimeUnit.MINUTES);
        }
        assertThat(next(out)).hasSize(65536);
        assertThat(next(out)).hasSize(70000 - 65536);
    }

    @Test
    void theLogFileGetsBothStreamsAndIsAppendedTo() throws Exception {
        var log = folder.resolve("logs/child.log");
        for (int i = 0; i < 2; i++) {
            try (var child = ChildProcess.start(
                    List.of("/bin/sh", "-c", "echo out; echo err >&2"),
                    Map.of(),
                    folder,
                    new ChildOutput.ToFile(log))) {
                child.onExit().get(2, TimeUnit.MINUTES);
            }
        }
        assertThat(Files.readAllLines(log)).containsExactly("out", "err", "out", "err");
    }

    @Test
    void theEnvironmentIsTheGivenOneAndTheDirectoryToo() throws Exception {
        try (var child = ChildProcess.start(
                List.of("/bin/sh", "-c", "echo $GIVEN; pwd; env | grep -c SURELY_NOT; cat"),
                Map.of("GIVEN", "yes"),
                folder.toRealPath(),
                new ChildOutput.ToLines(out::add, err::add))) {
            child.onExit().get(2, TimeUnit.MINUTES);
        }
        assertThat(next(out)).isEqualTo("yes");
        assertThat(next(out)).isEqualTo(folder.toRealPath().toString());
    }

    @Test
    void aCommandThatDoesNotExistEndsAtOnceAndSaysWhy() throws Exception {
        try (var child = ChildProcess.start(
                List.of("/no/such/command"), Map.of(), folder, new ChildOutput.ToLines(out::add, err::add))) {
            assertThat(child.onExit().get(2, TimeUnit.MINUTES)).isIn(126, 127);
        }
        assertThat(next(err)).contains("/no/such/command");
    }

    @Test
    void closeEndsTheCommandAndWhatItStarted() throws Exception {
        var child = shell("sleep 1000 & echo $!; echo $$; wait");
        var descendant = process(next(out));
        var command = process(next(out));
        assertThat(child.isAlive()).isTrue();

        child.close();

        assertThat(child.isAlive()).isFalse();
        assertThat(command.isAlive()).isFalse();
        descendant.onExit().get(2, TimeUnit.MINUTES);
    }

    @Test
    void aCommandThatIgnoresSigtermIsKilled() throws Exception {
        var child = shell("trap '' TERM; echo $$; while :; do sleep 0.1; done");
        var command = process(next(out));

        child.stop("TERM", Duration.ofMillis(300));

        assertThat(child.isAlive()).isFalse();
        assertThat(command.isAlive()).isFalse();
    }

    @Test
    void aSignalReachesTheCommand() throws Exception {
        try (var child = shell("trap 'echo got it; exit 3' USR1; echo ready; while :; do sleep 0.05; done")) {
            assertThat(next(out)).isEqualTo("ready");
            child.signal("USR1");
            assertThat(next(out)).isEqualTo("got it");
            assertThat(child.onExit().get(2, TimeUnit.MINUTES)).isEqualTo(3);
            child.signal("USR1");
        }
    }

    @Test
    void whatACommandLeavesInItsGroupIsKilledWhenItEnds() throws Exception {
        try (var child = shell("sleep 1000 >/dev/null 2>&1 & echo $!")) {
            var left = process(next(out));
            assertThat(child.onExit().get(2, TimeUnit.MINUTES)).isZero();
            left.onExit().get(2, TimeUnit.MINUTES);
        }
    }

    @Test
    void aTerminalsInterruptOfTheShellInBetweenDoesNotOrphanTheCommand() throws Exception {
        var child = shell("echo $$; exec sleep 1000");
        var command = process(next(out));
        new ProcessBuilder("kill", "-INT", Long.toString(child.pid())).start().waitFor();
        assertThat(child.isAlive()).isTrue();
        child.close();
        assertThat(command.isAlive()).isFalse();
    }

    @Test
    void sigkillOfTheParentLeavesNoOrphan() throws Exception {
        var parent = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
            var descendant = process(lines.readLine());
            var command = process(lines.readLine());

            parent.destroyForcibly().waitFor();

            command.onExit().get(2, TimeUnit.MINUTES);
            descendant.onExit().get(2, TimeUnit.MINUTES);
        }
    }

    /** Stands for a platform that is killed. */
    static final class Parent {
        public static void main(String[] args) throws Exception {
            ChildProcess.start(
                    List.of("/bin/sh", "-c", "sleep 1000 & echo $!; echo $$; wait"),
                    Map.of(),
                    Path.of("."),
                    new ChildOutput.ToLines(System.out::println, System.err::println));
            Thread.currentThread().join();
        }
    }

    private ChildProcess shell(String script) throws Exception {
        return ChildProcess.start(
                List.of("/bin/sh", "-c", script), Map.of(), folder, new ChildOutput.ToLines(out::add, err::add));
    }

    private static ProcessHandle process(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private static String next(BlockingQueue<String> lines) throws InterruptedException {
        var line = lines.poll(2, TimeUnit.MINUTES);
        assertThat(line).as("a line within 20 s").isNotNull();
        return line;
    }
}
