package dev.husk.cli.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.log.WitnessKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk witness} in processes of its own, which are killed. */
@Timeout(900)
class WitnessIT {
    @TempDir
    Path home;

    private final GrowingLog log = new GrowingLog("log.example/one", 4000);
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(60))
            .build();
    private final List<Process> started = new ArrayList<>();
    private Path errors = Path.of("");
    private WitnessKey key = WitnessKey.of("none", new byte[32]);

    @BeforeEach
    void init() throws Exception {
        var process = java("dev.husk.cli.Main", "witness", "init", folder(), "--name", "witness.example/w1");
        key = WitnessKey.parse(firstLine(process));
        assertThat(process.waitFor()).isZero();
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private String folder() {
        return home.resolve("w1").toString();
    }

    private Process java(String... arguments) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:TieredStopAtLevel=1");
        command.add("-XX:+UseSerialGC");
        command.add("-cp");
        command.add(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        errors = Files.createTempFile(home, "witness", ".err");
        var process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
        started.add(process);
        return process;
    }

    private static String firstLine(Process process) throws IOException {
        var line = process.inputReader(StandardCharsets.UTF_8).readLine();
        assertThat(line).isNotNull();
        return line;
    }

    private record Running(Process process, URI url) {
        void kill() throws InterruptedException {
            process.destroyForcibly(); // SIGKILL
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private Running serve() throws Exception {
        return running(java(
                "dev.husk.cli.Main",
                "witness",
                "serve",
                folder(),
                "--listen",
                "127.0.0.1:0",
                "--log",
                log.key().text()));
    }

    private static Running running(Process process) throws Exception {
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (var line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("listening on ")) {
                return new Running(process, URI.create(line.substring("listening on ".length())));
            }
        }
        throw new AssertionError("ended with " + process.waitFor());
    }

    private HttpResponse<String> add(URI url, byte[] body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(url.resolve("add-checkpoint"))
                        .timeout(Duration.ofSeconds(120))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private long recorded() throws Exception {
        var latest = new WitnessFolder(home.resolve("w1")).show().logs().get(log.origin());
        return latest == null ? 0 : latest.size();
    }

    @Test
    void aProcessThatDiesBeforeTheRecordIsWrittenHasCosignedNothing() throws Exception {
        var dying =
                running(java(DyingWitness.class.getName(), folder(), log.key().text(), "before"));
        assertThatThrownBy(() -> add(dying.url(), log.request(0, 3))).isInstanceOf(IOException.class);
        assertThat(dying.process().waitFor()).isEqualTo(137);
        assertThat(recorded()).isZero();
        var next = serve();
        assertThat(add(next.url(), log.fork().request(0, 3)).statusCode()).isEqualTo(200);
    }

    @Test
    void aProcessThatDiesBetweenRecordAndAnswerRemembersAfter() throws Exception {
        var dying =
                running(java(DyingWitness.class.getName(), folder(), log.key().text(), "after"));
        assertThatThrownBy(() -> add(dying.url(), log.request(0, 3))).isInstanceOf(IOException.class);
        assertThat(dying.process().waitFor()).isEqualTo(137);
        assertThat(recorded()).isEqualTo(3);
        var next = serve();
        var stale = add(next.url(), log.request(0, 3));
        assertThat(stale.statusCode()).isEqualTo(409);
        assertThat(stale.body()).isEqualTo("3\n");
        assertThat(add(next.url(), log.fork().request(3, 3)).statusCode()).isEqualTo(422);
        var again = add(next.url(), log.request(3, 3));
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(log.checkpoint(3).adopt(again.body(), key)).isPresent();
    }

    /** Whenever the kill comes, what was cosigned is on disk, and no size was cosigned with two roots. */
    @Test
    void killedAtAnyMomentItForgetsNothingThatItCosigned() throws Exception {
        var random = new Random(20260101);
        var fork = log.fork();
        var roots = new HashMap<Long, String>();
        long known = 0;
        for (int round = 0; round < 6; round++) {
            var witness = serve();
            int requests = random.nextInt(30);
            var enough = new CountDownLatch(requests);
            var killer = new Thread(() -> {
                try {
                    enough.await(); // and the next request is on its way, or answered, or not yet sent
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                witness.process().destroyForcibly();
            });
            killer.start();
            try {
                while (true) {
                    long size = known + 1 + random.nextInt(3);
                    var answer = add(witness.url(), log.request(known, size));
                    enough.countDown();
                    if (answer.statusCode() == 200) {
                        assertThat(log.checkpoint(size).adopt(answer.body(), key))
                                .isPresent();
                        assertThat(roots.putIfAbsent(size, root(log, size))).isNull();
                        known = size;
                        assertThat(add(witness.url(), fork.request(known, known))
                                        .statusCode())
                                .isEqualTo(422);
                    } else {
                        assertThat(answer.statusCode()).isEqualTo(409);
                        known = Long.parseLong(answer.body().strip());
                    }
                }
            } catch (IOException e) {
                // killed
            }
            killer.join();
            witness.kill();
            assertThat(recorded()).isGreaterThanOrEqualTo(known);
            known = recorded();
        }
        assertThat(known).isPositive();
        assertThat(roots).isNotEmpty();
    }

    private static String root(GrowingLog of, long size) {
        return HexFormat.of().formatHex(of.root(size));
    }

    @Test
    void aSecondProcessAndADamagedRecordAreRefused() throws Exception {
        var witness = serve();
        assertThat(add(witness.url(), log.request(0, 3)).statusCode()).isEqualTo(200);
        assertThat(serveFails()).contains("another process serves");
        witness.kill();
        var state = home.resolve("w1/state.json");
        var good = Files.readString(state);
        for (var bad : Map.of("damaged", good.replace("\\n3\\n", "\\n2\\n"), "missing", "")
                .entrySet()) {
            if (bad.getValue().isEmpty()) {
                Files.delete(state);
            } else {
                Files.writeString(state, bad.getValue());
            }
            assertThat(serveFails()).contains(bad.getKey());
        }
        Files.writeString(state, good);
        assertThat(add(serve().url(), log.request(3, 4)).statusCode()).isEqualTo(200);
    }

    private String serveFails() throws Exception {
        var process = java(
                "dev.husk.cli.Main",
                "witness",
                "serve",
                folder(),
                "--listen",
                "127.0.0.1:0",
                "--log",
                log.key().text());
        assertThat(process.waitFor()).isEqualTo(2);
        return Files.readString(errors);
    }
}
