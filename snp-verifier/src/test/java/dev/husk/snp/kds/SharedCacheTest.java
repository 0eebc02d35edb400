package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.Product;
import dev.husk.snp.kds.CollateralException.Problem;
import dev.husk.snp.kds.Found.Origin;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads and processes that share one cache directory, and processes that die. */
@Timeout(120)
class SharedCacheTest {
    private static final int THREADS = 8;

    @TempDir
    Path folder;

    private final MovingClock clock = new MovingClock("2025-06-01T00:00:00Z");
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Process> children = new ArrayList<>();
    private final Semaphore arrived = new Semaphore(0);
    private final CountDownLatch open = new CountDownLatch(1);
    private FakeKds kds;
    private Collateral wanted;

    @BeforeEach
    void start() throws Exception {
        kds = new FakeKds();
        wanted = Vectors.milan().wanted();
    }

    @AfterEach
    void stop() throws Exception {
        open.countDown();
        for (var child : children) {
            child.destroyForcibly().waitFor();
        }
        threads.shutdownNow();
        kds.close();
    }

    private KeyDistributionService service() {
        return KeyDistributionService.at(kds.uri(), Transport.https(Duration.ofSeconds(60)), folder, clock, clock);
    }

    /** The server tells that it was asked, and answers when {@link #open} is. */
    private void serverWaits() {
        kds.does(exchange -> {
            arrived.release();
            open.await();
            kds.honest(exchange);
        });
    }

    @Test
    void threadsThatWantTheSameShareOneRequest() throws Exception {
        serverWaits();
        var service = service();
        var answers = all(() -> service.find(wanted));
        arrived.acquire();
        waitFor(() -> service.waiting(wanted) == THREADS - 1);
        open.countDown();
        for (var answer : answers) {
            assertThat(answer.get().origin()).isEqualTo(Origin.SERVER);
        }
        assertThat(kds.asked).hasSize(1);
    }

