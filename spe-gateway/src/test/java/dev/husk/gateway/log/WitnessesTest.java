package dev.husk.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.gateway.log.WitnessTrouble.Code;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessPolicy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Witnesses that are honest, slow, down, or lie. */
@Timeout(600)
class WitnessesTest {
    private static final String ORIGIN = "gateway.example/log";
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    /** For those whose answer is awaited. */
    private static final Duration LONG = Duration.ofMinutes(4);

    /** For those that will not answer. */
    private static final Duration SHORT = Duration.ofSeconds(3);

    private final PartySigner signer = PartySigner.generate();
    private final VerifierKey log = VerifierKey.of(ORIGIN, signer.key().raw());
    private final KeptTree tree = new KeptTree();
    private final List<FakeWitness> fakes = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < 50; i++) {
            tree.append(MerkleHash.leaf(new byte[] {(byte) i}));
        }
        for (var name : List.of("a", "b", "c")) {
            fakes.add(new FakeWitness(name, log, at(NOW)));
        }
    }

    @AfterEach
    void stop() {
        fakes.forEach(FakeWitness::close);
        signer.close();
    }

    private static Clock at(Instant now) {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private Checkpoint signed(long size) {
        return Checkpoint.of(ORIGIN, size, tree.root(size)).sign(ORIGIN, signer);
    }

    private WitnessPolicy policy(int quorum) {
        return WitnessPolicy.of(quorum, fakes.stream().map(FakeWitness::witness).toList());
    }

    private Witnesses witnesses(WitnessPolicy policy, Duration deadline, Duration grace) {
        return new Witnesses(policy, log, deadline, grace, at(NOW));
    }

    private Witnesses.Cosigned cosign(Witnesses witnesses, long size) throws Exception {
        return witnesses.cosign(signed(size), tree::consistency);
    }

    private static List<Code> codes(List<WitnessTrouble> troubles, String witness) {
        return troubles.stream()
                .filter(trouble -> trouble.witness().equals(witness))
                .map(WitnessTrouble::code)
                .toList();
    }

    @Test
    void allCosignaturesAreCollectedAndTheNextProofStartsFromThem() throws Exception {
        var witnesses = witnesses(policy(3), LONG, LONG);
        for (long size : new long[] {1, 7, 7, 8, 50}) {
            var cosigned = cosign(witnesses, size);
            assertThat(cosigned.enough()).isTrue();
            assertThat(cosigned.troubles()).isEmpty();
            assertThat(cosigned.checkpoint().verify(log)).isTrue();
            assertThat(policy(3).judge(cosigned.checkpoint()).cosigned()).containsOnlyKeys("a", "b", "c");
        }
        assertThat(fakes.get(0).asked).containsExactly(0L, 1L, 7L, 7L, 8L);
    }

    @Test
    void theSizeThatAWitnessSaysIsStartedFrom() throws Exception {
        cosign(witnesses(policy(3), LONG, LONG), 20);
        fakes.get(1).latest = fakes.get(1).cosign(signed(33));
        var afterARestart = cosign(witnesses(policy(3), LONG, LONG), 40);
        assertThat(afterARestart.enough()).isTrue();
        assertThat(fakes.get(0).asked).containsExactly(0L, 0L, 20L);
        assertThat(fakes.get(1).asked).containsExactly(0L, 0L, 33L);
    }

    @Test
    void aWitnessThatIsDownCostsOnlyWhatTheQuorumDemands() throws Exception {
        fakes.get(2).close();
        var two = cosign(witnesses(policy(2), LONG, LONG), 9);
        assertThat(two.enough()).isTrue();
        assertThat(codes(two.troubles(), "c")).containsExactly(Code.DOWN);
        var three = cosign(witnesses(policy(3), LONG, LONG), 9);
        assertThat(three.enough()).isFalse();
        assertThat(policy(2).judge(three.checkpoint()).enough()).isTrue();
    }

    @Test
    void aWitnessThatDoesNotAnswerIsNotWaitedForOnceThereIsAQuorum() throws Exception {
        var latch = new CountDownLatch(1);
        fakes.get(0).waitsFor(latch);
        var witnesses = witnesses(policy(2), LONG, Duration.ZERO);
        var first = cosign(witnesses, 9);
        assertThat(first.enough()).isTrue();
        assertThat(policy(2).judge(first.checkpoint()).cosigned()).containsOnlyKeys("b", "c");
        // Its line is still taken; a second call does not pile up a second request.
        assertThat(cosign(witnesses, 12).enough()).isTrue();
        latch.countDown();
        fakes.get(1).manners = Optional.of(exchange -> FakeWitness.send(exchange, 503, "text/plain", ""));
        // The earlier request ends, and the one of this call follows it.
        var third = cosign(witnesses, 15);
        assertThat(third.enough()).isTrue();
        assertThat(policy(2).judge(third.checkpoint()).cosigned()).containsOnlyKeys("a", "c");
        assertThat(codes(third.troubles(), "b")).hasSize(1);
    }

    @Test
    void aWitnessThatDoesNotAnswerAndIsDemandedEndsTheWaitAtTheDeadline() throws Exception {
        fakes.get(0).waitsFor(new CountDownLatch(1));
        var cosigned = cosign(witnesses(policy(3), SHORT, LONG), 9);
        assertThat(cosigned.enough()).isFalse();
        assertThat(codes(cosigned.troubles(), "a")).containsExactly(Code.SLOW);
    }

    @Test
    void anAnswerThatStallsInItsBodyIsNotWaitedForEither() throws Exception {
        var end = new CountDownLatch(1);
        fakes.get(0).manners = Optional.of(exchange -> {
            exchange.sendResponseHeaders(200, 500);
            exchange.getResponseBody().write('\u0020');
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        var witnesses = witnesses(policy(3), SHORT, LONG);
        assertThat(codes(cosign(witnesses, 9).troubles(), "a")).containsExactly(Code.SLOW);
        end.countDown();
        fakes.get(0).manners = Optional.empty();
        assertThat(cosign(witnesses(policy(3), LONG, LONG), 10).enough()).isTrue();
    }

    @Test
    void whatDoesNotVerifyIsNeverTaken() throws Exception {
        var lies = new ArrayList<String>();
        try (var stranger = PartySigner.generate()) {
            var name = fakes.get(0).key().name();
            lies.add(signed(9)
                    .cosign(name, stranger, NOW.getEpochSecond())
                    .cosignatureLines(dev.husk.protocol.log.WitnessKey.of(
                            name, stranger.key().raw())));
        }
        lies.add(fakes.get(0).cosign(signed(8)).cosignatureLines(fakes.get(0).key()));
        lies.add(fakes.get(1).cosign(signed(9)).cosignatureLines(fakes.get(1).key()));
        lies.add(signed(9).text());
        lies.add("");
        lies.add("\n");
        lies.add("ok\n");
        lies.add("\u2014 a.example AAAA\n");
        lies.add("x".repeat(1 << 20));
        for (var lie : lies) {
            fakes.get(0).manners = Optional.of(exchange -> FakeWitness.send(exchange, 200, "text/plain", lie));
            var cosigned = cosign(witnesses(policy(3), LONG, LONG), 9);
            assertThat(cosigned.enough()).as(lie).isFalse();
            assertThat(codes(cosigned.troubles(), "a")).as(lie).hasSize(1).containsAnyOf(Code.WRONG, Code.DOWN);
            assertThat(cosigned.checkpoint().cosignedAt(fakes.get(0).key())).isEmpty();
            assertThat(policy(2).judge(cosigned.checkpoint()).enough()).isTrue();
        }
    }

    @Test
    void anAnswerThatWasRecordedEarlierIsNoCosignatureOfNow() throws Exception {
        for (var time : List.of(NOW.minus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(1)))) {
            fakes.get(0).clock = at(time);
            var cosigned = cosign(witnesses(policy(3), LONG, LONG), 9);
            assertThat(cosigned.enough()).isFalse();
            assertThat(codes(cosigned.troubles(), "a")).containsExactly(Code.CLOCK);
            assertThat(cosigned.checkpoint().cosignedAt(fakes.get(0).key())).isEmpty();
        }
        fakes.get(0).clock = at(NOW.minus(Duration.ofMinutes(2)));
        assertThat(cosign(witnesses(policy(3), LONG, LONG), 9).enough()).isTrue();
    }

    @Test
    void sizesThatAreLiesCostTheLiarAlone() throws Exception {
        var answers = List.<FakeWitness.Manners>of(
                exchange -> FakeWitness.conflict(exchange, 0),
                exchange -> FakeWitness.conflict(exchange, System.nanoTime() % 9),
                exchange -> FakeWitness.send(exchange, 409, "text/plain", "5\n"),
                exchange -> FakeWitness.send(exchange, 409, "text/x.tlog.size", "five\n"),
                exchange -> FakeWitness.send(exchange, 307, "text/plain", ""));
        var witnesses = witnesses(policy(2), LONG, LONG);
        for (var answer : answers) {
            fakes.get(0).manners = Optional.of(answer);
            var cosigned = cosign(witnesses, 9);
            assertThat(cosigned.enough()).isTrue();
            assertThat(codes(cosigned.troubles(), "a")).hasSize(1).containsAnyOf(Code.WRONG, Code.REFUSED);
        }
        fakes.get(0).manners = Optional.empty();
        assertThat(cosign(witnesses, 10).troubles()).isEmpty();
    }

    @Test
    void aWitnessThatSawMoreTellsThatThisGatewayIsOlder() throws Exception {
        fakes.get(0).latest = fakes.get(0).cosign(signed(30));
        var witnesses = witnesses(policy(2), LONG, LONG);
        var cosigned = cosign(witnesses, 9);
        assertThat(cosigned.enough()).isTrue();
        assertThat(codes(cosigned.troubles(), "a")).containsExactly(Code.AHEAD);
        // A word alone is not believed for good.
        assertThat(cosign(witnesses, 31).troubles()).isEmpty();
        assertThat(codes(cosign(witnesses, 10).troubles(), "a")).containsExactly(Code.AHEAD);
    }

    @Test
    void aWitnessThatForgotIsNamedAndItsCosignatureCounts() throws Exception {
        var witnesses = witnesses(policy(3), LONG, LONG);
        cosign(witnesses, 30);
        fakes.get(0).latest = fakes.get(0).cosign(signed(9));
        var cosigned = cosign(witnesses, 31);
        assertThat(cosigned.enough()).isTrue();
        assertThat(codes(cosigned.troubles(), "a")).containsExactly(Code.WENT_BACK);
    }

    @Test
    void aForkIsCosignedByNobodyWhoSawTheOtherHistory() throws Exception {
        var witnesses = witnesses(policy(1), LONG, LONG);
        cosign(witnesses, 9);
        var other = new KeptTree();
        other.append(MerkleHash.leaf(new byte[] {77}));
        for (int i = 1; i < 12; i++) {
            other.append(MerkleHash.leaf(new byte[] {(byte) i}));
        }
        var fork = Checkpoint.of(ORIGIN, 12, other.root()).sign(ORIGIN, signer);
        var cosigned = witnesses.cosign(fork, other::consistency);
        assertThat(cosigned.enough()).isFalse();
        assertThat(cosigned.troubles()).extracting(WitnessTrouble::code).containsOnly(Code.INCONSISTENT);
    }

    @Test
    void proofsAreAskedForOnTheCallersThread() throws Exception {
        cosign(witnesses(policy(3), LONG, LONG), 20);
        var elsewhere = new AtomicReference<Thread>();
        var caller = Thread.currentThread();
        witnesses(policy(3), LONG, LONG).cosign(signed(40), (from, to) -> {
            if (Thread.currentThread() != caller) {
                elsewhere.set(Thread.currentThread());
            }
            return tree.consistency(from, to);
        });
        assertThat(elsewhere).hasNullValue();
        assertThat(fakes.get(0).latest.size()).isEqualTo(40);
    }

    @Test
    void theNewestIsOnlyWhatLogAndWitnessBothSigned() throws Exception {
        var witnesses = witnesses(policy(3), LONG, LONG);
        assertThat(witnesses.newest().seen()).isEmpty();
        assertThat(witnesses.newest().troubles()).isEmpty();
        cosign(witnesses, 9);
        fakes.get(1).latest = fakes.get(1).cosign(signed(20));
        fakes.get(2).latest =
                fakes.get(2).cosign(Checkpoint.of(ORIGIN, 50, tree.root(50)).sign("someone.else", signer));
        var newest = witnesses.newest();
        assertThat(newest.seen()).containsOnlyKeys("a", "b");
        assertThat(newest.seen().values()).extracting(Checkpoint::size).containsExactlyInAnyOrder(9L, 20L);
        assertThat(codes(newest.troubles(), "c")).containsExactly(Code.WRONG);
    }

    @Test
    void withoutWitnessesNothingIsAsked() throws Exception {
        var cosigned = cosign(witnesses(WitnessPolicy.none(), LONG, LONG), 9);
        assertThat(cosigned.enough()).isTrue();
        assertThat(cosigned.checkpoint().text()).isEqualTo(signed(9).text());
    }

    @Test
    void aPolicyOfOtherLogsOrWithoutAddressesIsRefused() throws Exception {
        try (var other = PartySigner.generate()) {
            var policy = WitnessPolicy.parse(
                    ("log " + VerifierKey.of(ORIGIN, other.key().raw()) + "\nquorum none\n")
                            .getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> witnesses(policy, LONG, LONG)).hasMessageContaining("other logs");
        }
        for (var url : List.of("", "ftp://w.example/", "https:///x", "w.example", "https://w.example/?a=b")) {
            var witness = new WitnessPolicy.Witness(
                    "w", fakes.get(0).key(), url.isEmpty() ? Optional.empty() : Optional.of(URI.create(url)));
            assertThatThrownBy(() -> witnesses(WitnessPolicy.of(1, List.of(witness)), LONG, LONG))
                    .as(url)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("needs an http");
        }
        assertThatThrownBy(() -> witnesses(policy(1), LONG, LONG)
                        .cosign(Checkpoint.of(ORIGIN, 9, tree.root(9)), tree::consistency))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
