package dev.husk.protocol.seal;

import com.google.gson.JsonObject;
import dev.husk.protocol.json.CanonicalJson;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The data key of a result on its way to a reader: HPKE to the key that the reader's statement names, bound to one
 * version of a contract and one result.
 *
 * <p>Restriction: it does not say who sealed it. The reader knows that from the logged event which came with it.
 */
public final class SealedResultKey {
    private static final byte[] INFO = "husk result read v1".getBytes(StandardCharsets.US_ASCII);
    private static final int SIZE = 32;

    private SealedResultKey() {}

    /**
     * @param publicKey the reader's X25519 key, 32 bytes
     * @param contract identity of the version
     * @param dataKey 32 bytes; the caller wipes them
     * @throws EnvelopeException if the public key is not usable
     */
    public static Sealed seal(byte[] publicKey, String contract, String result, byte[] dataKey)
            throws EnvelopeException {
        return Hpke.seal(publicKey, INFO, bound(contract, result), dataKey);
    }

    /**
     * The data key, 32 bytes, which the caller wipes.
     *
     * @throws EnvelopeException if it was sealed to another key, for another contract or result, or is no data key
     */
    public static byte[] open(HpkeKeyPair keys, String contract, String result, Sealed sealed)
            throws EnvelopeException {
        byte[] dataKey = Hpke.open(keys, INFO, bound(contract, result), sealed);
        if (dataKey.length != SIZE) {
            Arrays.fill(dataKey, (byte) 0);
            throw new EnvelopeException("a data key has 32 bytes");
        }
        return dataKey;
    }

    private static byte[] bound(String contract, String result) {
        var bound = new JsonObject();
        bound.addProperty("contract", contract);
        bound.addProperty("result", result);
        return CanonicalJson.encode(bound);
    }
}
