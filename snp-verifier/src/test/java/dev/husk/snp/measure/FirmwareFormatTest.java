package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.husk.snp.Bytes;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parsers of images take and refuse: any bytes may come in, and one checked exception may come out. */
class FirmwareFormatTest {
    private static final int SIZE = FirmwareImage.ovmf().array().length;
    private static final int METADATA = SIZE - FirmwareImage.METADATA_FROM_END;
    private static final int FOOTER = SIZE - 32 - 18;

    private static MalformedFirmwareException malformed(byte[] image) {
        return catchThrowableOfType(MalformedFirmwareException.class, () -> Ovmf.parse(Bytes.copyOf(image)));
    }

    private static void isMalformedAt(int offset, FirmwareImage image) {
        isMalformedAt(offset, image.array());
    }

    private static void isMalformedAt(int offset, byte[] image) {
        assertThat(malformed(image))
                .isNotNull()
                .satisfies(e -> assertThat(e.offset()).as(e.getMessage()).isEqualTo(offset));
    }

    private static byte[] with(int at, int... values) {
        byte[] image = FirmwareImage.ovmf().array();
        for (int i = 0; i < values.length; i++) {
            image[at + i] = (byte) values[i];
        }
        return image;
    }

    @Test
    void aWholeImageIsReadAsItIs() throws Exception {
        var firmware = Ovmf.parse(FirmwareImage.ovmf().bytes());
        assertThat(firmware.size()).isEqualTo(SIZE);
        assertThat(firmware.address()).isEqualTo((1L << 32) - SIZE);
        assertThat(firmware.measuresKernel()).isTrue();
        assertThat(firmware.apResetVector()).hasValue(0x80B004);
        assertThat(firmware.sections())
                .hasSize(6)
                .contains(new OvmfSection(OvmfSection.Kind.SECRETS, 0x80D000, 0x1000), atIndex(2))
                .contains(new OvmfSection(OvmfSection.Kind.KERNEL_HASHES, 0x810000, 0x1000), atIndex(5));
    }

    private static org.assertj.core.data.Index atIndex(int index) {
        return org.assertj.core.data.Index.atIndex(index);
    }

    @Test
    void realImagesSayWhatTheyMeasure() throws Exception {
        assertThat(MeasurementVectors.amdSev().measuresKernel()).isTrue();
        assertThat(MeasurementVectors.ovmfX64().measuresKernel()).isFalse();
        assertThat(MeasurementVectors.ovmfX64().sections()).isNotEmpty();
    }

    @Test
    void imagesThatAreNotWholePagesAreMalformedAtTheirEnd() {
        byte[] image = FirmwareImage.ovmf().array();
        for (int size = 1; size < SIZE; size += 97) {
            if (size % 4096 != 0) {
                isMalformedAt(size, Arrays.copyOfRange(image, SIZE - size, SIZE));
            }
        }
        isMalformedAt(SIZE + 1, Arrays.copyOf(image, SIZE + 1));
        isMalformedAt(0, new byte[0]);
    }

    @Test
    void imagesCutOrGrownByAPageAreMalformedWhereTheTableOrTheMetadataEndUp() {
        byte[] image = FirmwareImage.ovmf().array();
        isMalformedAt(FOOTER - 4096 + 2, Arrays.copyOf(image, SIZE - 4096));
        isMalformedAt(FOOTER + 4096 + 2, Arrays.copyOf(image, SIZE + 4096));
    }

