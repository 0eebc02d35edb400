package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TileNameTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 256, tile/0/000",
        "0, 999, 256, tile/0/999",
        "0, 1000, 256, tile/0/x001/000",
        "1, 1234067, 256, tile/1/x001/x234/067",
        "2, 5, 1, tile/2/005.p/1",
        "63, 0, 255, tile/63/000.p/255",
        "-1, 273, 112, tile/entries/273.p/112",
        "0, 9223372036854775807, 256, tile/0/x009/x223/x372/x036/x854/x775/807",
    })
    void pathsAreThoseOfTheSpecification(int level, long index, int width, String path) throws Exception {
        var name = new TileName(level, index, width);
        assertThat(name.path()).isEqualTo(path);
        assertThat(TileName.parse(path)).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tile/",
                "tile/0",
                "tile/0/",
                "tile/0/0",
                "tile/0/1000",
                "tile/0/x000/001",
                "tile/0/001/002",
                "tile/0/x001",
                "tile/00/001",
                "tile/01/001",
                "tile/64/001",
                "tile/-1/001",
                "tile/Entries/001",
                "tile/0/001.p/0",
                "tile/0/001.p/01",
                "tile/0/001.p/256",
                "tile/0/001.p/",
                "tile/0/001.p",
                "tile/0/001/p/1",
                "tile/0/x999/x999/x999/x999/x999/x999/999",
                "tile/0/x001/x001/x001/x001/x001/x001/x001/001",
                "tile/0/../001",
                "tile/0/\u0661\u0661\u0661",
                " tile/0/001",
                "tile/0/001\n",
                "/tile/0/001",
            })
    void everyOtherSpellingIsRefused(String path) {
        assertThatThrownBy(() -> TileName.parse(path)).isInstanceOf(MalformedLogException.class);
    }

    @Test
    void aTreeHasTheTilesThatTheSpecificationCounts() {
        // Its example: 273 full level 0 tiles, one of width 112, one full level 1 tile, one of 17, one of 1.
        long size = 70_000;
        assertThat(TileName.whole(0, 272).isIn(size)).isTrue();
        assertThat(TileName.whole(0, 273).isIn(size)).isFalse();
        assertThat(new TileName(0, 273, 112).isIn(size)).isTrue();
        assertThat(new TileName(TileName.ENTRIES, 273, 112).isIn(size)).isTrue();
        assertThat(new TileName(0, 273, 113).isIn(size)).isFalse();
        assertThat(TileName.whole(1, 0).isIn(size)).isTrue();
        assertThat(new TileName(1, 1, 17).isIn(size)).isTrue();
        assertThat(new TileName(1, 1, 18).isIn(size)).isFalse();
        assertThat(new TileName(2, 0, 1).isIn(size)).isTrue();
        assertThat(new TileName(2, 0, 2).isIn(size)).isFalse();
        assertThat(new TileName(3, 0, 1).isIn(size)).isFalse();
        assertThat(new TileName(63, 0, 1).isIn(Long.MAX_VALUE)).isFalse();
        assertThat(new TileName(0, 0, 1).isIn(0)).isFalse();
        assertThat(new TileName(1, 0, 1).isIn(256)).isTrue();
    }

    @Test
    void aBundleThatIsCutOrLongerIsRefused() throws Exception {
        var entries = List.of(new byte[0], "one".getBytes(StandardCharsets.US_ASCII), new byte[0xffff]);
        byte[] bundle = EntryBundle.encode(entries);
        assertThat(EntryBundle.parse(bundle, 3)).usingRecursiveComparison().isEqualTo(entries);
        for (int cut : new int[] {0, 1, 2, 3, 6, 7, bundle.length - 1}) {
            var part = java.util.Arrays.copyOf(bundle, cut);
            assertThatThrownBy(() -> EntryBundle.parse(part, 3)).isInstanceOf(MalformedLogException.class);
        }
        assertThatThrownBy(() -> EntryBundle.parse(bundle, 2)).isInstanceOf(MalformedLogException.class);
        assertThatThrownBy(() -> EntryBundle.parse(bundle, 4)).isInstanceOf(MalformedLogException.class);
        assertThatThrownBy(() -> EntryBundle.encode(List.of(new byte[0x10000])))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
