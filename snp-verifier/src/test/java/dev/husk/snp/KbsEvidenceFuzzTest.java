package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for evidence in JSON: what is read is written the same, and nothing but the checked exception comes out. */
class KbsEvidenceFuzzTest {

    static Stream<byte[]> seeds() {
        return Stream.concat(
                Stream.of(Vectors.milan(), Vectors.turin(), Vectors.vlek(), Vectors.report("0353f43312"))
                        .map(vector -> KbsEvidenceTest.evidence(vector.report().toArray()))
                        .map(KbsEvidenceFuzzTest::withCertificate)
                        .map(json -> json.toString().getBytes(StandardCharsets.UTF_8)),
                Stream.of("{}", "{\"attestation_report\":{\"version\":1e999999999}}", "[[[[")
                        .map(text -> text.getBytes(StandardCharsets.UTF_8)));
    }

    private static JsonObject withCertificate(JsonObject evidence) {
        evidence.add("cert_chain", JsonParser.parseString("[{\"cert_type\":\"VCEK\",\"data\":[1,2]}]"));
        return evidence;
    }

    @MethodSource("seeds")
    @FuzzTest
    void evidenceThatIsReadSaysTheReportItHolds(byte[] bytes) {
        JsonObject json;
        try {
            json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
            return; // no JSON object, so it does not get this far
        }
        try {
            var evidence = KbsEvidence.parse(json);
            assertThat(evidence.report().length()).isEqualTo(AttestationReport.SIZE);
            assertThat(evidence.certificates()).hasSizeLessThanOrEqualTo(4);
            var again =
                    KbsEvidence.parse(KbsEvidenceTest.evidence(evidence.report().toArray(), isTurin(json)));
            assertThat(again.report()).isEqualTo(evidence.report());
        } catch (MalformedEvidenceException e) {
            assertThat(e.member()).matches("[!-~]{0,83}");
        }
    }

    private static boolean isTurin(JsonObject json) {
        var fmc = json.getAsJsonObject("attestation_report")
                .getAsJsonObject("reported_tcb")
                .get("fmc");
        return fmc != null && !fmc.isJsonNull();
    }
}
