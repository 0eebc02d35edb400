package dev.husk.protocol.log;

import com.google.gson.JsonObject;
import java.util.List;

/**
 * The proof that a leaf is in the log: leaf, index, inclusion proof, checkpoint. Its form is a {@link LogProof} whose extra
 * data are the leaf, so that it can be checked without the log.
 *
 * <p>A receipt proves nothing until {@link #provenBy}.
 */
public record Receipt(Leaf leaf, long index, List<byte[]> proof, Checkpoint checkpoint) {
    private static final String MEMBER = "tlogProof";

    public Receipt {
        proof = List.copyOf(proof);
    }

    /** Whether {@code key} signed the checkpoint and the checkpoint's tree holds the leaf at the index. */
    public boolean provenBy(VerifierKey key) {
        return asProof().verify(leaf.hash(), key);
    }

    /** The same, and the witnesses of {@code policy} cosigned the checkpoint, as many as it asks for. */
    public boolean provenBy(VerifierKey key, WitnessPolicy policy) {
        return provenBy(key) && policy.judge(checkpoint).enough();
    }

    private LogProof asProof() {
        return new LogProof(leaf.bytes(), index, proof, checkpoint);
    }

    /** The text of the {@code .tlog-proof} file. */
    public String text() {
        return asProof().text();
    }

    /** @throws MalformedLogException if it is no such text, or its extra data are no leaf */
    public static Receipt parse(String text) throws MalformedLogException {
        var proof = LogProof.parse(text);
        return new Receipt(Leaf.parse(proof.extra()), proof.index(), proof.hashes(), proof.checkpoint());
    }

    /** {@code {"tlogProof": text}}. */
    public JsonObject json() {
        var json = new JsonObject();
        json.addProperty(MEMBER, text());
        return json;
    }

    public static Receipt parse(JsonObject json) throws MalformedLogException {
        if (json.get(MEMBER) == null
                || !json.get(MEMBER).isJsonPrimitive()
                || !json.getAsJsonPrimitive(MEMBER).isString()) {
            throw new MalformedLogException("not a receipt: no " + MEMBER);
        }
        return parse(json.get(MEMBER).getAsString());
    }
}
