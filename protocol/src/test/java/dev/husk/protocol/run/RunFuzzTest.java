package dev.husk.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for what sandboxes send and holders of proofs keep: read in full, written as it was, or refused. */
class RunFuzzTest {
    private static final ProvenRun RUN = new ProvenRun();
    private static final ResultProof PROOF = RUN.proof();

    static Stream<byte[]> proofs() {
        return Stream.of(
                CanonicalJson.encode(PROOF.json()), "{\"husk\":\"result-proof/1\"}".getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("proofs")
    @FuzzTest
    void aProofIsWrittenAsItWasReadAndProvesItsOwnRunAlone(byte[] bytes) throws MalformedJsonException {
        try {
            var proof = ResultProof.parse(bytes);
            assertThat(proof.json()).isEqualTo(Json.parse(bytes, ResultProof.MAX_BYTES));
            var checks = proof.judge(ProvenRun.RESULT, RUN.known());
            if (checks.stream().allMatch(ResultCheck::holds)) {
                assertThat(proof.statement()).isEqualTo(PROOF.statement());
                assertThat(proof.binding().opening()).isEqualTo(PROOF.binding().opening());
            }
        } catch (MalformedRunException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    static Stream<byte[]> statements() {
        return Stream.of(CanonicalJson.encode(PROOF.envelope().statement()), "{}".getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("statements")
    @FuzzTest
    void aStatementIsWrittenAsItWasRead(byte[] bytes) {
        try {
            if (Json.parse(bytes, 1 << 20) instanceof JsonObject json) {
                assertThat(RunStatement.parse(json).json()).isEqualTo(json);
            }
        } catch (MalformedJsonException | MalformedRunException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
