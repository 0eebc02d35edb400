package dev.husk.protocol.log;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The proof that a leaf is in the log: leaf, index, inclusion proof, checkpoint.
 *
 * <p>A receipt proves nothing until {@link #provenBy}.
 */
public record Receipt(Leaf leaf, long index, List<byte[]> proof, Checkpoint checkpoint) {
    private static final int MAX_PROOF = 64;

    public Receipt {
        proof = List.copyOf(proof);
    }

    /** Whether {@code key} signed the checkpoint and the checkpoint's tree holds the leaf at the index. */
    public boolean provenBy(VerifierKey key) {
        return checkpoint.verify(key)
                && Inclusion.verify(index, checkpoint.size(), leaf.hash(), proof, checkpoint.root());
    }

    public JsonObject json() {
        var json = new JsonObject();
        json.addProperty("leaf", new String(leaf.bytes(), StandardCharsets.UTF_8));
        json.addProperty("index", index);
        var hashes = new JsonArray();
        proof.forEach(hash -> hashes.add(Base64Url.encode(hash)));
        json.add("proof", hashes);
        json.addProperty("checkpoint", checkpoint.text());
        return json;
    }

    public static Receipt parse(JsonObject json) throws MalformedLogException {
        try {
            var hashes = new ArrayList<byte[]>();
            for (var hash : json.getAsJsonArray("proof")) {
                hashes.add(Base64Url.decode(hash.getAsString()));
            }
            if (hashes.size() > MAX_PROOF) {
                throw new MalformedLogException("a proof of " + hashes.size() + " hashes");
            }
            return new Receipt(
                    Leaf.parse(json.get("leaf").getAsString().getBytes(StandardCharsets.UTF_8)),
                    json.get("index").getAsLong(),
                    hashes,
                    Checkpoint.parse(json.get("checkpoint").getAsString()));
        } catch (RuntimeException e) { // how the JSON tree tells of a member that is missing or of another type
            throw new MalformedLogException("not a receipt: " + e.getMessage());
        }
    }
}
