package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for a report, under a genuine certificate: only genuine reports are signed. */
class ReportFuzzTest {
    private static final SnpVerifier VERIFIER = Judged.verifier(TrustAnchors.amd());
    private static final List<Bytes> CERTIFICATES =
            List.of(Vectors.milan().leaf().orElseThrow());
    private static final Expectations ANYTHING = Judged.anything().build();
    private static final Bytes SIGNED = Vectors.milan().report().slice(0, AttestationReport.SIGNED);

    static Stream<byte[]> seeds() {
        return Stream.concat(
                Vectors.reports().stream().map(vector -> vector.report().toArray()),
                Stream.of(new byte[0], new byte[1184]));
    }

    @MethodSource("seeds")
    @FuzzTest
    void whatIsReadIsWrittenTheSameAndWhatIsSignedIsGenuine(byte[] bytes) {
        var encoded = Bytes.copyOf(bytes);
        for (var product : Product.values()) {
            try {
                var report = AttestationReport.parse(encoded, product);
                assertThat(Bytes.copyOf(ReportEncoder.encode(report)).slice(0, AttestationReport.SIGNED))
                        .isEqualTo(encoded.slice(0, AttestationReport.SIGNED));
            } catch (MalformedReportException e) {
                assertThat(e.offset()).isBetween(0, AttestationReport.SIZE);
                assertThat(bytes.length == AttestationReport.SIZE || e.offset() == Math.min(bytes.length, 1184))
                        .isTrue();
            }
        }
        var signature = Judged.signature(VERIFIER, encoded, CERTIFICATES);
        var verdict = Judged.outcome(VERIFIER, encoded, CERTIFICATES, ANYTHING);
        if (signature.equals("signed") || verdict.equals("trusted")) {
            assertThat(encoded.slice(0, AttestationReport.SIGNED)).isEqualTo(SIGNED);
            assertThat(verdict).isEqualTo("trusted");
        } else {
            assertThat(verdict).isEqualTo(signature);
        }
    }
}
