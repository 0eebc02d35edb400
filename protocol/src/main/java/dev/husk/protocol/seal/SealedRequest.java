package dev.husk.protocol.seal;

import dev.husk.protocol.json.Base64Url;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A request to one function of one contract, sealed to that function's invocation key, and the key of its answer, which
 * both sides export from the same HPKE context (docs/protocol.md, "Sealed request"). Closing it wipes the key.
 *
 * <p>Security guarantee: only the holder of the invocation key reads it, and only as a request to this function.
 * Restriction: says neither who sealed it nor that it is new; the signed statement inside does.
 */
public final class SealedRequest implements AutoCloseable {
    /** What stands before an envelope where a signed statement could stand as well. */
    public static final String PREFIX = "sealed:";

    /** Longest envelope, in characters: what fits, in base64url again, into the statement that carries it. */
    public static final int MAX_CHARS = 750_000;

    private static final int ENC = 32;
    private static final int TAG = 16;
    private static final byte[] NOTHING = {};
    private static final byte[] ANSWER = "husk answer v1".getBytes(StandardCharsets.US_ASCII);

    private final String envelope;
    private final AnswerKey answerKey;

    private SealedRequest(String envelope, AnswerKey answerKey) {
        this.envelope = envelope;
        this.answerKey = answerKey;
    }

    /**
     * @param invocationKey the function's X25519 key, 32 bytes
     * @param contract name of the contract
     * @throws EnvelopeException if the key is not usable, or the request is too long to be opened again
     */
    public static SealedRequest seal(byte[] invocationKey, String contract, String function, byte[] plaintext)
            throws EnvelopeException {
        var context = HpkeContext.sender(invocationKey, info(contract, function));
        byte[] ciphertext = context.seal(NOTHING, plaintext);
        byte[] all = Arrays.copyOf(context.enc(), ENC + ciphertext.length);
        System.arraycopy(ciphertext, 0, all, ENC, ciphertext.length);
        var envelope = Base64Url.encode(all);
        if (envelope.length() > MAX_CHARS) {
            throw new EnvelopeException("the sealed request is longer than %d characters".formatted(MAX_CHARS));
        }
        return new SealedRequest(envelope, exported(context));
    }

    /** @throws EnvelopeException if it is no envelope, or one for another key, contract or function */
    public static OpenedRequest open(HpkeKeyPair keys, String contract, String function, String envelope)
            throws EnvelopeException {
        if (envelope.length() > MAX_CHARS) {
            throw new EnvelopeException("the sealed request is longer than %d characters".formatted(MAX_CHARS));
        }
        byte[] all;
        try {
            all = Base64Url.decode(envelope);
        } catch (IllegalArgumentException e) {
            throw new EnvelopeException("the sealed request is not base64url");
        }
        if (all.length < ENC + TAG) {
            throw new EnvelopeException("the sealed request is cut short");
        }
        var context = HpkeContext.receiver(keys, Arrays.copyOf(all, ENC), info(contract, function));
        byte[] plaintext = context.open(NOTHING, Arrays.copyOfRange(all, ENC, all.length));
        return new OpenedRequest(plaintext, exported(context));
    }

    /** The encapsulated key and the ciphertext, base64url. */
    public String envelope() {
        return envelope;
    }

    /** Opens the answer; belongs to this request and is wiped with it. */
    public AnswerKey answerKey() {
        return answerKey;
    }

    private static AnswerKey exported(HpkeContext context) {
        byte[] key = context.export(ANSWER, AnswerKey.SIZE);
        try {
            return AnswerKey.of(key);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] info(String contract, String function) {
        return ("husk invoke v1\0" + contract + "\0" + function).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        answerKey.close();
    }

    @Override
    public String toString() {
        return "SealedRequest[" + envelope.length() + " characters]";
    }
}
