package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import dev.husk.protocol.Vectors;
import dev.husk.protocol.contract.PartySigner;
import java.nio.file.Files;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class CheckpointTest {

    @Test
    void checkpointsOfAnotherImplementationVerify() throws Exception {
        var folder = Vectors.folder("tlog/tessera");
        var key = VerifierKey.parse(Files.readString(folder.resolve("VKEY.txt")).strip());
        for (var file : Vectors.files("tlog/tessera/log", "")) {
            if (file.getFileName().toString().startsWith("checkpoint")) {
                var text = Files.readString(file);
                var checkpoint = Checkpoint.parse(text);
                assertThat(checkpoint.verify(key)).as(file.toString()).isTrue();
                assertThat(checkpoint.text()).isEqualTo(text);
            }
        }
    }

    @Test
    void anyChangedCharacterIsNoticed() {
        try (var signer = PartySigner.generate()) {
            var key = VerifierKey.of("log.example", signer.key().raw());
            var text = Checkpoint.of("log.example/husk", 7, MerkleHash.empty())
                    .sign("log.example", signer)
                    .text();
            assertThat(Checkpoint.parse(text).verify(key)).isTrue();
            for (int i = 0; i < text.length(); i++) {
                var changed = text.substring(0, i) + (char) (text.charAt(i) ^ 1) + text.substring(i + 1);
                assertThat(verifies(changed, key)).as("character %d", i).isFalse();
                assertThat(verifies(text.substring(0, i), key))
                        .as("cut at %d", i)
                        .isFalse();
            }
        }
    }

    @Test
    void anUnsignedCheckpointIsNotVerified() {
        try (var signer = PartySigner.generate();
                var other = PartySigner.generate()) {
            var key = VerifierKey.of("log.example", signer.key().raw());
            var checkpoint = Checkpoint.of("log.example", 0, MerkleHash.empty());
            assertThat(checkpoint.verify(key)).isFalse();
            assertThat(checkpoint.sign("log.example", other).verify(key)).isFalse();
            assertThat(checkpoint.sign("other.example", signer).verify(key)).isFalse();
        }
    }

    @Test
    void aReceiptProvesItsOwnLeafAlone() throws Exception {
        try (var signer = PartySigner.generate()) {
            var event = new JsonObject();
            event.addProperty("kind", "released");
            var opening = new Opening(salt(), event);
            var leaf = new Leaf(Opening.tag(new byte[32], "heart-risk"), 0, "", opening.commit());
            assertThat(opening.opens(leaf)).isTrue();
            var tree =
                    Tree.of(java.util.List.of(MerkleHash.leaf(new byte[1]), leaf.hash(), MerkleHash.leaf(new byte[2])));
            var checkpoint = Checkpoint.of("log", 3, tree.root()).sign("log", signer);
            var key = VerifierKey.of("log", signer.key().raw());
            var receipt = Receipt.parse(new Receipt(leaf, 1, tree.inclusion(1, 3), checkpoint).json());
            assertThat(receipt.provenBy(key)).isTrue();
            assertThat(new Receipt(leaf, 2, receipt.proof(), checkpoint).provenBy(key))
                    .isFalse();
            event.addProperty("kind", "refused");
            assertThat(new Opening(opening.salt(), event).opens(leaf)).isFalse();
        }
    }

    @Test
    void aLeafHasOneSpelling() throws Exception {
        var leaf = new Leaf(Opening.tag(new byte[32], "a"), 0, "", Opening.tag(new byte[32], "b"));
        assertThat(Leaf.parse(leaf.bytes())).isEqualTo(leaf);
        var spaced = (" " + new String(leaf.bytes(), java.nio.charset.StandardCharsets.UTF_8)).getBytes();
        assertThatThrownBy(() -> Leaf.parse(spaced)).isInstanceOf(MalformedLogException.class);
        for (int cut = 0; cut < leaf.bytes().length; cut++) {
            var truncated = java.util.Arrays.copyOf(leaf.bytes(), cut);
            assertThatThrownBy(() -> Leaf.parse(truncated)).isInstanceOf(MalformedLogException.class);
        }
    }

    private static String salt() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(new byte[32]);
    }

    private static boolean verifies(String text, VerifierKey key) {
        try {
            return Checkpoint.parse(text).verify(key);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