    @Test
    void threadsThatWantTheSameShareItsFailureToo() throws Exception {
        kds.does(exchange -> {
            arrived.release();
            open.await();
            FakeKds.send(exchange, 404, dev.husk.snp.Bytes.copyOf(new byte[0]));
        });
        var service = service();
        var answers = all(() -> service.find(wanted));
        arrived.acquire();
        waitFor(() -> service.waiting(wanted) == THREADS - 1);
        open.countDown();
        for (var answer : answers) {
            var e = catchThrowableOfType(ExecutionException.class, answer::get);
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                            CollateralException.class,
                            problem -> assertThat(problem.problem()).isEqualTo(Problem.ABSENT));
        }
        assertThat(kds.asked).hasSize(1);
    }

    @Test
    void instancesOfOneProcessShareOneRequestToo() throws Exception {
        serverWaits();
        var answers = all(() -> service().find(wanted).der());
        arrived.acquire();
        open.countDown();
        for (var answer : answers) {
            assertThat(answer.get()).containsExactly(Vectors.milan().certificate());
        }
        assertThat(kds.asked).hasSize(1);
    }

    @Test
    void differentThingsAreFetchedAtTheSameTime() throws Exception {
        serverWaits();
        var service = service();
        var one = threads.submit(() -> service.find(wanted));
        var other = threads.submit(() -> service.find(Collateral.revocationList(Product.MILAN)));
        arrived.acquire(2);
        open.countDown();
        assertThat(one.get().origin()).isEqualTo(Origin.SERVER);
        assertThat(other.get().origin()).isEqualTo(Origin.SERVER);
    }

    @Test
    void aSecondProcessWaitsForTheFirstAndAsksNothing() throws Exception {
        serverWaits();
        var first = threads.submit(() -> service().find(wanted));
        arrived.acquire();
        var child = child("fetch", "1");
        assertThat(child.readLine()).as("the lock is held").isEqualTo("waiting");
        open.countDown();
        assertThat(rest(child)).isEqualTo("CACHE");
        assertThat(first.get().origin()).isEqualTo(Origin.SERVER);
        assertThat(kds.asked).hasSize(1);
    }

    @Test
    void theMomentThatTheServerNamedHoldsForAnotherProcess() throws Exception {
        kds.does(FakeKds.limiting("100"));
        var named = clock.instant().plusSeconds(100);
        assertThat(catchThrowableOfType(
                                CollateralException.class, () -> service().find(wanted))
                        .retryAt())
                .contains(named);
        kds.isHonest();
        assertThat(rest(child("fetch", "1"))).isEqualTo("UNREACHABLE " + named);
        assertThat(kds.asked).hasSize(1);
    }

    @Test
    void aProcessThatIsKilledWhileItFetchesHoldsNobodyUpAndLeavesNothing() throws Exception {
        serverWaits();
        child("fetch", "1");
        arrived.acquire();
        children.get(0).destroyForcibly().waitFor();
        kds.isHonest();
        assertThat(service().find(wanted).origin()).isEqualTo(Origin.SERVER);
        assertThat(kds.asked).hasSize(2);
    }

    @Test
    void wheneverAWriterIsKilledAFileIsWholeOrAbsent() throws Exception {
        var cache = new Cache(folder, kds.uri());
        for (int lines = 1; lines <= 60; lines += 20) {
            var child = child("write", "0");
            for (int line = 0; line < lines; line++) {
                assertThat(child.readLine()).isEqualTo("written");
            }
            children.get(children.size() - 1).destroyForcibly().waitFor();
            var entry = cache.read(Collateral.revocationList(Product.MILAN)).orElseThrow();
            assertThat(entry.contents().der())
                    .as("one of the two that were written in turns")
                    .containsAnyOf(Vectors.milanList(), Vectors.oldMilanList());
        }
        assertThat(service().find(Collateral.revocationList(Product.MILAN)).der())
                .isNotEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .allMatch(name ->
                            name.matches("[0-9a-f]{64}\\.kds|lock-[0-9]+|\\.[0-9a-f]{64}\\.kds\\.[0-9a-f-]{36}\\.new"));
        }
    }

    private <T> List<Future<T>> all(Callable<T> call) {
        var answers = new ArrayList<Future<T>>();
        for (int i = 0; i < THREADS; i++) {
            answers.add(threads.submit(call));
        }
        return answers;
    }

    private static void waitFor(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    /** A JVM that shares the directory and the moment of {@link #clock}. */
    private BufferedReader child(String what, String patience) throws IOException {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-Dhusk.vectors=" + System.getProperty("husk.vectors", "../../shared/vectors"),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Child.class.getName(),
                        what,
                        kds.uri().toString(),
                        folder.toString(),
                        clock.instant().toString(),
                        patience)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        children.add(process);
        return process.inputReader();
    }

    /** The last line that a child says. */
    private static String rest(BufferedReader child) throws IOException {
        var last = "";
        for (var line = child.readLine(); line != null; line = child.readLine()) {
            last = line;
        }
        return last;
    }

    /** The other process. */
    static final class Child {
        private Child() {}

        public static void main(String[] arguments) throws Exception {
            var folder = Path.of(arguments[2]);
            var clock = new MovingClock(arguments[3]);
            if (arguments[0].equals("write")) {
                write(new Cache(folder, java.net.URI.create(arguments[1])), clock.instant());
            }
            var service = KeyDistributionService.at(
                            java.net.URI.create(arguments[1]),
                            Transport.https(Duration.ofSeconds(60)),
                            folder,
                            clock,
                            time -> {
                                System.out.println("waiting");
                                Sleeper.real().sleep(time);
                            })
                    .with(Patience.usual().forCall(Duration.ofSeconds(Long.parseLong(arguments[4]))));
            try {
                System.out.println(service.find(Vectors.milan().wanted()).origin());
            } catch (CollateralException e) {
                System.out.println(
                        e.problem() + " " + e.retryAt().map(Instant::toString).orElse(""));
            }
        }

        /** Until somebody kills it. */
        private static void write(Cache cache, Instant now) throws Exception {
            var wanted = Collateral.revocationList(Product.MILAN);
            var contents = List.of(wanted.read(Vectors.milanList()), wanted.read(Vectors.oldMilanList()));
            for (int i = 0; true; i++) {
                cache.write(wanted, contents.get(i % 2), now);
                System.out.println("written");
            }
        }
    }
}
