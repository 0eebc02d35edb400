package dev.husk.snp.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.husk.snp.AttestationReport;
import dev.husk.snp.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for what Azure sends: nothing but the checked exception comes out. */
class AzureFuzzTest {
    private static final Bytes REPORT = Bytes.copyOf(new byte[AttestationReport.SIZE]);

    static Stream<byte[]> reports() throws GeneralSecurityException {
        byte[] variableData = new FakeVm().variableData();
        return Stream.of(
                FakeVm.wrap(REPORT, 1, variableData),
                FakeVm.wrap(REPORT, 3, variableData),
                new byte[0],
                new byte[1236]);
    }

    @MethodSource("reports")
    @FuzzTest
    void aWrappedReportIsReadOrItsFirstWrongByteIsNamed(byte[] bytes) {
        try {
            var wrapped = HclReport.parse(bytes);
            assertThat(wrapped.report().length()).isEqualTo(AttestationReport.SIZE);
            assertThat(wrapped.signedVariableData().length()).isLessThan(bytes.length);
            assertThat(wrapped.reportData().length()).isEqualTo(64);
        } catch (MalformedAzureEvidenceException e) {
            assertThat(e.offset().orElse(0)).isBetween(0, bytes.length);
        }
    }

    static Stream<byte[]> quotes() throws GeneralSecurityException {
        return Stream.of(
                FakeVm.quote(FakeVm.NONCE, 0b101, FakeVm.pcrs(0b101)),
                FakeVm.quote(FakeVm.NONCE, FakeVm.ALL, FakeVm.pcrs(FakeVm.ALL)));
    }

    @MethodSource("quotes")
    @FuzzTest
    void aQuoteIsReadOrItsFirstWrongByteIsNamed(byte[] bytes) {
        for (var pcrs : List.of(FakeVm.pcrs(0b101), FakeVm.pcrs(FakeVm.ALL))) {
            try {
                var quote = VtpmQuote.parse(bytes, new byte[256], pcrs);
                assertThat(quote.pcrs()).hasSameSizeAs(pcrs);
            } catch (MalformedAzureEvidenceException e) {
                assertThat(e.offset().orElse(0)).isBetween(0, bytes.length);
            }
        }
    }

    static Stream<byte[]> evidence() {
        return Stream.of(
                        "{\"version\":2,\"tpm_quote\":{\"message\":\"ff54\",\"signature\":\"80\",\"pcrs\":[\"00\"]},"
                                + "\"hcl_report\":\"AQI=\",\"vcek\":\"AQI=\"}",
                        "{\"quote\":{\"message\":[1],\"signature\":[2],\"pcrs\":[[3]]},\"report\":[4],"
                                + "\"vcek\":\"-----BEGIN CERTIFICATE-----\\nAQI=\\n-----END CERTIFICATE-----\"}",
                        "{}")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    @MethodSource("evidence")
    @FuzzTest
    void evidenceIsReadOrTheWrongMemberIsNamed(byte[] bytes) {
        JsonObject json;
        try {
            json = JsonParser.parseString(new String(bytes, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
            return; // no JSON object, so it does not get this far
        }
        try {
            assertThat(AzureEvidence.parse(json).pcrs()).hasSizeLessThanOrEqualTo(24);
        } catch (MalformedAzureEvidenceException e) {
            assertThat(e.part()).isNotEmpty();
        }
    }
}
