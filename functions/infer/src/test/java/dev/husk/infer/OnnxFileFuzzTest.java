package dev.husk.infer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/** Any bytes as an ONNX file: passed once it was read to its end, or refused. */
class OnnxFileFuzzTest {
    static Stream<byte[]> files() {
        return Stream.of(
                Onnx.file(Onnx.logistic("probability", Onnx.ANY)),
                Onnx.named(Onnx.classifier(), "[\"size\",\"age\"]"),
                Onnx.file(Onnx.graph()
                        .message(
                                5,
                                Onnx.tensor("w", Onnx.FLOAT, 2)
                                        .message(13, Onnx.entry("location", "/etc/hostname"))
                                        .number(14, 1))),
                Onnx.file(Onnx.graph()
                        .message(
                                1,
                                Onnx.node(
                                        "If",
                                        "c",
                                        "y",
                                        new Proto().text(1, "then_branch").message(6, Onnx.classifier())))),
                new byte[0]);
    }

    @MethodSource("files")
    @FuzzTest
    void aFileIsPassedOrRefused(byte[] bytes) {
        try {
            OnnxFile.check(bytes);
        } catch (UnusableInputException e) {
            assertThat(e).hasMessageStartingWith("the model file cannot be read: ");
            return;
        }
        // What passes was read to its end: a field of training, put behind it, is found.
        var longer = Arrays.copyOf(bytes, bytes.length + 3);
        longer[bytes.length] = (byte) (20 << 3 | 2 | 0x80);
        longer[bytes.length + 1] = 20 << 3 >> 7;
        assertThatThrownBy(() -> OnnxFile.check(longer)).hasMessageContaining("made for training");
    }
}
