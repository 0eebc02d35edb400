package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code __OW_ALLOW_CONCURRENT} against the packaged runtime, as OpenWhisk's {@code docs/intra-concurrency.md} and the
 * check of its suites ({@code checkStreams(concurrent = true)}) want it.
 */
@Timeout(600)
class ConcurrencyIT {
    private static final int RUNS = 8;
    private static final String SENTINEL = "XXX_THE_END_OF_A_WHISK_ACTIVATION_XXX\n";

    /** Prints half a line, waits until all are there, and prints the other half. */
    private static final String MEETING = """
            import com.google.gson.JsonObject;
            import java.util.concurrent.*;

            @dev.husk.function.ThreadSafe
            public class Main {
                static final CyclicBarrier ALL = new CyclicBarrier(8);

                public static JsonObject main(JsonObject request) throws Exception {
                    System.out.print("out ");
                    System.err.print("err ");
                    ALL.await(4, TimeUnit.MINUTES);
                    System.out.print(request.get("n"));
                    System.out.println();
                    System.err.print(request.get("n"));
                    if (request.has("exit")) {
                        if (request.get("n").getAsInt() == 3) {
                            System.exit(0);
                        }
                        new CountDownLatch(1).await();
                    }
                    request.addProperty("activation", System.getenv("__OW_ACTIVATION_ID"));
                    request.addProperty("namespace", System.getenv("__OW_NAMESPACE"));
                    return request;
                }
            }
            """;

    /** Says whether it is alone. */
    private static final String ALONE = """
            import com.google.gson.JsonObject;
            import java.util.concurrent.atomic.AtomicInteger;

            public class Main {
                static final AtomicInteger INSIDE = new AtomicInteger();

                public static JsonObject main(JsonObject request) {
                    request.addProperty("inside", INSIDE.incrementAndGet());
                    for (int i = 0; i < 1000; i++) {
                        Thread.yield();
                    }
                    INSIDE.decrementAndGet();
                    return request;
                }
            }
            """;

    private static RuntimeProcess start(Map<String, String> environment, String source) {
        var runtime = RuntimeProcess.start(environment, "--plain");
        var env = new com.google.gson.JsonObject();
        env.addProperty("__OW_NAMESPACE", "guest");
        env.addProperty("__OW_ACTIVATION_ID", "0".repeat(32));
        assertThat(runtime.init("Main", source, false, Optional.of(env)).status())
                .isEqualTo(200);
        return runtime;
    }

    private static List<RuntimeProcess.Reply> run(RuntimeProcess runtime, String members) {
        var callers = Executors.newFixedThreadPool(RUNS);
        try {
            var calls = IntStream.range(0, RUNS)
                    .mapToObj(n -> CompletableFuture.supplyAsync(
                            () -> runtime.run("{\"n\":%d%s}".formatted(n, members)), callers))
                    .toList();
            return calls.stream().map(CompletableFuture::join).toList();
        } finally {
            callers.shutdown();
        }
    }

    @Test
    void runsOfAThreadSafeActionMeetInOneProcessAndTheirLogIsInOrder() {
        try (var runtime = start(Map.of("__OW_ALLOW_CONCURRENT", "true"), MEETING)) {
            var replies = run(runtime, "");

            for (int n = 0; n < RUNS; n++) {
                assertThat(replies.get(n).text())
                        .isEqualTo("{\"n\":%d,\"activation\":null,\"namespace\":\"guest\"}".formatted(n));
            }
            var logs = runtime.stop();
            assertThat(logs.out()).endsWith(SENTINEL.repeat(RUNS));
            assertThat(logs.err()).endsWith(SENTINEL.repeat(RUNS));
            assertThat(logs.outText().lines())
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, RUNS).mapToObj(n -> "out " + n).toList());
            assertThat(logs.errText().lines())
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, RUNS).mapToObj(n -> "err " + n).toList());
        }
    }

    @Test
    void anExitOfOneRunIsAnsweredToAllOfThem() {
        try (var runtime = start(Map.of("__OW_ALLOW_CONCURRENT", "true"), MEETING)) {
            for (var reply : run(runtime, ",\"exit\":true")) {
                assertThat(reply.status()).isEqualTo(502);
                assertThat(reply.error()).contains("the action called system.exit");
            }
            var logs = runtime.exited();
            assertThat(logs.out()).contains(SENTINEL.repeat(RUNS));
            assertThat(logs.err()).contains(SENTINEL.repeat(RUNS));
            assertThat(logs.outSentinels()).isEqualTo(RUNS);
            assertThat(logs.errSentinels()).isEqualTo(RUNS);
        }
    }

    @Test
    void otherActionsAreAloneWhateverThePlatformAllows() {
        try (var runtime = start(Map.of("__OW_ALLOW_CONCURRENT", "true"), ALONE)) {
            assertThat(run(runtime, "")).allMatch(reply -> reply.text().endsWith(",\"inside\":1}"));
            assertThat(runtime.stop().outSentinels()).isEqualTo(RUNS);
        }
    }

    @Test
    void whereThePlatformDoesNotAllowItThreadSafeActionsAreAloneToo() {
        var source = ALONE.replace("public class", "@dev.husk.function.ThreadSafe public class");
        for (var value : new String[] {"false", "1"}) {
            try (var runtime = start(Map.of("__OW_ALLOW_CONCURRENT", value), source)) {
                assertThat(run(runtime, "")).allMatch(reply -> reply.text().endsWith(",\"inside\":1}"));
            }
        }
    }
}
