package dev.husk.protocol.log;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.util.Arrays;
import java.util.Set;

/**
 * A public entry of the log, which says nothing to whom the contract is not known (docs/protocol.md).
 *
 * @param tag HMAC that only the contract's parties can compute; base64url of 32 bytes
 * @param seq number of the event within its contract, from 0
 * @param prev leaf hash of the contract's event before, base64url; empty for the first
 * @param commit salted hash of the event, base64url of 32 bytes
 */
public record Leaf(String tag, long seq, String prev, String commit) {
    /** Version of the format. */
    public static final int VERSION = 1;

    private static final int MAX_BYTES = 512;
    private static final Set<String> MEMBERS = Set.of("v", "tag", "seq", "prev", "commit");

    public Leaf {
        requireHash("tag", tag);
        requireHash("commit", commit);
        if (seq < 0 || seq == 0 != prev.isEmpty()) {
            throw new IllegalArgumentException("seq and prev do not fit each other");
        }
        if (!prev.isEmpty()) {
            requireHash("prev", prev);
        }
    }

    /** The bytes that stand in the tree: canonical JSON. */
    public byte[] bytes() {
        var json = new JsonObject();
        json.addProperty("v", VERSION);
        json.addProperty("tag", tag);
        json.addProperty("seq", seq);
        json.addProperty("prev", prev);
        json.addProperty("commit", commit);
        return CanonicalJson.encode(json);
    }

    public byte[] hash() {
        return MerkleHash.leaf(bytes());
    }

    /** Reads the one canonical encoding; every other spelling of the same leaf is refused. */
    public static Leaf parse(byte[] bytes) throws MalformedLogException {
        try {
            if (Json.parse(bytes, MAX_BYTES) instanceof JsonObject json
                    && json.keySet().equals(MEMBERS)
                    && json.get("v").getAsLong() == VERSION) {
                var leaf = new Leaf(
                        json.get("tag").getAsString(),
                        json.get("seq").getAsLong(),
                        json.get("prev").getAsString(),
                        json.get("commit").getAsString());
                if (Arrays.equals(leaf.bytes(), bytes)) {
                    return leaf;
                }
            }
        } catch (MalformedJsonException
                | RuntimeException e) { // how the JSON tree tells of a member that is missing or of another type
            throw new MalformedLogException("not a leaf: " + e.getMessage());
        }
        throw new MalformedLogException("not a leaf of version " + VERSION);
    }

    private static void requireHash(String member, String text) {
        if (Base64Url.decode(text).length != MerkleHash.SIZE) {
            throw new IllegalArgumentException(member + " is not a hash");
        }
    }
}
