package dev.husk.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.log.MerkleHash;
import dev.husk.store.SealedObject;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs each benchmark's body once, and checks that it does the work that it is timed for. */
class BenchmarksTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 65536, 1 << 20, (1 << 20) + 1, 3_000_000})
    void objectsAreSealedAndOpenedWhole(int size) throws Exception {
        var objects = new SealedObjects();
        objects.size = size;
        objects.prepare();

        assertThat(objects.seal()).isEqualTo((int) SealedObject.sealedLength(size));
        assertThat(objects.open()).isEqualTo(size);
        assertThat(objects.bareSeal()).isEqualTo(size + 16 * ((size + (1 << 20) - 1) >> 20));
        assertThat(objects.bareOpen()).isEqualTo(size);
    }

    @Test
    void theReportIsTrustedAndItsSignatureValid() throws Exception {
        var reports = new ReportVerification();
        reports.prepare();

        var forgetting = new ReportVerification.Forgetting();
        forgetting.prepare(reports);
        forgetting.forget();

        assertThat(reports.cachedChain()).isTrue();
        assertThat(reports.coldChain(forgetting)).isTrue();
        assertThat(reports.parseAndAppraise()).isTrue();
        assertThat(reports.bareBouncyCastle()).isTrue();
        assertThat(reports.bareJdk()).isTrue();
    }

    @Test
    void theContractIsOne() throws Exception {
        var contracts = new Contracts();
        contracts.prepare();

        assertThat(contracts.parse()).isNotNull();
        assertThat(CanonicalJson.encode(contracts.bareParse())).isEqualTo(contracts.canonical());
        assertThat(contracts.bareWrite()).hasSameSizeAs(contracts.canonical());
    }

    @Test
    void theProofLeadsToTheRoot() throws Exception {
        var proofs = new InclusionProofs();
        proofs.prepare();

        assertThat(proofs.verify()).isTrue();
        assertThat(proofs.bareHashes()).hasSize(32).isNotEqualTo(MerkleHash.empty());
    }

    @Test
    void everyBenchmarkHasABaselineOrIsOne() {
        var silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
        var found = BenchmarkList.defaultList().getAll(silent, List.of()).stream()
                .map(benchmark -> benchmark.getUsername().substring("dev.husk.benchmark.".length()))
                .collect(Collectors.toCollection(TreeSet::new));
        var named = new TreeSet<>(Main.BASELINES.keySet());
        named.addAll(Main.BASELINES.values());

        assertThat(found).isEqualTo(named);
    }

    @Test
    void aRatioIsTakenBetweenEqualSizes() {
        var scores = Map.of(
                "InclusionProofs.verify 1000", 6.0,
                "InclusionProofs.bareHashes 1000", 3.0,
                "InclusionProofs.verify 10000", 10.0,
                "InclusionProofs.bareHashes 10000", 4.0);

        assertThat(Main.ratiosOf(scores))
                .isEqualTo(Map.of("InclusionProofs.verify 1000", 2.0, "InclusionProofs.verify 10000", 2.5));
        assertThatIllegalStateException().isThrownBy(() -> Main.ratiosOf(Map.of("Contracts.parse", 1.0)));
    }
}
