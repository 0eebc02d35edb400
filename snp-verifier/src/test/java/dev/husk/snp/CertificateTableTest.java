package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.CertificateTable.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CertificateTableTest {
    private static final Path VECTORS = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), "snp");
    private static final String VCEK = "63da758de6644564adc5f4b93be8accd";
    private static final String VLEK = "a8074bc2a25a483eaae639c045a0b8a1";
    private static final String ASK = "4ab7b379bbac4fe4a02f05aef327c782";
    private static final String ARK = "c0b406a4a803495297433fb6014cd0ae";
    private static final String CRL = "92f81bc358114d3d97ffd19f88dc67ea";

    /** A table of two certificates with a gap between them, in a page of zeros. */
    static byte[] usual() {
        var table = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
        entry(table, 0, VCEK, 0x60, 3);
        entry(table, 1, ASK, 0x80, 2);
        return table.put(0x60, new byte[] {1, 2, 3})
                .put(0x80, new byte[] {4, 5})
                .array();
    }

    private static void entry(ByteBuffer table, int index, String guid, int offset, int length) {
        table.put(index * 24, Bytes.fromHex(guid).toArray())
                .putInt(index * 24 + 16, offset)
                .putInt(index * 24 + 20, length);
    }

    private static ByteBuffer edit(byte[] table) {
        return ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void entriesAreFoundByTheirGuidInWhateverOrder() throws Exception {
        assertThat(CertificateTable.parse(Bytes.copyOf(usual())).certificates())
                .isEqualTo(Map.of(Kind.VCEK, Bytes.fromHex("010203"), Kind.ASK, Bytes.fromHex("0405")));

        var table = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
        entry(table, 0, ARK, 199, 1);
        entry(table, 1, CRL, 198, 1);
        entry(table, 2, ASK, 197, 1);
        entry(table, 3, VLEK, 196, 1);
        entry(table, 4, "ff".repeat(16), 195, 1);
        table.put(195, new byte[] {1, 2, 3, 4, 5});
        assertThat(CertificateTable.parse(Bytes.copyOf(table.array())).certificates())
                .containsExactly(
                        Map.entry(Kind.VLEK, Bytes.fromHex("02")),
                        Map.entry(Kind.ASK, Bytes.fromHex("03")),
                        Map.entry(Kind.ARK, Bytes.fromHex("05")));
    }

    @Test
    void aHostWithoutCertificatesHasAnEmptyTable() throws Exception {
        for (int size : new int[] {0, 24, 4096, CertificateTable.MAX_SIZE}) {
            assertThat(CertificateTable.parse(Bytes.copyOf(new byte[size]))).isEqualTo(CertificateTable.empty());
        }
    }

    @Test
    void everyTruncationIsRefusedWhereItCuts() throws Exception {
        byte[] whole = Arrays.copyOf(usual(), 0x82);
        assertThat(CertificateTable.parse(Bytes.copyOf(whole)).certificates()).hasSize(2);
        for (int size = 1; size < whole.length; size++) {
            assertThat(refused(Arrays.copyOf(whole, size))).isLessThanOrEqualTo(size);
        }
        assertThat(refused(Arrays.copyOf(whole, 0x81))).isEqualTo(24 + 16);
        assertThat(refused(Arrays.copyOf(whole, 71))).isEqualTo(71);
    }

    @Test
    void bytesThatBelongToNothingMustBeZero() {
        for (int stray : new int[] {0x48, 0x63, 0x7f, 0x82, 4095}) {
            byte[] table = usual();
            table[stray] = 1;
            assertThat(refused(table)).isEqualTo(stray == 0x48 ? 0x48 : stray);
        }
    }

    @Test
    void entriesMayNotLieOutsideOrOverAnythingElse() {
        int[][] wrong = {
            {4094, 3},
            {4097, 1},
            {-1, 1},
            {-1, -1},
            {4095, -1},
            {0x7fffffff, 0x7fffffff},
            {0, 1},
            {0x47, 1},
            {0x62, 1},
            {0x5f, 2}
        };
        for (int[] place : wrong) {
            byte[] table = usual();
            entry(edit(table), 1, ASK, place[0], place[1]);
            assertThat(refused(table)).as(Arrays.toString(place)).isEqualTo(24 + 16);
        }
        for (int length : new int[] {0, (16 << 10) + 1}) {
            byte[] table = Arrays.copyOf(usual(), 32 << 10);
            entry(edit(table), 1, ASK, 0x80, length);
            assertThat(refused(table)).as("length %d", length).isEqualTo(24 + 20);
        }
    }

    @Test
    void aGuidStandsOnceAndAnEntryHasOne() {
        byte[] twice = usual();
        entry(edit(twice), 1, VCEK, 0x80, 2);
        assertThat(refused(twice)).isEqualTo(24);
        byte[] unknownTwice = usual();
        entry(edit(unknownTwice), 0, CRL, 0x60, 3);
        entry(edit(unknownTwice), 1, CRL, 0x80, 2);
        assertThat(refused(unknownTwice)).isEqualTo(24);
        byte[] nameless = usual();
        entry(edit(nameless), 1, "00".repeat(16), 0x80, 2);
        assertThat(refused(nameless)).isEqualTo(24);
    }

    @Test
    void aTableHasAnEndAndALargestSize() throws Exception {
        var full = ByteBuffer.allocate(17 * 24 + 16).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 16; i++) {
            entry(full, i, "%032x".formatted(i + 1), 17 * 24 + i, 1);
        }
        assertThat(CertificateTable.parse(Bytes.copyOf(full.array()))).isEqualTo(CertificateTable.empty());
        entry(full, 16, "%032x".formatted(17), 0, 0);
        assertThat(refused(full.array())).isEqualTo(16 * 24);

        assertThat(refused(new byte[CertificateTable.MAX_SIZE + 1])).isEqualTo(CertificateTable.MAX_SIZE);
        assertThatThrownBy(() -> new CertificateTable(Map.of(Kind.ASK, Bytes.copyOf(new byte[(16 << 10) + 1]))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anExtendedReportIsAReportAndATable() throws Exception {
        byte[] report = Files.readAllBytes(VECTORS.resolve("reports/00d244d8d4/report.bin"));
        byte[] table = usual();
        var evidence = KbsEvidence.parseExtended(join(report, table));
        assertThat(evidence.report()).isEqualTo(Bytes.copyOf(report));
        assertThat(evidence.certificates()).containsExactly(Bytes.fromHex("010203"), Bytes.fromHex("0405"));
        assertThat(KbsEvidence.parseExtended(Bytes.copyOf(report)).certificates())
                .isEmpty();

        table[0x63] = 1;
        var wrong = join(report, table);
        assertThat(catchThrowableOfType(
                        MalformedCertificateTableException.class, () -> KbsEvidence.parseExtended(wrong)))
                .hasMessageStartingWith("certificate table, offset 0x063: ");
        for (int size = 0; size < report.length; size++) {
            var cut = Bytes.copyOf(Arrays.copyOf(report, size));
            assertThat(catchThrowableOfType(MalformedReportException.class, () -> KbsEvidence.parseExtended(cut))
                            .offset())
                    .isEqualTo(size);
        }
    }

    @Test
    void theLeafIsTheOneThatTheReportSaysSigned() throws Exception {
        byte[] report = new byte[AttestationReport.SIZE];
        var table = new CertificateTable(Map.of(
                Kind.ARK, Bytes.fromHex("04"),
                Kind.ASK, Bytes.fromHex("03"),
                Kind.VLEK, Bytes.fromHex("02"),
                Kind.VCEK, Bytes.fromHex("01")));
        assertThat(new KbsEvidence(Bytes.copyOf(report), table).certificates())
                .extracting(der -> der.at(0))
                .containsExactly(1, 3, 4);
        report[0x48] = 1 << 2;
        assertThat(new KbsEvidence(Bytes.copyOf(report), table).certificates())
                .extracting(der -> der.at(0))
                .containsExactly(2, 3, 4);
        assertThat(new KbsEvidence(Bytes.copyOf(new byte[0]), table).certificates())
                .hasSize(3);
    }

    @Test
    void whateverTheBytesNothingElseIsThrown() {
        var random = new Random(20260102);
        int refused = 0;
        for (int round = 0; round < 20_000; round++) {
            byte[] table = Arrays.copyOf(usual(), 0x82 + random.nextInt(8));
            for (int change = random.nextInt(3); change >= 0; change--) {
                table[random.nextInt(table.length)] = (byte) (1 << random.nextInt(8));
            }
            try {
                assertThat(CertificateTable.parse(Bytes.copyOf(table)).certificates())
                        .hasSizeLessThanOrEqualTo(2);
            } catch (MalformedCertificateTableException e) {
                refused++;
                assertThat(e.offset()).isBetween(0, table.length);
            }
        }
        assertThat(refused).isBetween(5_000, 19_999);
    }

    private static Bytes join(byte[] report, byte[] table) {
        return Bytes.copyOf(ByteBuffer.allocate(report.length + table.length)
                .put(report)
                .put(table)
                .array());
    }

    private static int refused(byte[] table) {
        var e = catchThrowableOfType(
                MalformedCertificateTableException.class, () -> CertificateTable.parse(Bytes.copyOf(table)));
        assertThat(e).isNotNull();
        assertThat(e).hasMessageStartingWith("certificate table, offset 0x%03X: ".formatted(e.offset()));
        return e.offset();
    }
}