    @Test
    void anotherKindOfFileIsMalformedAtTheTable() {
        isMalformedAt(4096 - 48, new byte[4096]);
        isMalformedAt(FOOTER + 2, with(FOOTER + 17, 0));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 0xFFFF})
    void aTableOfAnImpossibleLengthIsMalformed(int length) {
        isMalformedAt(FOOTER, with(FOOTER, length, length >> 8));
    }

    @Test
    void bytesOfTheTableThatAreNoEntryAreMalformed() {
        int length = 18 + 22 + 26 + 22;
        isMalformedAt(FOOTER + 18 - length - 1, with(FOOTER, length + 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 17, 200, 0xFFFF})
    void anEntryOfAnImpossibleLengthIsMalformed(int length) {
        isMalformedAt(FOOTER - 18, with(FOOTER - 18, length, length >> 8));
    }

    @Test
    void anEntryThatComesTwiceIsMalformed() {
        byte[] image = FirmwareImage.ovmf().array();
        // The metadata's entry takes the GUID of the reset block.
        int reset = FOOTER - 16;
        int metadata = FOOTER - 22 - 26 - 16;
        System.arraycopy(image, reset, image, metadata, 16);
        isMalformedAt(metadata, image);
    }

    @Test
    void entriesThatAreTooShortAreMalformed() {
        isMalformedAt(FOOTER - 18, FirmwareImage.ovmf().entry(FirmwareImage.RESET_BLOCK));
        isMalformedAt(FOOTER - 22 - 22, FirmwareImage.ovmf().entry(FirmwareImage.HASH_TABLE, 0x810C00));
        isMalformedAt(
                FOOTER - 18,
                FirmwareImage.ovmf().without(FirmwareImage.METADATA).entry(FirmwareImage.METADATA));
    }

    @Test
    void aHashTableWithTooLittleRoomIsMalformed() {
        isMalformedAt(FOOTER - 22 - 26 + 4, FirmwareImage.ovmf().entry(FirmwareImage.HASH_TABLE, 0x810C00, 175));
        assertThat(malformed(FirmwareImage.ovmf()
                        .entry(FirmwareImage.HASH_TABLE, 0x810C00, 176)
                        .array()))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 15, 3 * 4096 + 1, 0x7FFFFFFF, -1})
    void metadataOutsideOfTheImageAreMalformed(int fromEnd) {
        isMalformedAt(FOOTER - 22 - 26 - 22, FirmwareImage.ovmf().entry(FirmwareImage.METADATA, fromEnd));
    }

    @Test
    void metadataOfAnotherSignatureVersionOrLengthAreMalformed() {
        isMalformedAt(METADATA, with(METADATA, 'B'));
        isMalformedAt(METADATA + 8, with(METADATA + 8, 2));
        isMalformedAt(METADATA + 4, with(METADATA + 4, 16 + 6 * 12 - 1));
        isMalformedAt(METADATA + 4, with(METADATA + 12, 7));
        // A count whose length would overflow 32 bits, or reach past the image.
        isMalformedAt(METADATA + 4, with(METADATA + 12, 0xFF, 0xFF, 0xFF, 0xFF));
        isMalformedAt(
                METADATA + 4, with(METADATA + 4, 16 + 180 * 12 & 0xFF, 16 + 180 * 12 >> 8, 0, 0, 1, 0, 0, 0, 180));
    }

    @ParameterizedTest
    @CsvSource({
        "0x900001, 0x1000, 1, 0", // within a page
        "0x900000, 0, 1, 4", // nothing
        "0x900000, 0x1001, 1, 4", // not whole pages
        "0xFFFFF000, 0x2000, 1, 4", // past 4 GiB
        "0x900000, 0x1000, 5, 8", // unknown
        "0x900000, 0x1000, 0, 8",
        "0x900000, 0x1000, 0xFFFFFFFF, 8",
        "0x900000, 0x2000, 2, 4", // two pages of a kind that has one
        "0x900000, 0x2000, 3, 4",
        "0x900000, 0x2000, 0x10, 4",
        "0x80F000, 0x1000, 1, 0", // overlap
        "0x7FF000, 0x2000, 1, 0",
        "0x700000, 0x80000000, 1, 0",
    })
    void sectionsThatCannotBeAreMalformed(String address, String size, String type, int offset) {
        var image = FirmwareImage.ovmf()
                .section(
                        Long.decode(address).intValue(),
                        Long.decode(size).intValue(),
                        Long.decode(type).intValue());
        isMalformedAt(METADATA + 16 + 6 * 12 + offset, image);
    }

    @Test
    void theHighestPageBelowFourGibibytesCanBeASection() throws Exception {
        var image = FirmwareImage.ovmf().section(0xFFFFF000, 0x1000, 1);
        assertThat(Ovmf.parse(image.bytes()).sections()).hasSize(7);
    }

    @Test
    void aModuleWithoutMetadataOrEntryPointIsMalformed() throws Exception {
        assertThat(Svsm.parse(FirmwareImage.svsm().bytes()).sections()).hasSize(4);
        for (var image : new FirmwareImage[] {
            FirmwareImage.svsm().without(FirmwareImage.SVSM_INFO),
            FirmwareImage.svsm().withoutSections(),
            FirmwareImage.svsm().entry(FirmwareImage.SVSM_INFO, 5 * 4096),
            FirmwareImage.svsm().entry(FirmwareImage.SVSM_INFO, -1),
            FirmwareImage.svsm().entry(FirmwareImage.SVSM_INFO),
        }) {
            assertThat(catchThrowableOfType(MalformedFirmwareException.class, () -> Svsm.parse(image.bytes())))
                    .isNotNull();
        }
        byte[] cut = Arrays.copyOf(FirmwareImage.svsm().array(), 5000);
        var e = catchThrowableOfType(MalformedFirmwareException.class, () -> Svsm.parse(Bytes.copyOf(cut)));
        assertThat(e.offset()).isEqualTo(5000);
    }

    @Test
    void anyFlippedBitOfTheTablesIsReadOrMalformed() throws Exception {
        for (var good : new byte[][] {
            FirmwareImage.ovmf().array(),
            FirmwareImage.svsm().array(),
            MeasurementVectors.bytes("ovmf_AmdSev_suffix.bin").toArray(),
            MeasurementVectors.bytes("ovmf_OvmfX64_suffix.bin").toArray()
        }) {
            for (int i = good.length - 4096; i < good.length; i++) {
                for (int bit = 0; bit < 8; bit += 3) {
                    byte[] changed = good.clone();
                    changed[i] ^= (byte) (1 << bit);
                    staysInBounds(changed);
                }
            }
        }
    }

    @Test
    void anyBytesAreReadOrMalformed() {
        var random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] image = FirmwareImage.ovmf().array();
            for (int n = random.nextInt(12); n >= 0; n--) {
                image[SIZE - 1 - random.nextInt(i % 2 == 0 ? 0x100 : 0x800)] = (byte) random.nextInt();
            }
            staysInBounds(image);
            byte[] junk = new byte[random.nextInt(3) * 4096];
            random.nextBytes(junk);
            staysInBounds(junk);
        }
    }

    private static void staysInBounds(byte[] image) {
        try {
            var firmware = Ovmf.parse(Bytes.copyOf(image));
            assertThat(firmware.sections())
                    .allSatisfy(section -> assertThat(section.end()).isBetween(section.address() + 4096, 1L << 32));
        } catch (MalformedFirmwareException e) {
            assertThat(e.offset()).isBetween(0, image.length);
        }
        try {
            assertThat(Svsm.parse(Bytes.copyOf(image)).entryPoint()).isLessThan(image.length);
        } catch (MalformedFirmwareException e) {
            assertThat(e.offset()).isBetween(0, image.length);
        }
    }
}
