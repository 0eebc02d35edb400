package dev.husk.kata;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as initdata and as its annotation: what is read has the same digest after a way through a pod, or is refused. */
class InitDataFuzzTest {
    static Stream<byte[]> files() {
        return Stream.of(
                        InitData.render(Samples.pinned()).text(),
                        "algorithm = \"sha384\"\nversion = \"0.1.0\"\n[data]\n\"a\" = \"b\"\n",
                        "algorithm = \"sha256\"\nversion = \"0.1.0\"\ndata = 1\n",
                        "")
                .map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    static Stream<byte[]> annotations() {
        return Stream.of(InitData.render(Samples.pinned()).annotation(), "H4sIAAAAAAAA", "AAAA", "!")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
    }

    @MethodSource("files")
    @FuzzTest
    void aFileIsReadAsTheGuestReadsIt(byte[] bytes) {
        try {
            var initData = InitData.parse(bytes);
            assertThat(initData.text().getBytes(StandardCharsets.UTF_8)).isEqualTo(bytes);
            assertThat(InitData.ofAnnotation(initData.annotation()).hostData()).isEqualTo(initData.hostData());
        } catch (MalformedInitDataException e) {
            assertThat(e).hasMessageStartingWith("initdata");
        }
    }

    @MethodSource("annotations")
    @FuzzTest
    void anAnnotationIsReadOrRefused(byte[] bytes) {
        try {
            var initData = InitData.ofAnnotation(new String(bytes, StandardCharsets.ISO_8859_1));
            assertThat(initData.hostData()).hasSize(InitData.HOST_DATA);
        } catch (MalformedInitDataException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }
}
