package dev.husk.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelFileTest {
    private static final Network SMALL = new Network(
            new Scaling(new double[] {1, 2}, new double[] {3, 4}),
            List.of(
                    new Layer(2, 3, new float[] {1, 2, 3, 4, 5, 6}, new float[] {7, 8, 9}),
                    new Layer(3, 1, new float[] {10, 11, 12}, new float[] {13})));

    @Test
    void theHeaderIsTheOneThatTheFormatDescribes() {
        var file = ByteBuffer.wrap(ModelFile.encode(SMALL, List.of("size", "\"age\""), "ill"))
                .order(ByteOrder.LITTLE_ENDIAN);
        var header = new byte[(int) file.getLong()];
        file.get(header);

        assertThat(header.length % 8).isZero();
        assertThat(new String(header, StandardCharsets.UTF_8).stripTrailing()).isEqualTo("""
                        {"__metadata__":{"format":"husk-model/1 mlp-relu-sigmoid","columns":"[\\"size\\",\\"\\\\\\"age\\\\\\"\\"]","label":"ill"},\
                        "input.mean":{"dtype":"F64","shape":[2],"data_offsets":[0,16]},\
                        "input.deviation":{"dtype":"F64","shape":[2],"data_offsets":[16,32]},\
                        "layers.0.weight":{"dtype":"F32","shape":[3,2],"data_offsets":[32,56]},\
                        "layers.0.bias":{"dtype":"F32","shape":[3],"data_offsets":[56,68]},\
                        "layers.1.weight":{"dtype":"F32","shape":[1,3],"data_offsets":[68,80]},\
                        "layers.1.bias":{"dtype":"F32","shape":[1],"data_offsets":[80,84]}}""");
    }

    @Test
    void anotherReaderOfSafetensorsFindsTheSameNumbers() {
        try (var manager = NDManager.newBaseManager()) {
            var tensors = NDList.decode(manager, ModelFile.encode(SMALL, List.of("size", "age"), "ill"));

            assertThat(tensors.get("input.deviation").toDoubleArray()).containsExactly(3, 4);
            assertThat(tensors.get("layers.0.weight").getShape().getShape()).containsExactly(3, 2);
            assertThat(tensors.get("layers.0.weight").toFloatArray()).containsExactly(1, 2, 3, 4, 5, 6);
            assertThat(tensors.get("layers.1.bias").toFloatArray()).containsExactly(13);
        }
    }
}
