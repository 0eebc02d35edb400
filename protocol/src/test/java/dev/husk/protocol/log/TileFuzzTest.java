package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes for a tile's path and for an entry bundle: what is read is written as it was, or refused. */
class TileFuzzTest {

    static Stream<byte[]> seeds() {
        return Stream.concat(
                Stream.of("tile/0/x001/x234/067", "tile/63/000.p/1", "tile/entries/000.p/255", "tile/entries/999", "")
                        .map(text -> text.getBytes(StandardCharsets.US_ASCII)),
                Stream.of(
                        EntryBundle.encode(List.of()),
                        EntryBundle.encode(List.of(new byte[0], new byte[300])),
                        new byte[] {0, 1}));
    }

    @MethodSource("seeds")
    @FuzzTest
    void aPathHasOneSpelling(byte[] bytes) {
        var path = new String(bytes, StandardCharsets.ISO_8859_1);
        try {
            assertThat(TileName.parse(path).path()).isEqualTo(path);
        } catch (MalformedLogException e) {
            assertThat(e).hasMessage("not the path of a tile");
        }
    }

    @MethodSource("seeds")
    @FuzzTest
    void aBundleHasOneSpelling(byte[] bytes) {
        int width = bytes.length == 0 ? 1 : 1 + (bytes[0] & 0xff);
        try {
            var entries = EntryBundle.parse(bytes, width);
            assertThat(entries).hasSize(width);
            assertThat(EntryBundle.encode(entries)).isEqualTo(bytes);
        } catch (MalformedLogException e) {
            assertThat(e).hasMessageStartingWith("a bundle");
        }
    }
}
