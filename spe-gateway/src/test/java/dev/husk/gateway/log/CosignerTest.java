package dev.husk.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.gateway.log.WitnessTrouble.Code;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.WitnessPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a gateway makes of witnesses that are honest, slow, down, lie, or know better. */
@Timeout(600)
class CosignerTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration LONG = Duration.ofMinutes(4);

    private final FakeLog log = new FakeLog();
    private final List<FakeWitness> fakes = new ArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private Optional<Thread> running = Optional.empty();

    @BeforeEach
    void start() throws Exception {
        for (var name : List.of("a", "b", "c")) {
            fakes.add(new FakeWitness(name, log.key, at(NOW)));
        }
        log.publish(5);
    }

    @AfterEach
    void stop() throws Exception {
        end.countDown();
        if (running.isPresent()) {
            running.get().interrupt();
            running.get().join();
        }
        fakes.forEach(FakeWitness::close);
        log.close();
    }

    private static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private Cosigner cosigner(int quorum) {
        var policy = WitnessPolicy.of(
                quorum, fakes.stream().map(FakeWitness::witness).toList());
        return new Cosigner(policy, log.key, log, at(NOW));
    }

    private Cosigner running() {
        var cosigner = cosigner(0);
        var thread = new Thread(cosigner, "cosigner");
        running = Optional.of(thread);
        thread.start();
        return cosigner;
    }

    private Contract.Witnesses asked(int quorum, String... names) {
        return new Contract.Witnesses(
                quorum,
                fakes.stream()
                        .filter(fake -> List.of(names).contains(fake.name))
                        .map(fake -> fake.key().text())
                        .toList());
    }

    private static boolean satisfied(Cosigner cosigner, long index, Contract.Witnesses asked) throws Exception {
        var found = cosigner.heads().await(index, asked, Duration.ZERO);
        found.ifPresent(
                head -> assertThat(WitnessPolicy.of(asked).judge(head).enough()).isTrue());
        return found.isPresent();
    }

    @Test
    void anEventIsWitnessedOnceAHeadThatCoversItHasTheQuorumOfExactlyThoseKeys() throws Exception {
        var cosigner = cosigner(0);
        fakes.get(2).close();
        cosigner.round(log.published());
        assertThat(satisfied(cosigner, 4, asked(2, "a", "b"))).isTrue();
        assertThat(satisfied(cosigner, 4, asked(2, "a", "b", "c"))).isTrue();
        assertThat(satisfied(cosigner, 4, asked(3, "a", "b", "c"))).isFalse();
        assertThat(satisfied(cosigner, 4, asked(1, "c"))).isFalse();
        assertThat(satisfied(cosigner, 5, asked(1, "a"))).isFalse();
        assertThat(cosigner.reaches(asked(2, "a", "b", "c"))).isTrue();
        assertThat(cosigner.reaches(asked(2, "b", "c"))).isFalse();
        assertThat(cosigner.well()).isEqualTo(java.util.Map.of("a", true, "b", true, "c", false));
        assertThat(cosigner.count(Code.DOWN)).isEqualTo(1);
    }

    @Test
    void aKeyThatNoWitnessOfThePolicyHasIsNeverReached() throws Exception {
        var cosigner = cosigner(0);
        cosigner.round(log.published());
        try (var stranger = PartySigner.generate()) {
            var key = dev.husk.protocol.log.WitnessKey.of(
                            "a.example", stranger.key().raw())
                    .text();
            var asked = new Contract.Witnesses(1, List.of(key));
            assertThat(cosigner.reaches(asked)).isFalse();
            assertThat(satisfied(cosigner, 1, asked)).isFalse();
        }
    }

    @Test
    void cosignaturesOfDifferentHeadsDoNotAddUp() throws Exception {
        var cosigner = cosigner(0);
        fakes.get(1).manners = Optional.of(exchange -> FakeWitness.send(exchange, 503, "text/plain", ""));
        cosigner.round(log.published());
        var second = log.publish(3);
        // What nobody asked about is not kept.
        cosigner.cosigned(fakes.get(1).witness(), fakes.get(1).cosign(second));
        assertThat(satisfied(cosigner, 4, asked(1, "b"))).isFalse();
        cosigner.heads().begin(second);
        cosigner.cosigned(fakes.get(1).witness(), fakes.get(1).cosign(second));
        assertThat(satisfied(cosigner, 4, asked(1, "a"))).isTrue();
        assertThat(satisfied(cosigner, 4, asked(1, "b"))).isTrue();
        assertThat(satisfied(cosigner, 4, asked(2, "a", "b"))).isFalse();
    }

    @Test
    void aHeadThatOnlyLooksLikeTheOneThatWasAskedAboutIsLeftOut() throws Exception {
        var cosigner = cosigner(0);
        cosigner.heads().begin(log.published());
        cosigner.cosigned(fakes.get(0).witness(), fakes.get(0).cosign(log.fork(5)));
        assertThat(satisfied(cosigner, 4, asked(1, "a"))).isFalse();
    }

    @Test
    void aWitnessThatHangsKeepsNobodyFromTheOthersCosignatures() throws Exception {
        fakes.get(0).waitsFor(end);
        var cosigner = running();
        for (int i = 0; i < 5; i++) {
            long index = log.publish(1).size() - 1;
            cosigner.news();
            assertThat(cosigner.heads().await(index, asked(2, "b", "c"), LONG)).isPresent();
        }
        assertThat(satisfied(cosigner, 0, asked(1, "a"))).isFalse();
    }

    @Test
    void whatASlowWitnessAnswersLateCounts() throws Exception {
        var asked = new CountDownLatch(1);
        fakes.get(0).waitsFor(asked);
        var cosigner = cosigner(0);
        cosigner.round(log.published());
        assertThat(satisfied(cosigner, 4, asked(1, "a"))).isFalse();
        asked.countDown();
        assertThat(cosigner.heads().await(4, asked(2, "a", "b"), LONG)).isPresent();
        assertThat(cosigner.reaches(asked(1, "a"))).isTrue();
    }

    @Test
    void aWitnessThatComesBackIsAskedAgainWithoutNews() throws Exception {
        fakes.get(0).manners = Optional.of(exchange -> FakeWitness.send(exchange, 503, "text/plain", ""));
        var cosigner = running();
        assertThat(cosigner.heads().await(4, asked(2, "b", "c"), LONG)).isPresent();
        fakes.get(0).manners = Optional.empty();
        assertThat(cosigner.heads().await(4, asked(3, "a", "b", "c"), LONG)).isPresent();
    }

    @Test
    void anotherReplicaThatWasQuickerIsCaughtUpWith() throws Exception {
        var cosigner = running();
        assertThat(cosigner.heads().await(4, asked(3, "a", "b", "c"), LONG)).isPresent();
        long index = log.publish(1).size() - 1;
        log.grow(7);
        var others = log.head(12);
        fakes.forEach(fake -> fake.latest = fake.cosign(others));
        cosigner.news();
        assertThat(cosigner.heads().await(index, asked(3, "a", "b", "c"), LONG)).isPresent();
        assertThat(cosigner.conflict()).isEmpty();
    }

    @Test
    void aCosignatureThatWasRecordedOrForgedIsNone() throws Exception {
        var cosigner = cosigner(0);
        fakes.get(0).clock = at(NOW.minus(Duration.ofDays(1)));
        fakes.get(1).manners = Optional.of(exchange -> FakeWitness.send(
                exchange,
                200,
                "text/plain",
                fakes.get(1).cosign(log.head(3)).cosignatureLines(fakes.get(1).key())));
        cosigner.round(log.published());
        assertThat(cosigner.well()).isEqualTo(java.util.Map.of("a", false, "b", false, "c", true));
        assertThat(satisfied(cosigner, 2, asked(1, "a", "b"))).isFalse();
        assertThat(cosigner.count(Code.CLOCK)).isEqualTo(1);
        assertThat(cosigner.count(Code.WRONG)).isEqualTo(1);
    }

    @Test
    void aLogThatWitnessesKnowIsStartedWith() throws Exception {
        for (var fake : fakes) {
            fake.latest = fake.cosign(log.head(3));
        }
        assertThat(cosigner(3).judgeStart()).isEqualTo(new StartVerdict.Current());
        assertThat(fakes.get(0).latest.size()).isEqualTo(5);
    }

    @Test
    void aDatabaseThatIsOlderThanWhatAnyWitnessCosignedIsNot() throws Exception {
        var later = log.publish(4);
        fakes.get(1).latest = fakes.get(1).cosign(later);
        try (var rolledBack = new FakeLogOf(log, 5)) {
            var policy =
                    WitnessPolicy.of(1, fakes.stream().map(FakeWitness::witness).toList());
            var verdict = new Cosigner(policy, log.key, rolledBack, at(NOW)).judgeStart();
            assertThat(verdict)
                    .isEqualTo(new StartVerdict.Older(
                            "the database is older than what the witness b has cosigned: it has 5 entries of 9"));
        }
    }

    /** A log whose database was put back to a former size. */
    private record FakeLogOf(FakeLog log, long size) implements Cosigner.Log, AutoCloseable {
        @Override
        public Checkpoint published() {
            return log.head(size);
        }

        @Override
        public Checkpoint refreshed() {
            return log.head(size);
        }

        @Override
        public byte[] root(long at) {
            return log.root(at);
        }

        @Override
        public List<byte[]> consistency(long from, long to) {
            return log.consistency(from, to);
        }

        @Override
        public void close() {}
    }

    @Test
    void aDatabaseThatWentOnFromAnOlderStateIsNotStartedWithEither() throws Exception {
        fakes.get(2).latest = fakes.get(2).cosign(log.fork(4));
        assertThat(cosigner(1).judgeStart())
                .isInstanceOfSatisfying(
                        StartVerdict.Older.class,
                        older -> assertThat(older.why()).startsWith("the witness c has cosigned another log"));
    }

    @Test
    void aStartWaitsForAQuorumAndAnyOtherTroubleIsNone() throws Exception {
        fakes.get(0).close();
        fakes.get(1).manners = Optional.of(exchange -> FakeWitness.send(exchange, 404, "text/plain", ""));
        assertThat(cosigner(2).judgeStart()).isInstanceOf(StartVerdict.TooFew.class);
        assertThat(cosigner(1).judgeStart()).isEqualTo(new StartVerdict.Current());
        assertThat(cosigner(0).judgeStart()).isEqualTo(new StartVerdict.Current());
    }

    @Test
    void whatAnotherReplicaAppendedWhileThisOneStartsIsNoSignOfAge() throws Exception {
        log.grow(3);
        var others = log.head(8);
        fakes.forEach(fake -> fake.latest = fake.cosign(others));
        assertThat(cosigner(3).judgeStart()).isEqualTo(new StartVerdict.Current());
    }

    @Test
    void aWordAloneStopsNoRunningGatewayAndAProofDoes() throws Exception {
        var cosigner = cosigner(0);
        cosigner.round(log.published());
        var honest = fakes.get(0).latest;
        fakes.get(0).manners = Optional.of(exchange -> {
            if (exchange.getRequestMethod().equals("GET")) {
                FakeWitness.send(exchange, 200, "text/plain", honest.text());
            } else {
                FakeWitness.conflict(exchange, 1000);
            }
        });
        cosigner.round(log.publish(1));
        assertThat(cosigner.well()).containsEntry("a", false).containsEntry("b", true);
        assertThat(cosigner.conflict()).isEmpty();

        fakes.get(1).latest = fakes.get(1).cosign(log.fork(6));
        cosigner.round(log.publish(1));
        assertThat(cosigner.conflict())
                .hasValueSatisfying(why -> assertThat(why).startsWith("the witness b has a head of 6 entries"));
    }

    @Test
    void theNewestHeadWithTheQuorumIsServedToReaders() throws Exception {
        var cosigner = cosigner(2);
        var first = log.published();
        assertThat(cosigner.heads().awaitQuorum(5, Duration.ZERO)).isEmpty();
        assertThat(cosigner.heads().newestWithQuorum()).isZero();
        cosigner.round(first);
        assertThat(cosigner.heads().awaitQuorum(5, Duration.ZERO)).isPresent();
        assertThat(cosigner.heads().newestWithQuorum()).isEqualTo(5);
        assertThat(cosigner.reachesPolicy()).isTrue();
        var second = log.publish(1);
        assertThat(cosigner.heads().with(second).text()).isEqualTo(second.text());
        assertThat(cosigner.heads().with(first).cosignedAt(fakes.get(0).key())).isPresent();
    }
}
