package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.protocol.contract.PartySigner;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** In the order of tlog-witness, {@code add-checkpoint}. */
class WitnessRulesTest {
    private final WitnessedLog log = new WitnessedLog(20);
    private final PartySigner signer = PartySigner.generate();
    private final WitnessKey own = WitnessKey.of("witness.example", signer.key().raw());
    private final WitnessRules rules = new WitnessRules(own, Map.of(WitnessedLog.ORIGIN, List.of(log.key())));
    private final Checkpoint nothing = WitnessRules.nothing(WitnessedLog.ORIGIN);

    @Test
    void aLogThatOnlyGrewIsCosigned() {
        assertThat(rules.judge(log.request(0, 0), nothing)).isEqualTo(new WitnessVerdict.Grew());
        for (int size = 1; size <= 20; size++) {
            assertThat(rules.judge(log.request(0, size), nothing)).isEqualTo(new WitnessVerdict.Grew());
            for (int old = 1; old <= size; old++) {
                assertThat(rules.judge(log.request(old, size), log.checkpoint(old)))
                        .isEqualTo(new WitnessVerdict.Grew());
            }
        }
    }

    @Test
    void anUnknownLogIsNotCosigned() {
        var nobody = new WitnessRules(own, Map.of("log.example/other", List.of(log.key())));
        assertThat(nobody.judge(log.request(0, 3), nothing)).isEqualTo(new WitnessVerdict.UnknownLog());
    }

    @Test
    void whatTheLogDidNotSignIsNotCosigned() {
        var stranger = new WitnessedLog(20);
        assertThat(rules.judge(stranger.request(0, 3), nothing)).isEqualTo(new WitnessVerdict.NotSigned());
        var forged = log.checkpoint(4).text().split("\n\n")[1];
        var spoiled = Checkpoint.parse(log.checkpoint(3).text() + forged);
        assertThat(rules.judge(new AddCheckpoint(0, List.of(), spoiled), nothing))
                .isEqualTo(new WitnessVerdict.NotSigned());
        var cosignedOnly =
                Checkpoint.of(WitnessedLog.ORIGIN, 3, log.checkpoint(3).root()).cosign(WitnessedLog.ORIGIN, signer, 1);
        assertThat(rules.judge(new AddCheckpoint(0, List.of(), cosignedOnly), nothing))
                .isEqualTo(new WitnessVerdict.NotSigned());
    }

    @Test
    void anyKeyOfTheLogWillDo() {
        var next = new WitnessedLog(20);
        var both = new WitnessRules(own, Map.of(WitnessedLog.ORIGIN, List.of(log.key(), next.key())));
        assertThat(both.judge(next.request(3, 7), log.checkpoint(3))).isEqualTo(new WitnessVerdict.Grew());
        assertThat(both.judge(log.request(3, 7), next.checkpoint(3))).isEqualTo(new WitnessVerdict.Grew());
    }

    @Test
    void aStaleRequestIsToldTheSize() {
        assertThat(rules.judge(log.request(3, 9), log.checkpoint(5))).isEqualTo(new WitnessVerdict.Stale(5));
        assertThat(rules.judge(log.request(0, 9), log.checkpoint(5))).isEqualTo(new WitnessVerdict.Stale(5));
        assertThat(rules.judge(log.request(7, 9), log.checkpoint(5))).isEqualTo(new WitnessVerdict.Stale(5));
        assertThat(rules.judge(log.request(3, 4), log.checkpoint(5))).isEqualTo(new WitnessVerdict.Stale(5));
        assertThat(rules.judge(log.request(4, 9), nothing)).isEqualTo(new WitnessVerdict.Stale(0));
    }

    @Test
    void anotherHistoryIsNotCosigned() {
        var fork = log.fork();
        assertThat(rules.judge(fork.request(5, 5), log.checkpoint(5)))
                .isEqualTo(new WitnessVerdict.Inconsistent("another root for the same size"));
        assertThat(rules.judge(fork.request(5, 9), log.checkpoint(5)))
                .isEqualTo(new WitnessVerdict.Inconsistent("the consistency proof does not verify"));
        assertThat(rules.judge(new AddCheckpoint(5, log.request(5, 9).proof(), fork.checkpoint(9)), log.checkpoint(5)))
                .isInstanceOf(WitnessVerdict.Inconsistent.class);
    }

    @Test
    void aProofThatIsMissingOrTooMuchIsRefused() {
        assertThat(rules.judge(new AddCheckpoint(5, List.of(), log.checkpoint(9)), log.checkpoint(5)))
                .isInstanceOf(WitnessVerdict.Inconsistent.class);
        assertThat(rules.judge(new AddCheckpoint(0, List.of(new byte[32]), log.checkpoint(9)), nothing))
                .isEqualTo(new WitnessVerdict.Inconsistent("from nothing there is nothing to prove"));
        assertThat(rules.judge(new AddCheckpoint(5, List.of(new byte[32]), log.checkpoint(5)), log.checkpoint(5)))
                .isInstanceOf(WitnessVerdict.Inconsistent.class);
        assertThat(rules.judge(new AddCheckpoint(0, List.of(new byte[32]), log.checkpoint(0)), nothing))
                .isInstanceOf(WitnessVerdict.Inconsistent.class);
    }

    @Test
    void theEmptyTreeHasOneRoot() {
        try (var key = PartySigner.generate()) {
            var odd = new WitnessRules(
                    own, Map.of("odd", List.of(VerifierKey.of("odd", key.key().raw()))));
            var signed = Checkpoint.of("odd", 0, new byte[32]).sign("odd", key);
            assertThat(odd.judge(new AddCheckpoint(0, List.of(), signed), WitnessRules.nothing("odd")))
                    .isEqualTo(new WitnessVerdict.Inconsistent("the empty tree has another root"));
        }
    }

    @Test
    void itsOwnCosignatureOfWhatItDoesNotRememberStopsAWitness() {
        var seen = log.checkpoint(9).cosign("witness.example", signer, 1);
        var request = new AddCheckpoint(5, log.request(5, 9).proof(), seen);
        assertThat(rules.judge(request, log.checkpoint(5))).isEqualTo(new WitnessVerdict.Forgotten(9));
        assertThat(rules.judge(request, nothing)).isEqualTo(new WitnessVerdict.Forgotten(9));
        assertThat(rules.judge(new AddCheckpoint(9, List.of(), seen), log.fork().checkpoint(9)))
                .isEqualTo(new WitnessVerdict.Forgotten(9));
        assertThat(rules.judge(new AddCheckpoint(9, List.of(), seen), log.checkpoint(9)))
                .isEqualTo(new WitnessVerdict.Grew());
        assertThat(rules.judge(request, log.checkpoint(12))).isEqualTo(new WitnessVerdict.Stale(12));
        try (var other = PartySigner.generate()) {
            var unreal = log.checkpoint(9).cosign("witness.example", other, 1);
            assertThat(rules.judge(new AddCheckpoint(5, log.request(5, 9).proof(), unreal), log.checkpoint(5)))
                    .isEqualTo(new WitnessVerdict.Grew());
        }
    }
}
