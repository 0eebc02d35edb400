package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.actions.Functions;
import dev.husk.protocol.run.RunStatement;
import dev.husk.protocol.seal.SealedAnswer;
import dev.husk.protocol.seal.SealedRequest;
import dev.husk.snp.guest.EvidenceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs of one action at a time, and several where the action and the platform say so. */
@Timeout(600)
class OverlappingRunsTest {
    private static final List<String> ACTIVATIONS = List.of("a".repeat(32), "b".repeat(32), "c".repeat(32));
    private static final String SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";

    @TempDir
    private Path folder;

    private final ExecutorService callers = Executors.newCachedThreadPool();
    private final Map<String, String> variables = new HashMap<>(Map.of("__OW_ALLOW_CONCURRENT", "true"));
    private FakeGateway gateway;
    private TestRuntime runtime;

    @BeforeEach
    void start() throws IOException {
        gateway = FakeGateway.start();
        gateway.readKeys.put("anna-2025", new byte[32]);
        gateway.writeKeys.put("risk-model", new byte[32]);
        gateway.seal("anna-2025", "rows".getBytes(StandardCharsets.UTF_8));
        runtime = TestRuntime.of(
                gateway,
                gateway.logKey(),
                EvidenceSource.of("simulator:" + gateway.url()),
                Environment.of(variables),
                folder);
    }

    @AfterEach
    void stop() {
        runtime.close();
        gateway.close();
        callers.shutdownNow();
        System.getProperties().remove(Functions.Watched.STARTED);
        System.getProperties().remove(Functions.Guarded.ENTERED);
        System.getProperties().remove(Functions.Guarded.LEAVE);
    }

    private static JsonObject underContract() {
        var value = new JsonObject();
        value.addProperty("contract", FakeGateway.CONTRACT);
        value.addProperty("function", FakeGateway.FUNCTION);
        return value;
    }

    private CompletableFuture<TestRuntime.Reply> call(Supplier<TestRuntime.Reply> call) {
        return CompletableFuture.supplyAsync(call, callers);
    }

    /** One run for each activation, at once. */
    private List<TestRuntime.Reply> runs() {
        var calls = ACTIVATIONS.stream()
                .map(activation -> call(() -> runtime.run(underContract(), activation)))
                .toList();
        return calls.stream().map(CompletableFuture::join).toList();
    }

    @Test
    void eachOfThemHasItsOwnReleaseResultAndStatement() throws IOException {
        assertThat(runtime.initThreadSafe(Functions.Meeting.class).status()).isEqualTo(200);

        var answers = runs();

        for (int i = 0; i < 3; i++) {
            assertThat(answers.get(i).text())
                    .isEqualTo("{\"activation\":\"%s\",\"bytes\":4}".formatted(ACTIVATIONS.get(i)));
        }
        assertThat(gateway.runs).extracting(RunStatement::activation).containsExactlyInAnyOrderElementsOf(ACTIVATIONS);
        assertThat(gateway.runs).allMatch(run -> run.success() && run.results().size() == 1);
        assertThat(gateway.calls.stream().filter("release"::equals)).hasSize(3);
        assertThat(TestRuntime.files(folder)).isZero();
    }

    @Test
    void linesStayWholeAndSentinelsStandTogetherAtTheEnd() {
        runtime.initThreadSafe(Functions.Meeting.class);

        runs();

        var log = runtime.log();
        for (var activation : ACTIVATIONS) {
            assertThat(log.lines())
                    .containsOnlyOnce("met " + activation)
                    .containsOnlyOnce("HUSK [%s] progress 0.50 waiting".formatted(activation));
        }
        assertThat(log).endsWith(SENTINEL.repeat(6)); // both streams are one in this test
        assertThat(log.replace(SENTINEL, "")).doesNotContain("XXX_THE_END");
        assertThat(log.lines().filter(line -> line.matches("HUSK \\[[abc]{32}] timing \\{.*}")))
                .hasSize(1);
        assertThat(log.lines().filter(line -> line.contains("SIMULATED"))).hasSize(1);
    }

    @Test
    void variablesOfOneRunAreNotExportedWhereRunsOverlap() {
        runtime.initThreadSafe(Functions.Meeting.class);
        runs();

        assertThat(variables).doesNotContainKeys("__OW_ACTIVATION_ID", "__OW_TRANSACTION_ID", "__OW_DEADLINE");
    }

