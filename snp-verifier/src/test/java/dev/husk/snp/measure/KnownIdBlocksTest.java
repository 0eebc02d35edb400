package dev.husk.snp.measure;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.snp.Bytes;
import dev.husk.snp.GuestPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ID blocks, key digests and one whole authentication block, as virtee/sev and sev-snp-measure make them. */
class KnownIdBlocksTest {
    private static final Path FOLDER = MeasurementVectors.FOLDER.resolve("idblock");
    private static final Bytes NO_ID = Bytes.copyOf(new byte[16]);
    private static final GuestPolicy POLICY = new GuestPolicy(0x30000);

    record Known(JsonObject json) {
        String text(String name) {
            return json.get(name).getAsString();
        }

        Bytes base64(String name) {
            return Bytes.copyOf(Base64.getDecoder().decode(text(name)));
        }

        Bytes launchDigest() {
            return json.has("launch_digest") ? Bytes.fromHex(text("launch_digest")) : base64("launch_digest_b64");
        }

        IdBlock block() {
            return new IdBlock(launchDigest(), NO_ID, NO_ID, 0, POLICY);
        }

        KeyPair key(String name) throws Exception {
            var file = FOLDER.resolve(text(name));
            if (!Files.exists(file)) {
                MeasurementVectors.skip("keys of the ID block of " + this, "the vectors lack " + text(name));
            }
            return Pem.p384(Files.readString(file));
        }

        @Override
        public String toString() {
            return text("impl");
        }
    }

    static List<Known> known() throws IOException {
        var all = new ArrayList<Known>();
        MeasurementVectors.json("idblock/id-block.kat.json")
                .getAsJsonArray("cases")
                .forEach(one -> all.add(new Known(one.getAsJsonObject())));
        assertThat(all).hasSizeGreaterThanOrEqualTo(2);
        return all;
    }

    static List<Known> knownWithAuthentication() throws IOException {
        var some = known().stream()
                .filter(one -> one.json().has("auth_block_file"))
                .toList();
        assertThat(some).isNotEmpty();
        return some;
    }

    @ParameterizedTest
    @MethodSource("known")
    void blocksAreEncodedAndDecodedAsTheOthersDo(Known known) throws Exception {
        assertThat(known.block().encode()).isEqualTo(known.base64("id_block_b64"));
        assertThat(IdBlock.parse(known.base64("id_block_b64"))).isEqualTo(known.block());
    }

    @ParameterizedTest
    @MethodSource("known")
    void digestsOfKeysAreThoseOfTheOthers(Known known) throws Exception {
        var idKey = known.key("id_key");
        var authorKey = known.key("author_key");
        assertThat(IdKey.of((ECPublicKey) idKey.getPublic()).digest()).isEqualTo(known.base64("id_key_digest_b64"));
        assertThat(IdKey.of((ECPublicKey) authorKey.getPublic()).digest())
                .isEqualTo(known.base64("author_key_digest_b64"));
        assertThat(IdAuth.sign(known.block(), idKey, authorKey).signs(known.block()))
                .isTrue();
    }

    @ParameterizedTest
    @MethodSource("knownWithAuthentication")
    void authenticationBlocksAreDecodedVerifiedAndEncodedToTheSameBytes(Known known) throws Exception {
        var bytes = file(known.text("auth_block_file"));
        var auth = IdAuth.parse(bytes);
        assertThat(auth.encode()).isEqualTo(bytes);
        assertThat(auth.idKey().digest()).isEqualTo(known.base64("id_key_digest_b64"));
        assertThat(auth.authorKey().orElseThrow().digest()).isEqualTo(known.base64("author_key_digest_b64"));
        assertThat(bytes.slice(0x040, IdKey.SIGNATURE_SIZE)).isEqualTo(file(known.text("id_sig")));
        assertThat(bytes.slice(0x680, IdKey.SIGNATURE_SIZE)).isEqualTo(file(known.text("author_sig")));
        assertThat(auth.signs(known.block())).isTrue();
    }

    private static Bytes file(String name) throws IOException {
        return Bytes.copyOf(Files.readAllBytes(FOLDER.resolve(name)));
    }
}
