package dev.husk.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelFileTest {

    private static AbstractThrowableAssert<?, ?> assertRefused(byte[] file) {
        return assertThatThrownBy(() -> ModelFile.parse(file))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageStartingWith("the model file cannot be read: ");
    }

    @Test
    void aFileWrittenByHandIsReadAsItStands() throws Exception {
        var model = ModelFile.parse(SmallModel.file());

        assertThat(model.columns()).containsExactly("size", "age");
        assertThat(model.label()).isEqualTo("ill");
        assertThat(model.mean()).containsExactly(10, 50);
        assertThat(model.deviation()).containsExactly(2, 20);
        assertThat(model.layers()).hasSize(2);
        assertThat(model.layers().get(0).weight()).containsExactly(1, 0, -1, 2);
        assertThat(model.layers().get(1).bias()).containsExactly(0.125f);
    }

    @Test
    void everyTruncationIsRefused() {
        var file = SmallModel.file();
        for (int length = 0; length < file.length; length++) {
            assertRefused(Arrays.copyOf(file, length));
        }
    }

    @Test
    void everyAdditionIsRefused() {
        var file = SmallModel.file();
        for (int added = 1; added <= 16; added++) {
            assertRefused(Arrays.copyOf(file, file.length + added));
        }
    }

    /** A bit of a name gives another name; that no bit was turned is for the encryption to prove. */
    @Test
    void everyFlippedBitOfTheHeaderIsRefusedOrGivesAnotherNameAndNothingElse() throws Exception {
        var text = SmallModel.HEADER;
        int otherNames = 0;
        var file = SmallModel.file();
        for (int bit = 0; bit < 8 * (file.length - 68); bit++) {
            var flipped = file.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Network model;
            try {
                model = ModelFile.parse(flipped);
            } catch (UnusableInputException e) {
                continue;
            }
            int at = bit / 8 - 8;
            assertThat(isIn(text, at, "size") || isIn(text, at, "age") || isIn(text, at, "ill"))
                    .as("bit %d of header byte %d", bit % 8, at)
                    .isTrue();
            assertThat(model.columns()).hasSize(2);
            assertThat(model.layers()).hasSize(2);
            otherNames++;
        }
        assertThat(otherNames).isPositive();
    }

    private static boolean isIn(String text, int at, String name) {
        int start = text.indexOf(name);
        return at >= start && at < start + name.length();
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            husk-model/1            | husk-model/2
            mlp-relu                | mlp-tanh
            "label":"ill"           | "label":""
            "label":"ill"           | "label":7
            "label":"ill"           | "label":"ill","label":"ill"
            "label":"ill"           | "label":"ill","more":"x"
            "label":"ill"           | "label": "ill"
            "label":"ill"           | "label":"\\u0069ll"
            "label":"ill"           | "label":"\\ud800"
            [\\"size\\",\\"age\\"]  | []
            [\\"size\\",\\"age\\"]  | [\\"size\\"]
            [\\"size\\",\\"age\\"]  | [\\"size\\",\\"size\\"]
            [\\"size\\",\\"age\\"]  | [\\"size\\",7]
            [\\"size\\",\\"age\\"]  | [\\"size\\", \\"age\\"]
            [\\"size\\",\\"age\\"]  | {}
            [\\"size\\",\\"age\\"]  | size
            "F64"                   | "F32"
            "shape":[2,2]           | "shape":[2,3]
            "shape":[2,2]           | "shape":[4,1]
            "shape":[2,2]           | "shape":[]
            "shape":[2,2]           | "shape":2
            "shape":[2,2]           | "shape":[2.0,2]
            "shape":[2,2]           | "shape":[-2,2]
            "shape":[2,2]           | "shape":[9999,2]
            "shape":[2,2]           | "shape":["2",2]
            "shape":[1,2]           | "shape":[2,2]
            [16,32]                 | [8,24]
            [64,68]                 | [64,72]
            layers.1.bias           | layers.2.bias
            layers.1.weight         | layers.9.weight
            "input.mean"            | "input.mode"
            """)
    void aHeaderThatSaysAnythingElseIsRefused(String part, String instead) {
        assertThat(SmallModel.HEADER).contains(part);
        assertRefused(
                SmallModel.file(SmallModel.HEADER.replace(part, instead), SmallModel.SCALING, SmallModel.WEIGHTS));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "7",
                "{\"__metadata__\":7}",
                "{\"__metadata__\":{}}",
                "{\"__metadata__\":{\"format\":\"husk-model/1 mlp-relu-sigmoid\"}}",
                "[[[[[[[[[[[[[[[[",
                "{'a':1}",
                "not json"
            })
    void aHeaderThatIsNoneIsRefused(String header) {
        assertRefused(SmallModel.file(header, SmallModel.SCALING, SmallModel.WEIGHTS));
        assertRefused(SmallModel.assemble(header, SmallModel.SCALING, SmallModel.WEIGHTS));
    }

    @Test
    void paddingIsWhatEightBytesNeedAndNoMore() {
        var header = SmallModel.HEADER + " ".repeat(-SmallModel.HEADER.length() & 7);

        assertThat(SmallModel.assemble(header, SmallModel.SCALING, SmallModel.WEIGHTS))
                .isEqualTo(SmallModel.file());
        assertRefused(SmallModel.assemble(header + "        ", SmallModel.SCALING, SmallModel.WEIGHTS));
        assertRefused(SmallModel.assemble(header + " ", SmallModel.SCALING, SmallModel.WEIGHTS));
        assertRefused(SmallModel.assemble(" " + header, SmallModel.SCALING, SmallModel.WEIGHTS));
    }

    @Test
    void numbersThatAreNoneAndDeviationsThatAreNotAboveZeroAreRefused() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            for (int i = 0; i < SmallModel.SCALING.length; i++) {
                var scaling = SmallModel.SCALING.clone();
                scaling[i] = bad;
                assertRefused(SmallModel.file(SmallModel.HEADER, scaling, SmallModel.WEIGHTS));
            }
            for (int i = 0; i < SmallModel.WEIGHTS.length; i++) {
                var weights = SmallModel.WEIGHTS.clone();
                weights[i] = (float) bad;
                assertRefused(SmallModel.file(SmallModel.HEADER, SmallModel.SCALING, weights));
            }
        }
        for (double bad : new double[] {0, -0.0, -1}) {
            assertRefused(SmallModel.file(SmallModel.HEADER, new double[] {0, 0, 1, bad}, SmallModel.WEIGHTS))
                    .hasMessageContaining("deviation");
        }
    }

    @Test
    void aLengthThatIsNegativeOrHugeIsRefusedBeforeAnythingIsMade() {
        for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 0, 1, ModelFile.LONGEST}) {
            var file = SmallModel.file();
            ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
            assertRefused(file);
        }
    }

    @Test
    void anOversizedFileIsRefused() {
        assertRefused(new byte[ModelFile.LONGEST + 1]).hasMessageContaining("longer than 16777216 bytes");
        assertRefused(new byte[ModelFile.LONGEST]);
    }

    /** Two megabytes of names that ask for a network of sixteen gigabytes. */
    @Test
    void sizesThatWouldFillTheMemoryAreRefusedByTheFilesLength() {
        var layers = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            layers.append(",\"layers.%d.weight\":{\"dtype\":\"F32\",\"shape\":[%d,4096],\"data_offsets\":[0,1]}"
                    .formatted(i, i == 7 ? 1 : 4096));
        }
        var header = SmallModel.HEADER.substring(0, SmallModel.HEADER.indexOf(",\"input.mean")) + layers + "}";

        assertRefused(SmallModel.file(header, SmallModel.SCALING, SmallModel.WEIGHTS));
    }

    @Test
    void aHundredThousandDamagedFilesNeverDoWorseThanBeRefused() {
        var random = new Random(20_25);
        var pieces =
                new String[] {"[", "]", "{", "}", "\"", ",", ":", "\\", "0", "9", "-", "layers.1.weight", "\u0000"};
        int refused = 0;
        for (int run = 0; run < 100_000; run++) {
            var file = SmallModel.file();
            for (int change = 1 + random.nextInt(4); change > 0; change--) {
                int at = random.nextInt(file.length);
                switch (random.nextInt(3)) {
                    case 0 -> file[at] = (byte) random.nextInt(256);
                    case 1 -> file = Arrays.copyOf(file, Math.max(8, at));
                    default -> {
                        var piece = pieces[random.nextInt(pieces.length)].getBytes(StandardCharsets.UTF_8);
                        System.arraycopy(piece, 0, file, at, Math.min(piece.length, file.length - at));
                    }
                }
            }
            try {
                ModelFile.parse(file);
            } catch (UnusableInputException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(80_000);
    }
}
