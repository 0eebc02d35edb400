package dev.husk.cli.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.WitnessKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A witness as logs meet it, over HTTP. */
@Timeout(300)
class WitnessServerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path home;

    private final GrowingLog log = new GrowingLog("log.example/one", 300);
    private final List<String> said = new CopyOnWriteArrayList<>();
    private WitnessFolder folder = new WitnessFolder(Path.of(""));
    private WitnessKey key = WitnessKey.of("none", new byte[32]);
    private AutoCloseable running = () -> {};
    private URI url = URI.create("");

    @BeforeEach
    void start() throws Exception {
        folder = new WitnessFolder(home.resolve("w1"));
        key = folder.create("witness.example/w1");
        serve();
    }

    @AfterEach
    void stop() throws Exception {
        running.close();
    }

    private void serve() throws Exception {
        var server = WitnessServer.start(
                folder,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                log.trusted(),
                Clock.fixed(NOW, ZoneOffset.UTC),
                said::add);
        running = server;
        url = URI.create("http://127.0.0.1:" + server.address().getPort());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> add(byte[] body) throws Exception {
        return send(HttpRequest.newBuilder(url.resolve("/add-checkpoint"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(url.resolve(path)));
    }

    private String newest() {
        return "/"
                + HexFormat.of().formatHex(Digests.sha256().digest(log.origin().getBytes(StandardCharsets.UTF_8)))
                + "/checkpoint";
    }

    private void cosigns(byte[] body, long size) throws Exception {
        var answer = add(body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(log.checkpoint(size).adopt(answer.body(), key).orElseThrow().cosignedAt(key))
                .hasValue(NOW.getEpochSecond());
    }

    private void isStale(byte[] body, long size) throws Exception {
        var answer = add(body);
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/x.tlog.size");
        assertThat(answer.body()).isEqualTo(size + "\n");
    }

    @Test
    void aLogThatOnlyGrowsIsCosignedAndRememberedOverARestart() throws Exception {
        cosigns(log.request(0, 0), 0);
        cosigns(log.request(0, 3), 3);
        cosigns(log.request(3, 3), 3);
        cosigns(log.request(3, 200), 200);
        running.close();
        serve();
        isStale(log.request(3, 210), 200);
        cosigns(log.request(200, 210), 210);
        assertThat(folder.show().logs().values()).extracting(Checkpoint::size).containsExactly(210L);
        assertThat(said).isEmpty();
    }

    @Test
    void aStaleRequestIsToldTheSizeAndChangesNothing() throws Exception {
        isStale(log.request(2, 3), 0);
        cosigns(log.request(0, 7), 7);
        isStale(log.request(0, 9), 7);
        isStale(log.request(0, 5), 7);
        isStale(log.request(5, 5), 7);
        isStale(log.request(8, 9), 7);
        cosigns(log.request(7, 9), 9);
    }

    @Test
    void anotherHistoryIsRefusedAndSaid() throws Exception {
        cosigns(log.request(0, 7), 7);
        var fork = log.fork();
        assertThat(add(fork.request(7, 7)).statusCode()).isEqualTo(422);
        assertThat(add(fork.request(7, 9)).statusCode()).isEqualTo(422);
        isStale(fork.request(0, 9), 7);
        isStale(fork.request(0, 7), 7);
        assertThat(add(log.request(7, 6, 9)).statusCode()).isEqualTo(422);
        assertThat(said).hasSize(3).allMatch(line -> line.startsWith("log.example/one size "));
        assertThat(said.get(0))
                .contains("another root for the same size", HexFormat.of().formatHex(fork.root(7)));
        cosigns(log.request(7, 9), 9);
    }

    @Test
    void unknownLogsAndUnsignedCheckpointsAreRefused() throws Exception {
        assertThat(add(new GrowingLog("log.example/two", 3).request(0, 3)).statusCode())
                .isEqualTo(404);
        assertThat(add(new GrowingLog("log.example/one", 3).request(0, 3)).statusCode())
                .isEqualTo(403);
        isStale(log.request(1, 3), 0);
    }

    @Test
    void whatIsNoRequestIsRefused() throws Exception {
        assertThat(add(new byte[0]).statusCode()).isEqualTo(400);
        assertThat(add("old 0\n\n".getBytes(StandardCharsets.UTF_8)).statusCode())
                .isEqualTo(400);
        assertThat(add(("old 4\n\n" + log.checkpoint(3).text()).getBytes(StandardCharsets.UTF_8))
                        .statusCode())
                .isEqualTo(400);
        assertThat(add(new byte[1 << 18]).statusCode()).isEqualTo(400);
        assertThat(add(new byte[(1 << 18) + 1]).statusCode()).isEqualTo(413);
        assertThat(get("/add-checkpoint").statusCode()).isEqualTo(405);
        assertThat(get("/add-checkpoint").headers().firstValue("Allow")).hasValue("POST");
        assertThat(send(HttpRequest.newBuilder(url.resolve(newest())).DELETE()).statusCode())
                .isEqualTo(405);
        for (var path : List.of("/", "/add-checkpoint/", "/sign-subtree", "/checkpoint", "/0/checkpoint", "/..%2f")) {
            assertThat(get(path).statusCode()).as(path).isEqualTo(404);
        }
    }

    @Test
    void whatWasCosignedLastIsThereForMonitorsWithoutSignaturesOfStrangers() throws Exception {
        assertThat(get(newest()).statusCode()).isEqualTo(404);
        assertThat(get("/" + "0".repeat(64) + "/checkpoint").statusCode()).isEqualTo(404);
        var stranger = new String(log.request(0, 7), StandardCharsets.UTF_8) + "\u2014 stranger AAAAAAAAAAA=\n";
        cosigns(stranger.getBytes(StandardCharsets.UTF_8), 7);
        var checkpoint = Checkpoint.parse(get(newest()).body());
        assertThat(checkpoint.verify(log.key())).isTrue();
        assertThat(checkpoint.cosignedAt(key)).hasValue(NOW.getEpochSecond());
        assertThat(checkpoint.text()).doesNotContain("stranger");
        running.close();
        serve();
        assertThat(get(newest()).body()).isEqualTo(checkpoint.text());
    }

    @Test
    void aCosignatureThatItsRecordDoesNotHaveTellsThatTheRecordWasPutBack() throws Exception {
        cosigns(log.request(0, 7), 7);
        var old = Files.readAllBytes(home.resolve("w1/state.json"));
        var seen = log.checkpoint(9).adopt(add(log.request(7, 9)).body(), key).orElseThrow();
        running.close();
        Files.write(home.resolve("w1/state.json"), old);
        serve();
        var fork = new String(log.request(7, 9), StandardCharsets.UTF_8);
        var answer = add((fork.substring(0, fork.indexOf("\n\n") + 2) + seen.text()).getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(said).singleElement().asString().contains("it was put back");
    }

    @Test
    void aRecordThatIsPutBackUnderneathStopsCosignatures() throws Exception {
        var state = home.resolve("w1/state.json");
        byte[] fresh = Files.readAllBytes(state);
        cosigns(log.request(0, 7), 7);
        Files.write(state, fresh);
        var answer = add(log.request(7, 9));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).doesNotContain("\u2014");
        assertThat(said).singleElement().asString().contains("put back");
    }

    /** Of one size two histories are offered, and of many sizes many, all at a time. */
    @Test
    void racingClientsGetOneHistoryThatOnlyGrows() throws Exception {
        var fork = log.fork();
        var pool = Executors.newFixedThreadPool(8);
        try {
            var calls = new ArrayList<Callable<List<String>>>();
            for (int client = 0; client < 8; client++) {
                var mine = client % 2 == 0 ? log : fork;
                int step = 1 + client;
                calls.add(() -> climb(mine, step));
            }
            var roots = new HashMap<String, String>();
            var winners = new HashSet<String>();
            for (var call : pool.invokeAll(calls)) {
                for (var line : call.get()) {
                    var parts = line.split(" ");
                    winners.add(parts[0]);
                    var before = roots.putIfAbsent(parts[1], parts[2]);
                    assertThat(before == null || before.equals(parts[2]))
                            .as("size %s has one root", parts[1])
                            .isTrue();
                }
            }
            assertThat(winners).hasSize(1);
            var latest =
                    Optional.ofNullable(folder.show().logs().get(log.origin())).orElseThrow();
            assertThat(latest.size()).isGreaterThanOrEqualTo(200);
            assertThat(latest.root()).isEqualTo((winners.contains("log") ? log : fork).root(latest.size()));
        } finally {
            pool.shutdownNow();
        }
    }

    /** Grows the log as the witness lets it; what was cosigned, as history, size and root. */
    private List<String> climb(GrowingLog mine, int step) throws Exception {
        var cosigned = new ArrayList<String>();
        long known = 0;
        for (long size = step; size <= 200; ) {
            var answer = add(mine.request(known, size));
            if (answer.statusCode() == 200) {
                assertThat(mine.checkpoint(size).adopt(answer.body(), key)).isPresent();
                cosigned.add((mine == log ? "log " : "fork ") + size + " "
                        + HexFormat.of().formatHex(mine.root(size)));
                known = size;
                size += step;
            } else if (answer.statusCode() == 409) {
                long told = Long.parseLong(answer.body().strip());
                assertThat(told).isGreaterThanOrEqualTo(known);
                known = told;
                size = Math.max(size, known);
                if (known > 200) {
                    break;
                }
            } else {
                assertThat(answer.statusCode()).isEqualTo(422);
                break; // the other history came first
            }
        }
        return cosigned;
    }

    @Test
    void aClientThatStallsDoesNotHoldUpOthers() throws Exception {
        var stalled = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 4; i++) {
                var socket = new Socket(url.getHost(), url.getPort());
                socket.getOutputStream()
                        .write("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 500\r\n\r\nold "
                                .getBytes(StandardCharsets.US_ASCII));
                stalled.add(socket);
            }
            cosigns(log.request(0, 7), 7);
        } finally {
            for (var socket : stalled) {
                socket.close();
            }
        }
    }

    @Test
    void aFolderIsServedOnce() {
        assertThatThrownBy(this::serve)
                .isInstanceOf(UnusableWitnessException.class)
                .hasMessageContaining("another process");
    }

    @Test
    void aWitnessIsMadeOnceAndItsKeyIsItsOwnersAlone() throws Exception {
        var file = home.resolve("w1/witness.key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThatThrownBy(() -> folder.create("witness.example/w2")).isInstanceOf(UnusableWitnessException.class);
        assertThatThrownBy(() -> new WitnessFolder(home.resolve("w2")).create("a b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(home.resolve("w2")).doesNotExist();
    }

    @Test
    void aKeyThatIsOpenMissingOrAnothersIsRefused() throws Exception {
        running.close();
        var file = home.resolve("w1/witness.key");
        var content = Files.readString(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(this::serve).hasMessageContaining("open to others");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        new WitnessFolder(home.resolve("other")).create("witness.example/w1");
        Files.writeString(file, Files.readString(home.resolve("other/witness.key")));
        assertThatThrownBy(this::serve)
                .isInstanceOf(UnusableWitnessException.class)
                .hasMessageContaining("is not the key of");
        for (int cut = 0; cut < content.length() - 1; cut++) {
            Files.writeString(file, content.substring(0, cut));
            assertThatThrownBy(this::serve)
                    .isInstanceOf(UnusableWitnessException.class)
                    .hasMessageNotContaining(content.lines().toList().get(1));
        }
        Files.delete(file);
        assertThatThrownBy(this::serve).hasMessageContaining("missing");
        Files.writeString(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        serve();
        cosigns(log.request(0, 3), 3);
    }

    @Test
    void withoutATimeOrADiskThereIsNoCosignature() throws Exception {
        var state = WitnessState.open(home.resolve("w1/state.json"));
        try (var signer = folder.signer(key)) {
            var rules = new dev.husk.protocol.log.WitnessRules(key, log.trusted());
            var timeless = new Witness(
                    key,
                    signer,
                    rules,
                    log.trusted().keySet(),
                    state,
                    Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                    said::add);
            assertThat(timeless.add(log.request(0, 3)).status()).isEqualTo(500);
            var full = new CheckpointRecord() {
                @Override
                public Checkpoint latest(String origin) {
                    return state.latest(origin);
                }

                @Override
                public void keep(Checkpoint cosigned) throws IOException {
                    throw new IOException("No space left on device");
                }
            };
            var unlucky = new Witness(
                    key, signer, rules, log.trusted().keySet(), full, Clock.fixed(NOW, ZoneOffset.UTC), said::add);
            var answer = unlucky.add(log.request(0, 3));
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.body()).doesNotContain("\u2014");
            assertThat(said).hasSize(2);
            assertThat(said.get(1)).contains("No space left");
        }
    }
}
