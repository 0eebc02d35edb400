package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README's example is code that compiles and does what it says. */
class ReadmeTest {
    private static final Path VECTORS = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp");

    /** Only the clock stands still; the README's stays the system's. */
    private static final class Clock {
        static java.time.Clock systemUTC() {
            return java.time.Clock.fixed(Instant.parse("2025-06-01T00:00:00Z"), ZoneOffset.UTC);
        }
    }

    private static String judge(Bytes report, Bytes vcek, Bytes revocationList, Bytes nonce, Bytes launchDigest)
            throws MalformedReportException {
        // spotless:off
        // README
        var verifier = new SnpVerifier(
                TrustAnchors.amd(), Revocation.lists(Map.of(Product.MILAN, revocationList)), Clock.systemUTC());
        var expected = Expectations.builder()
                .simulated(false)
                .reportData(Allowed.only(Set.of(nonce)))
                .products(Allowed.only(Set.of(Product.MILAN)))
                .measurements(Allowed.only(Set.of(launchDigest)))
                .hostData(Allowed.any())
                .minimumTcb(Map.of(Product.MILAN, new TcbVersion(0, 4, 0, 22, 211)))
                .policy(PolicyRules.closed())
                .platformInfo(PlatformRules.any())
                .idKeys(Allowed.any())
                .authorKeys(Allowed.any())
                .chips(Allowed.any())
                .vmpl(Allowed.only(Set.of(0)))
                .providers(Set.of())
                .build();
        var outcome = verifier.verify(report, List.of(vcek), expected)
                .match(trusted -> "chip " + trusted.report().chipId(), rejected -> "no: " + rejected.reasons());
        // end
        // spotless:on
        return outcome;
    }

    @Test
    void theExampleTrustsAGenuineReportAndNoOther() throws Exception {
        var folder = VECTORS.resolve("reports/00d244d8d4");
        var report = Bytes.copyOf(Files.readAllBytes(folder.resolve("report.bin")));
        var vcek = Bytes.copyOf(Files.readAllBytes(folder.resolve("vcek.der")));
        var list = Bytes.copyOf(Files.readAllBytes(VECTORS.resolve("amd-ca/crl/ARK-Milan-2025-05-06.crl")));
        var parsed = AttestationReport.parse(report, Product.MILAN);

        assertThat(judge(report, vcek, list, parsed.reportData(), parsed.measurement()))
                .isEqualTo("chip " + parsed.chipId());
        assertThat(judge(report, vcek, list, Bytes.copyOf(new byte[64]), parsed.measurement()))
                .startsWith("no: [REPORT_DATA_MISMATCH");
    }

    @Test
    void theReadmeShowsTheCodeThatIsTestedHere() throws Exception {
        var source = Files.readString(Path.of("src/test/java/dev/husk/snp/ReadmeTest.java"));
        var code = source.substring(source.indexOf("// README\n") + 10, source.indexOf("        // end"))
                .lines()
                .map(line -> line.substring(8))
                .collect(Collectors.joining("\n"));

        assertThat(Files.readString(Path.of("README.md"))).contains("```java\n" + code + "\n```");
    }
}
