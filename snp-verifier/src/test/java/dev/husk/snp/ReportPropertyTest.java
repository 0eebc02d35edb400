package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Any well-formed report, to bytes and back, and to JSON and back. */
class ReportPropertyTest {

    /** Fields of a report, drawn from one seed: records of this size are more than jqwik combines. */
    @Provide
    Arbitrary<AttestationReport> reports() {
        return Arbitraries.longs().map(seed -> report(new Random(seed)));
    }

    private static AttestationReport report(Random random) {
        var product = Product.values()[random.nextInt(3)];
        int version = 2 + random.nextInt(4);
        return new AttestationReport(
                version,
                random.nextInt(),
                new GuestPolicy(1L << 17 | random.nextInt(1 << 26)),
                bytes(random, 16),
                bytes(random, 16),
                random.nextInt(4),
                new PlatformInfo(random.nextInt(256)),
                random.nextBoolean(),
                random.nextBoolean(),
                AttestationReport.SigningKey.values()[random.nextInt(2)],
                bytes(random, 64),
                bytes(random, 48),
                bytes(random, 32),
                bytes(random, 48),
                bytes(random, 48),
                bytes(random, 32),
                bytes(random, 32),
                bytes(random, 64),
                version == 2 ? Optional.empty() : Optional.of(cpuid(random, product)),
                product,
                tcb(random, product),
                tcb(random, product),
                tcb(random, product),
                tcb(random, product),
                firmware(random),
                firmware(random),
                version < 5 ? 0 : random.nextLong(),
                version < 5 ? 0 : random.nextLong());
    }

    private static Cpuid cpuid(Random random, Product product) {
        int stepping = random.nextInt(256);
        return switch (product) {
            case MILAN -> new Cpuid(0x19, random.nextInt(0x10), stepping);
            case GENOA -> new Cpuid(0x19, (random.nextBoolean() ? 0x10 : 0xa0) + random.nextInt(0x10), stepping);
            case TURIN -> new Cpuid(0x1a, random.nextInt(0x12), stepping);
        };
    }

    private static TcbVersion tcb(Random random, Product product) {
        return new TcbVersion(
                product == Product.TURIN ? random.nextInt(256) : 0,
                random.nextInt(256),
                random.nextInt(256),
                random.nextInt(256),
                random.nextInt(256));
    }

    private static FirmwareVersion firmware(Random random) {
        return new FirmwareVersion(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    private static Bytes bytes(Random random, int length) {
        var bytes = new byte[length];
        random.nextBytes(bytes);
        return Bytes.copyOf(bytes);
    }

    @Property
    void whatIsWrittenIsRead(@ForAll("reports") AttestationReport report) throws Exception {
        var encoded = Bytes.copyOf(ReportEncoder.encode(report));
        assertThat(AttestationReport.parse(encoded, report.product())).isEqualTo(report);
    }

    /** From version 3 the processor speaks for itself. */
    @Property
    void theCertificateDecidesTheLayoutOfVersionTwoAlone(
            @ForAll("reports") AttestationReport report, @ForAll Product certified) throws Exception {
        if (report.version() > 2) {
            var encoded = Bytes.copyOf(ReportEncoder.encode(report));
            assertThat(AttestationReport.parse(encoded, certified)).isEqualTo(report);
        }
    }

    /** Whatever any byte is changed to: what can still be read is written the same, so no bit goes unread. */
    @Property
    void whatCanBeReadIsWrittenTheSame(
            @ForAll("reports") AttestationReport report,
            @ForAll @IntRange(max = 0x29F) int offset,
            @ForAll @IntRange(min = 1, max = 255) int change)
            throws Exception {
        var encoded = ReportEncoder.encode(report);
        encoded[offset] ^= (byte) change;
        try {
            var read = AttestationReport.parse(Bytes.copyOf(encoded), report.product());
            assertThat(ReportEncoder.encode(read)).isEqualTo(encoded);
        } catch (MalformedReportException e) {
            // Version and processor decide what the bytes behind them may be.
            boolean decides = offset < 4 || offset == 0x188 || offset == 0x189;
            assertThat(e.offset()).isBetween(decides ? 0 : offset - 3, decides ? 0x29F : offset);
        }
    }

    @Property
    void jsonEvidenceBringsBackTheBytes(@ForAll("reports") AttestationReport report, @ForAll long seed)
            throws Exception {
        var encoded = ReportEncoder.encode(report);
        var random = new Random(seed);
        for (int scalar : new int[] {0x2A0, 0x2E8}) {
            System.arraycopy(bytes(random, 48).toArray(), 0, encoded, scalar, 48);
        }
        var json = KbsEvidenceTest.evidence(encoded, report.product() == Product.TURIN)
                .toString();
        var evidence = KbsEvidence.parse(JsonParser.parseString(json).getAsJsonObject());
        assertThat(evidence.report()).isEqualTo(Bytes.copyOf(encoded));
    }

    @Property
    void bytesAreEqualWhereTheirContentIs(@ForAll byte[] content, @ForAll byte[] other) {
        var bytes = Bytes.copyOf(content);
        assertThat(bytes).isEqualTo(Bytes.copyOf(content)).hasSameHashCodeAs(Bytes.copyOf(content));
        assertThat(bytes.equals(Bytes.copyOf(other))).isEqualTo(Arrays.equals(content, other));
        assertThat(Bytes.fromHex(bytes.toString())).isEqualTo(bytes);
    }
}