    @Test
    void eachSealedRequestGetsItsOwnAnswer() throws Exception {
        runtime.initThreadSafe(Functions.Meeting.class);
        var requests = new ArrayList<SealedRequest>();
        for (var activation : ACTIVATIONS) {
            var parameters = new JsonObject();
            parameters.addProperty("sealed", "for " + activation);
            requests.add(gateway.sealed(parameters));
        }

        var calls = IntStream.range(0, 3)
                .mapToObj(i -> call(() -> {
                    var value = underContract();
                    value.addProperty("sealed", requests.get(i).envelope());
                    return runtime.run(value, ACTIVATIONS.get(i));
                }))
                .toList();

        for (int i = 0; i < 3; i++) {
            var sealed = calls.get(i).join().json().get("sealed").getAsString();
            try (var request = requests.get(i)) {
                byte[] answer =
                        SealedAnswer.open(request.answerKey(), FakeGateway.CONTRACT, FakeGateway.FUNCTION, sealed);
                assertThat(JsonParser.parseString(new String(answer, StandardCharsets.UTF_8)))
                        .hasToString("{\"sealed\":\"for %1$s\",\"activation\":\"%1$s\"}".formatted(ACTIVATIONS.get(i)));
            }
        }
    }

    @Test
    void anEndedLeaseStopsThemAll() throws InterruptedException {
        var started = new CountDownLatch(3);
        System.getProperties().put(Functions.Watched.STARTED, started);
        runtime.initThreadSafe(Functions.Watched.class);
        var calls = ACTIVATIONS.stream()
                .map(activation -> call(() -> runtime.run(underContract(), activation)))
                .toList();
        assertThat(started.await(4, TimeUnit.MINUTES)).isTrue();

        runtime.revoke("the test says so");

        for (var call : calls) {
            assertThat(call.join().error()).isEqualTo("the lease has ended: the test says so");
        }
        assertThat(gateway.runs).isEmpty();
    }

    @Test
    void aRenewalThatIsRefusedStopsThemAll() {
        System.getProperties().put(Functions.Watched.STARTED, new CountDownLatch(3));
        gateway.lease = Duration.ofMillis(400);
        gateway.refuseRenewal = "CONTRACT_SUSPENDED";
        runtime.initThreadSafe(Functions.Watched.class);

        assertThat(runs())
                .extracting(TestRuntime.Reply::error)
                .containsOnly("the lease has ended: refused: CONTRACT_SUSPENDED: as the test wants it");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherwiseTheSecondRunWaitsForTheFirst(boolean declared) throws Exception {
        runtime.close();
        runtime = TestRuntime.plain(Environment.of(declared ? new HashMap<>() : variables), folder);
        var entered = new Semaphore(0);
        var leave = new Semaphore(0);
        System.getProperties().put(Functions.Guarded.ENTERED, entered);
        System.getProperties().put(Functions.Guarded.LEAVE, leave);
        var init = declared ? runtime.initThreadSafe(Functions.Guarded.class) : runtime.init(Functions.Guarded.class);
        assertThat(init.status()).isEqualTo(200);

        var first = call(() -> runtime.run(new JsonObject(), ACTIVATIONS.get(0)));
        assertThat(entered.tryAcquire(4, TimeUnit.MINUTES)).isTrue();
        var second = call(() -> runtime.run(new JsonObject(), ACTIVATIONS.get(1)));
        while (!waiting()) {
            Thread.onSpinWait();
        }
        assertThat(entered.tryAcquire()).isFalse();
        leave.release();
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(entered.tryAcquire(4, TimeUnit.MINUTES)).isTrue();
        leave.release();
        assertThat(second.join().status()).isEqualTo(200);
        assertThat(runtime.log()).isEqualTo(SENTINEL.repeat(4));
    }

    /** Whether a call waits for its turn. */
    private static boolean waiting() {
        return Thread.getAllStackTraces().values().stream()
                .anyMatch(frames -> Arrays.stream(frames)
                                .anyMatch(frame -> frame.getMethodName().equals("called")
                                        && frame.getClassName().equals(RuntimeServer.class.getName()))
                        && Arrays.stream(frames)
                                .anyMatch(frame -> frame.getClassName().endsWith("ReentrantReadWriteLock$WriteLock")));
    }
}
