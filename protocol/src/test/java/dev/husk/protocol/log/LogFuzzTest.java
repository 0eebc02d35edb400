package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.husk.protocol.contract.PartySigner;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for what logs, witnesses and holders of proofs send: read in full, printed as it was, or refused. */
class LogFuzzTest {
    private static final WitnessedLog LOG = new WitnessedLog(9);
    private static final PartySigner SIGNER = PartySigner.generate();
    private static final WitnessKey WITNESS =
            WitnessKey.of("witness.example/w1", SIGNER.key().raw());

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Stream<byte[]> notes() {
        return Stream.of(
                        LOG.checkpoint(9).text(),
                        LOG.checkpoint(9)
                                .cosign(WITNESS.name(), SIGNER, 1767225600)
                                .text(),
                        "log\n1\nAAAA\nextension\n\n\u2014 a AAAAAAA=\n",
                        "")
                .map(LogFuzzTest::utf8);
    }

    @MethodSource("notes")
    @FuzzTest
    void aCheckpointIsPrintedAsItWasReadAndOnlyItsSignersSignIt(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        try {
            var checkpoint = Checkpoint.parse(text);
            assertThat(checkpoint.text()).isEqualTo(text);
            if (checkpoint.verify(LOG.key()) || checkpoint.cosignedAt(WITNESS).isPresent()) {
                assertThat(checkpoint.hasTextOf(LOG.checkpoint(9))).isTrue();
            }
            var cosignatures = checkpoint.cosignatureLines(WITNESS);
            assertThat(checkpoint
                            .adopt(cosignatures + "\u2014 a AAAAAAA=\n", WITNESS)
                            .isPresent())
                    .isEqualTo(!cosignatures.isEmpty());
        } catch (IllegalArgumentException e) {
            assertThat(text).isNotEqualTo(LOG.checkpoint(9).text());
        }
    }

    static Stream<byte[]> proofs() {
        var hashes = LOG.inclusion(4, 9);
        return Stream.of(
                        new LogProof(new byte[0], 4, hashes, LOG.checkpoint(9)).text(),
                        new LogProof(new byte[] {1, 2}, 4, hashes, LOG.checkpoint(9)).text(),
                        "c2sp.org/tlog-proof@v1\nindex 0\n\n")
                .map(LogFuzzTest::utf8);
    }

    @MethodSource("proofs")
    @FuzzTest
    void aProofIsPrintedAsItWasReadAndProvesItsOwnEntryAlone(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        try {
            var proof = LogProof.parse(text);
            assertThat(proof.text()).isEqualTo(text);
            assertThat(proof.verify(LOG.leafHash(4), LOG.key()) && proof.index() != 4)
                    .isFalse();
            assertThat(proof.verify(LOG.leafHash(3), LOG.key()) && proof.index() != 3)
                    .isFalse();
        } catch (MalformedLogException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    static Stream<byte[]> requests() {
        return Stream.of(
                        LOG.request(0, 9).text(),
                        LOG.request(5, 9).text(),
                        LOG.request(5, 5).text(),
                        "old 0\n\n")
                .map(LogFuzzTest::utf8);
    }

    @MethodSource("requests")
    @FuzzTest
    void aRequestIsPrintedAsItWasReadAndOnlyAGrownLogIsCosigned(byte[] bytes) {
        try {
            var request = AddCheckpoint.parse(bytes);
            assertThat(request.text()).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
            var rules = new WitnessRules(WITNESS, Map.of(WitnessedLog.ORIGIN, List.of(LOG.key())));
            if (rules.judge(request, LOG.checkpoint(5)) instanceof WitnessVerdict.Grew) {
                assertThat(request.checkpoint().size()).isIn(5L, 9L);
            }
        } catch (MalformedLogException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    static Stream<byte[]> policies() {
        return Stream.of(
                        "log %s https://log.example\nwitness a %s https://w.example/\ngroup g any a\nquorum g\n"
                                .formatted(LOG.key(), WITNESS),
                        "quorum none\n",
                        "# nothing\n")
                .map(LogFuzzTest::utf8);
    }

    @MethodSource("policies")
    @FuzzTest
    void aPolicyIsReadOrRefused(byte[] bytes) {
        try {
            var policy = WitnessPolicy.parse(bytes);
            var judged = policy.judge(LOG.checkpoint(9));
            assertThat(judged.cosigned()).isEmpty();
        } catch (MalformedLogException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
