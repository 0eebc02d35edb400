package dev.husk.protocol.seal;

import java.util.Arrays;

/** What was in a {@link SealedRequest}. Closing it wipes the plaintext and the answer's key. */
public final class OpenedRequest implements AutoCloseable {
    private final byte[] plaintext;
    private final AnswerKey answerKey;

    OpenedRequest(byte[] plaintext, AnswerKey answerKey) {
        this.plaintext = plaintext;
        this.answerKey = answerKey;
    }

    /** Not copied. */
    public byte[] plaintext() {
        return plaintext;
    }

    /** Seals the answer; belongs to this request and is wiped with it. */
    public AnswerKey answerKey() {
        return answerKey;
    }

    @Override
    public void close() {
        Arrays.fill(plaintext, (byte) 0);
        answerKey.close();
    }

    @Override
    public String toString() {
        return "OpenedRequest";
    }
}
