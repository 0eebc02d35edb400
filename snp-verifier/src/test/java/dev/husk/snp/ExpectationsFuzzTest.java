package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for expectations in JSON: what is read says every member, and problems are plain text. */
class ExpectationsFuzzTest {
    private static final AttestationReport OTHER =
            ReportEncoder.sample(Product.GENOA, 5, AttestationReport.SigningKey.VLEK);

    static Stream<byte[]> seeds() {
        var platform = ExpectationsJsonTest.platform();
        var open = ExpectationsJsonTest.platform();
        for (var member :
                List.of("measurements", "hostData", "minimumTcb", "platformInfo", "idKeys", "chips", "vmpl")) {
            open.addProperty(member, "any");
        }
        return Stream.of(platform.toString(), open.toString(), "{}").map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("seeds")
    @FuzzTest
    void expectationsThatAreReadSayEveryMember(byte[] bytes) {
        JsonObject json;
        try {
            json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
            return; // no JSON object, so it does not get this far
        }
        try {
            var expected = Expectations.parse(json);
            for (var member : ExpectationsJsonTest.members()) {
                assertThat(member.contains(".") || json.has(member)).as(member).isTrue();
            }
            assertThat(expected.simulated())
                    .isEqualTo(json.get("tee").getAsString().equals("simulated"));
            // Whether anything but the word lets any measurement pass.
            boolean passes = expected.mismatches(OTHER).stream()
                    .noneMatch(reason -> reason.code() == Reason.Code.MEASUREMENT_UNKNOWN);
            assertThat(passes)
                    .isEqualTo(json.get("measurements").toString().equals("\"any\"")
                            || json.get("measurements")
                                    .toString()
                                    .contains(OTHER.measurement().toString()));
        } catch (MalformedExpectationsException e) {
            assertThat(e.problems())
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem).matches("[ -~]*"));
        }
    }
}
