package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.protocol.Vectors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MerkleVectorsTest {
    private static final String FOLDER = "merkle/transparency-dev-merkle/";

    static List<Path> inclusion() throws Exception {
        return Vectors.files(FOLDER + "inclusion", ".json");
    }

    static List<Path> consistency() throws Exception {
        return Vectors.files(FOLDER + "consistency", ".json");
    }

    @ParameterizedTest
    @MethodSource("inclusion")
    void inclusionProofsComeOutAsTheVectorsSay(Path file) throws Exception {
        var vector = Vectors.json(file).getAsJsonObject();
        assertThat(Inclusion.verify(
                        vector.get("leafIdx").getAsBigInteger().longValue(),
                        vector.get("treeSize").getAsBigInteger().longValue(),
                        bytes(vector, "leafHash"),
                        proof(vector),
                        bytes(vector, "root")))
                .isEqualTo(!vector.get("wantErr").getAsBoolean());
    }

    @ParameterizedTest
    @MethodSource("consistency")
    void consistencyProofsComeOutAsTheVectorsSay(Path file) throws Exception {
        var vector = Vectors.json(file).getAsJsonObject();
        boolean expected = !vector.get("wantErr").getAsBoolean();
        assertThat(Consistency.verify(
                        vector.get("size1").getAsBigInteger().longValue(),
                        vector.get("size2").getAsBigInteger().longValue(),
                        proof(vector),
                        bytes(vector, "root1"),
                        bytes(vector, "root2")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 31, 33})
    void everyProofThatATreeGivesVerifiesAndNoOtherLeafHasIt(int size) {
        var tree = new Tree();
        for (int i = 0; i < size; i++) {
            tree.append(leaf(i));
        }
        for (int index = 0; index < size; index++) {
            var proof = tree.inclusion(index, size);
            assertThat(Inclusion.verify(index, size, leaf(index), proof, tree.root()))
                    .isTrue();
            assertThat(Inclusion.verify(index, size, leaf(index + 1), proof, tree.root()))
                    .isFalse();
        }
        for (int first = 1; first <= size; first++) {
            var proof = tree.consistency(first, size);
            assertThat(Consistency.verify(first, size, proof, tree.root(first), tree.root()))
                    .isTrue();
            assertThat(Consistency.verify(first, size, proof, leaf(1), tree.root()))
                    .isFalse();
        }
    }

    @Test
    void aChangedLeafChangesTheRoot() {
        var tree = Tree.of(List.of(leaf(0), leaf(1), leaf(2)));
        var other = Tree.of(List.of(leaf(0), leaf(1), leaf(3)));
        assertThat(tree.root()).isNotEqualTo(other.root());
    }

    private static byte[] leaf(int i) {
        return MerkleHash.leaf(("leaf " + i).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(JsonObject vector, String member) {
        var value = vector.get(member);
        return value == null || value.isJsonNull()
                ? new byte[0]
                : Base64.getDecoder().decode(value.getAsString());
    }

    private static List<byte[]> proof(JsonObject vector) {
        var hashes = new ArrayList<byte[]>();
        if (vector.get("proof") != null && vector.get("proof").isJsonArray()) {
            vector.getAsJsonArray("proof")
                    .forEach(hash -> hashes.add(Base64.getDecoder().decode(hash.getAsString())));
        }
        return hashes;
    }
}
