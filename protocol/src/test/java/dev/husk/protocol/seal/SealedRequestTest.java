package dev.husk.protocol.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.json.Base64Url;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sealed requests and answers: the way there and back, and every way in which they must not open. */
class SealedRequestTest {
    private static final byte[] REQUEST = "{\"rows\":\"61,140\"}".getBytes(StandardCharsets.UTF_8);

    private final HpkeKeyPair keys = HpkeKeyPair.generate();

    @AfterEach
    void wipe() {
        keys.close();
    }

    private SealedRequest sealed() throws EnvelopeException {
        return SealedRequest.seal(keys.publicKey(), "heart-risk", "infer", REQUEST);
    }

    private OpenedRequest open(String envelope) throws EnvelopeException {
        return SealedRequest.open(keys, "heart-risk", "infer", envelope);
    }

    private static String flipped(String text, int bit) {
        byte[] bytes = Base64Url.decode(text);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        return Base64Url.encode(bytes);
    }

    @Test
    void aRequestOpensAndItsAnswerComesBack() throws Exception {
        try (var request = sealed();
                var opened = open(request.envelope())) {
            assertThat(opened.plaintext()).isEqualTo(REQUEST);
            var answer = SealedAnswer.seal(opened.answerKey(), "heart-risk", "infer", new byte[] {1, 2});
            assertThat(SealedAnswer.open(request.answerKey(), "heart-risk", "infer", answer))
                    .isEqualTo(new byte[] {1, 2});
            assertThat(answer)
                    .isNotEqualTo(SealedAnswer.seal(opened.answerKey(), "heart-risk", "infer", new byte[] {1, 2}));
        }
    }

    @Test
    void theSameRequestSealedTwiceIsTwoEnvelopesWithTwoAnswerKeys() throws Exception {
        try (var one = sealed();
                var two = sealed()) {
            assertThat(one.envelope()).isNotEqualTo(two.envelope());
            assertThat(one.answerKey().copy()).isNotEqualTo(two.answerKey().copy());
        }
    }

    @Test
    void aRequestToAnotherFunctionContractOrKeyDoesNotOpen() throws Exception {
        try (var request = sealed();
                var other = HpkeKeyPair.generate()) {
            var envelope = request.envelope();
            assertThatThrownBy(() -> SealedRequest.open(keys, "heart-risk", "train", envelope))
                    .isInstanceOf(EnvelopeException.class);
            assertThatThrownBy(() -> SealedRequest.open(keys, "lung-risk", "infer", envelope))
                    .isInstanceOf(EnvelopeException.class);
            assertThatThrownBy(() -> SealedRequest.open(keys, "heart-riski", "nfer", envelope))
                    .isInstanceOf(EnvelopeException.class);
            assertThatThrownBy(() -> SealedRequest.open(other, "heart-risk", "infer", envelope))
                    .isInstanceOf(EnvelopeException.class);
        }
    }

    @Test
    void anEnvelopeWithAnyBitFlippedDoesNotOpen() throws Exception {
        try (var request = sealed()) {
            int bits = 8 * Base64Url.decode(request.envelope()).length;
            for (int bit = 0; bit < bits; bit++) {
                // X25519 ignores the highest bit of enc, but the key schedule covers enc as it came.
                var changed = flipped(request.envelope(), bit);
                assertThatThrownBy(() -> open(changed)).as("bit " + bit).isInstanceOf(EnvelopeException.class);
            }
        }
    }

    @Test
    void anEnvelopeCutShortDoesNotOpen() throws Exception {
        try (var request = sealed()) {
            byte[] whole = Base64Url.decode(request.envelope());
            for (int length = 0; length < whole.length; length++) {
                var cut = Base64Url.encode(Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> open(cut)).as("length " + length).isInstanceOf(EnvelopeException.class);
            }
        }
    }

    @Test
    void whatIsNoEnvelopeIsRefusedAndNeverFailsOtherwise() {
        var random = new Random(20261125);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            assertThatThrownBy(() -> open(Base64Url.encode(bytes))).isInstanceOf(EnvelopeException.class);
            var text = new String(bytes, StandardCharsets.ISO_8859_1);
            assertThatThrownBy(() -> open(text)).isInstanceOf(EnvelopeException.class);
        }
        // A point of small order gives the same secret to everybody.
        assertThatThrownBy(() -> open(Base64Url.encode(new byte[64]))).isInstanceOf(EnvelopeException.class);
        assertThatThrownBy(() -> open("A".repeat(SealedRequest.MAX_CHARS + 1))).isInstanceOf(EnvelopeException.class);
        assertThatThrownBy(() -> SealedRequest.seal(new byte[32], "c", "f", REQUEST))
                .isInstanceOf(EnvelopeException.class);
        assertThatThrownBy(() -> SealedRequest.seal(new byte[31], "c", "f", REQUEST))
                .isInstanceOf(EnvelopeException.class);
        assertThatThrownBy(() -> SealedRequest.seal(keys.publicKey(), "c", "f", new byte[1 << 20]))
                .isInstanceOf(EnvelopeException.class);
    }

    @Test
    void anAnswerOpensUnderItsOwnRequestAndFunctionAlone() throws Exception {
        try (var request = sealed();
                var other = sealed()) {
            var answer = SealedAnswer.seal(request.answerKey(), "heart-risk", "infer", REQUEST);
            assertThatThrownBy(() -> SealedAnswer.open(other.answerKey(), "heart-risk", "infer", answer))
                    .isInstanceOf(EnvelopeException.class);
            assertThatThrownBy(() -> SealedAnswer.open(request.answerKey(), "heart-risk", "train", answer))
                    .isInstanceOf(EnvelopeException.class);
            assertThatThrownBy(() -> SealedAnswer.open(request.answerKey(), "lung-risk", "infer", answer))
                    .isInstanceOf(EnvelopeException.class);
            byte[] whole = Base64Url.decode(answer);
            for (int bit = 0; bit < 8 * whole.length; bit++) {
                var changed = flipped(answer, bit);
                assertThatThrownBy(() -> SealedAnswer.open(request.answerKey(), "heart-risk", "infer", changed))
                        .isInstanceOf(EnvelopeException.class);
            }
            for (int length = 0; length < whole.length; length++) {
                var cut = Base64Url.encode(Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> SealedAnswer.open(request.answerKey(), "heart-risk", "infer", cut))
                        .isInstanceOf(EnvelopeException.class);
            }
            assertThatThrownBy(() -> SealedAnswer.open(request.answerKey(), "heart-risk", "infer", "no base64url!"))
                    .isInstanceOf(EnvelopeException.class);
        }
    }

    @Test
    void closingWipesTheKeyAndNothingPrintsIt() throws Exception {
        var request = sealed();
        var opened = open(request.envelope());
        assertThat(request.toString()).doesNotContain(request.envelope());
        assertThat(opened.toString()).isEqualTo("OpenedRequest");
        assertThat(request.answerKey().toString()).isEqualTo("AnswerKey");
        request.close();
        opened.close();
        assertThat(request.answerKey().copy()).isEqualTo(new byte[32]);
        assertThat(opened.answerKey().copy()).isEqualTo(new byte[32]);
        assertThat(opened.plaintext()).containsOnly(0);
        assertThatThrownBy(() -> AnswerKey.of(new byte[31])).isInstanceOf(IllegalArgumentException.class);
    }
}
