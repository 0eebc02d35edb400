package dev.husk.snp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.snp.AttestationReport.SigningKey;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which bytes are a report (AMD 56860, ATTESTATION_REPORT), and what is wrong with others, to the byte. */
class ReportFormatTest {

    /** @param reserved offsets of the bytes that must be zero */
    record Layout(Product product, int version, BitSet reserved) {
        byte[] report() {
            return ReportEncoder.encode(ReportEncoder.sample(product, version, SigningKey.VCEK));
        }

        @Override
        public String toString() {
            return product.label() + " version " + version;
        }
    }

    static List<Layout> layouts() {
        return List.of(
                layout(Product.MILAN, 2),
                layout(Product.MILAN, 3),
                layout(Product.MILAN, 4),
                layout(Product.GENOA, 3),
                layout(Product.GENOA, 5),
                layout(Product.TURIN, 2),
                layout(Product.TURIN, 3),
                layout(Product.TURIN, 5));
    }

    private static Layout layout(Product product, int version) {
        var reserved = new BitSet();
        reserved.set(0x00C, 0x010); // guest policy, bits 32 and up
        reserved.set(0x041, 0x048); // platform info
        reserved.set(0x049, 0x050); // key info, and after it
        for (int tcb : new int[] {0x038, 0x180, 0x1E0, 0x1F0}) {
            if (product == Product.TURIN) {
                reserved.set(tcb + 4, tcb + 7);
            } else {
                reserved.set(tcb + 2, tcb + 6);
            }
        }
        reserved.set(version == 2 ? 0x188 : 0x18B, 0x1A0);
        reserved.set(0x1EB);
        reserved.set(0x1EF);
        reserved.set(version == 5 ? 0x208 : 0x1F8, 0x2A0);
        reserved.set(0x2A0 + 48, 0x2A0 + 72);
        reserved.set(0x2A0 + 120, 0x4A0);
        return new Layout(product, version, reserved);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void aReservedByteThatIsNotZeroIsMalformedAtItsOffset(Layout layout) {
        layout.reserved().stream().forEach(offset -> {
            for (int value : new int[] {1, 0x80}) {
                var report = layout.report();
                report[offset] = (byte) value;
                assertThat(malformed(report, layout.product())).isEqualTo(offset);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void ofTwoReservedBytesTheFirstIsNamed(Layout layout) {
        if (layout.version() == 2) {
            return; // its layout is not known before its certificate is
        }
        var offsets = layout.reserved().stream().toArray();
        for (int i = 1; i < offsets.length; i++) {
            var report = layout.report();
            report[offsets[i - 1]] = 1;
            report[offsets[i]] = 1;
            assertThat(malformed(report, layout.product())).isEqualTo(offsets[i - 1]);
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void anyOtherByteMayHoldSomethingElse(Layout layout) {
        var fixed = new BitSet();
        fixed.or(layout.reserved());
        fixed.set(0x000, 0x004); // version
        fixed.set(0x00A, 0x00C); // policy bits
        fixed.set(0x030, 0x038); // VMPL, algorithm
        fixed.set(0x048); // key info
        fixed.set(0x188, 0x18A); // processor
        for (int offset = 0; offset < 0x4A0; offset++) {
            var report = layout.report();
            report[offset] ^= (byte) 0xff;
            if (!fixed.get(offset)) {
                assertThat(problem(report, layout.product()))
                        .as("offset 0x%03X", offset)
                        .isEmpty();
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x000, 0",
        "0x000, 1",
        "0x000, 6",
        "0x000, 0x100003",
        "0x030, 4",
        "0x030, 0xFFFFFFFF",
        "0x030, 0x80000000",
        "0x034, 0",
        "0x034, 2",
        "0x034, 0x10001",
    })
    void numbersThatNobodyKnowsAreMalformedAtTheirField(int offset, String value) {
        var report = layout(Product.MILAN, 3).report();
        long number = Long.decode(value);
        for (int i = 0; i < 4; i++) {
            report[offset + i] = (byte) (number >>> 8 * i);
        }
        assertThat(malformed(report, Product.MILAN)).isEqualTo(offset);
    }

    @ParameterizedTest
    @CsvSource({"2", "3", "4", "5"})
    void versionsTwoToFiveAreKnown(int version) throws Exception {
        var report = layout(Product.GENOA, version).report();
        assertThat(AttestationReport.parse(Bytes.copyOf(report), Product.GENOA).version())
                .isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({"0", "1", "2", "3"})
    void fourPrivilegeLevelsAreKnown(int vmpl) throws Exception {
        var report = layout(Product.MILAN, 3).report();
        report[0x30] = (byte) vmpl;
        assertThat(AttestationReport.parse(Bytes.copyOf(report), Product.MILAN).vmpl())
                .isEqualTo(vmpl);
    }

    @Test
    void unknownPolicyBitsAreMalformedAtTheirByte() {
        for (int bit = 26; bit < 64; bit++) {
            var report = layout(Product.MILAN, 3).report();
            report[8 + bit / 8] |= (byte) (1 << bit % 8);
            assertThat(malformed(report, Product.MILAN)).as("bit %d", bit).isEqualTo(8 + bit / 8);
        }
        var report = layout(Product.MILAN, 3).report();
        report[0x0A] &= ~2;
        assertThat(malformed(report, Product.MILAN)).as("bit 17 must be one").isEqualTo(0x0A);
    }

    @Test
    void everyKnownPolicyAndPlatformBitIsRead() throws Exception {
        for (int bit = 0; bit < 26; bit++) {
            var report = layout(Product.MILAN, 3).report();
            Arrays.fill(report, 8, 16, (byte) 0);
            report[0x0A] = 2;
            report[8 + bit / 8] |= (byte) (1 << bit % 8);
            var policy =
                    AttestationReport.parse(Bytes.copyOf(report), Product.MILAN).policy();
            assertThat(new boolean[] {
                        policy.abiMinor() == (bit < 8 ? 1 << bit : 0),
                        policy.abiMajor() == (bit >= 8 && bit < 16 ? 1 << bit - 8 : 0),
                        policy.smtAllowed() == (bit == 16),
                        policy.migrationAgentAllowed() == (bit == 18),
                        policy.debugAllowed() == (bit == 19),
                        policy.singleSocketRequired() == (bit == 20),
                        policy.cxlAllowed() == (bit == 21),
                        policy.memoryAes256Required() == (bit == 22),
                        policy.raplDisabledRequired() == (bit == 23),
                        policy.ciphertextHidingRequired() == (bit == 24),
                        policy.pageSwapDisabled() == (bit == 25)
                    })
                    .as("bit %d", bit)
                    .doesNotContain(false);
        }
        for (int bit = 0; bit < 8; bit++) {
            var report = layout(Product.MILAN, 3).report();
            report[0x40] = (byte) (1 << bit);
            var info =
                    AttestationReport.parse(Bytes.copyOf(report), Product.MILAN).platformInfo();
            assertThat(new boolean[] {
                        info.smtEnabled() == (bit == 0),
                        info.tsmeEnabled() == (bit == 1),
                        info.eccEnabled() == (bit == 2),
                        info.raplDisabled() == (bit == 3),
                        info.ciphertextHidingEnabled() == (bit == 4),
                        info.aliasCheckComplete() == (bit == 5),
                        info.tioEnabled() == (bit == 7)
                    })
                    .as("bit %d", bit)
                    .doesNotContain(false);
        }
    }

    @Test
    void keyInfoSaysWhichKeySignedAndKnowsNoThird() throws Exception {
        for (int keyInfo = 0; keyInfo < 256; keyInfo++) {
            var report = layout(Product.MILAN, 3).report();
            report[0x48] = (byte) keyInfo;
            if (keyInfo >>> 2 > 1) {
                assertThat(malformed(report, Product.MILAN))
                        .as("key info %02x", keyInfo)
                        .isEqualTo(0x48);
                continue;
            }
            var parsed = AttestationReport.parse(Bytes.copyOf(report), Product.MILAN);
            assertThat(parsed.authorKeyUsed()).isEqualTo((keyInfo & 1) != 0);
            assertThat(parsed.chipKeyMasked()).isEqualTo((keyInfo & 2) != 0);
            assertThat(parsed.signingKey()).isEqualTo((keyInfo & 4) != 0 ? SigningKey.VLEK : SigningKey.VCEK);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0x19, 0x00, MILAN",
        "0x19, 0x0f, MILAN",
        "0x19, 0x10, GENOA",
        "0x19, 0x1f, GENOA",
        "0x19, 0x20,",
        "0x19, 0x9f,",
        "0x19, 0xa0, GENOA",
        "0x19, 0xaf, GENOA",
        "0x19, 0xb0,",
        "0x19, 0xff,",
        "0x1a, 0x00, TURIN",
        "0x1a, 0x11, TURIN",
        "0x1a, 0x12,",
        "0x18, 0x01,",
        "0x1b, 0x01,",
        "0x00, 0x00,",
    })
    void processorsAreKnownByFamilyAndModel(int family, int model, @Nullable Product product) throws Exception {
        var report = layout(Product.MILAN, 3).report();
        for (int tcb : new int[] {0x038, 0x180, 0x1E0, 0x1F0}) {
            Arrays.fill(report, tcb, tcb + 8, (byte) 0);
        }
        report[0x188] = (byte) family;
        report[0x189] = (byte) model;
        if (product == null) {
            assertThat(malformed(report, Product.MILAN)).isEqualTo(0x188);
        } else {
            assertThat(AttestationReport.parse(Bytes.copyOf(report), Product.MILAN)
                            .product())
                    .isEqualTo(product);
        }
    }

    @Test
    void everyLengthButOneIsMalformedWhereItEnds() {
        var whole = layout(Product.MILAN, 3).report();
        for (int length = 0; length < whole.length; length++) {
            assertThat(malformed(Arrays.copyOf(whole, length), Product.MILAN)).isEqualTo(length);
        }
        for (int more : new int[] {1, 2, 1184, 1 << 20}) {
            assertThat(malformed(Arrays.copyOf(whole, whole.length + more), Product.MILAN))
                    .isEqualTo(1184);
        }
    }

    @Test
    void theMessageNamesTheOffsetAndTheProblem() {
        var report = layout(Product.MILAN, 3).report();
        report[0x1EB] = 5;
        assertThat(problem(report, Product.MILAN).orElseThrow())
                .hasMessage("attestation report, offset 0x1EB: reserved byte is 0x05, not zero");
    }

    private static int malformed(byte[] report, Product certified) {
        return problem(report, certified).orElseThrow().offset();
    }

    private static Optional<MalformedReportException> problem(byte[] report, Product certified) {
        try {
            AttestationReport.parse(Bytes.copyOf(report), certified);
            return Optional.empty();
        } catch (MalformedReportException e) {
            return Optional.of(e);
        }
    }
}
