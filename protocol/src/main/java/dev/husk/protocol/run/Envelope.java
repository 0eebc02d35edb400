package dev.husk.protocol.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A statement in a DSSE envelope (Dead Simple Signing Envelope 1.0.2) with one signature. Its payload is canonical JSON, so
 * that statement and signature make the same envelope again. Proves nothing until {@link #isSignedBy}. Immutable.
 */
public final class Envelope {
    /** What in-toto calls its statements. */
    public static final String IN_TOTO = "application/vnd.in-toto+json";

    private static final int MAX_PAYLOAD = 1 << 20;
    private static final int MAX_SIGNATURE = 256;

    private final JsonObject statement;
    private final byte[] payload;
    private final String keyId;
    private final byte[] signature;

    private Envelope(JsonObject statement, byte[] payload, String keyId, byte[] signature) {
        this.statement = statement;
        this.payload = payload;
        this.keyId = keyId;
        this.signature = signature;
    }

    public static Envelope sign(PartySigner signer, JsonObject statement) {
        byte[] payload = CanonicalJson.encode(statement);
        return new Envelope(
                statement.deepCopy(), payload, signer.key().text(), signer.sign(preAuthenticationEncoding(payload)));
    }

    /** Reads the members that an envelope of ours has, each in its one spelling. */
    public static Envelope parse(JsonObject json) throws MalformedRunException {
        var members = new Members("the envelope", json).only("payload", "payloadType", "signatures");
        if (!members.text("payloadType").equals(IN_TOTO)) {
            throw members.malformed("its payloadType is not " + IN_TOTO);
        }
        return of(base64(members, "payload", MAX_PAYLOAD), members);
    }

    /** The envelope of a statement that was taken out of it, and of the {@code signatures} that were kept beside. */
    public static Envelope of(JsonObject statement, JsonArray signatures) throws MalformedRunException {
        var members = new JsonObject();
        members.add("signatures", signatures);
        return of(CanonicalJson.encode(statement), new Members("the envelope", members));
    }

    private static Envelope of(byte[] payload, Members members) throws MalformedRunException {
        var signatures = members.list("signatures", 1);
        if (signatures.size() != 1) {
            throw members.malformed("it has no signature");
        }
        var one = signatures.get(0).only("keyid", "sig");
        return new Envelope(statement(payload, members), payload, one.text("keyid"), base64(one, "sig", MAX_SIGNATURE));
    }

    private static JsonObject statement(byte[] payload, Members members) throws MalformedRunException {
        try {
            if (Json.parse(payload, MAX_PAYLOAD) instanceof JsonObject statement
                    && java.util.Arrays.equals(CanonicalJson.encode(statement), payload)) {
                return statement;
            }
        } catch (MalformedJsonException e) {
            throw members.malformed("its payload: " + e.getMessage());
        }
        throw members.malformed("its payload is not a JSON object in canonical form");
    }

    private static byte[] base64(Members members, String name, int most) throws MalformedRunException {
        var text = members.text(name);
        if (text.length() > (most + 2) / 3 * 4) {
            throw members.malformed(name + " is too long");
        }
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (Base64.getEncoder().encodeToString(bytes).equals(text)) {
                return bytes;
            }
        } catch (IllegalArgumentException e) {
            throw members.malformed(name + " is not base64");
        }
        throw members.malformed(name + " is not padded base64");
    }

    public boolean isSignedBy(PartyKey key) {
        return key.verify(preAuthenticationEncoding(payload), signature);
    }

    /** What was signed, which nobody vouches for before {@link #isSignedBy}. */
    public JsonObject statement() {
        return statement.deepCopy();
    }

    /** The member {@code signatures}: with the statement it makes this envelope again. */
    public JsonArray signatures() {
        var one = new JsonObject();
        one.addProperty("keyid", keyId);
        one.addProperty("sig", Base64.getEncoder().encodeToString(signature));
        var all = new JsonArray();
        all.add(one);
        return all;
    }

    public JsonObject json() {
        var json = new JsonObject();
        json.addProperty("payload", Base64.getEncoder().encodeToString(payload));
        json.addProperty("payloadType", IN_TOTO);
        json.add("signatures", signatures());
        return json;
    }

    /** PAE of DSSE: type and payload, each behind its length, so that neither runs into the other. */
    private static byte[] preAuthenticationEncoding(byte[] payload) {
        var out = new ByteArrayOutputStream();
        out.writeBytes("DSSEv1 %d %s %d "
                .formatted(IN_TOTO.length(), IN_TOTO, payload.length)
                .getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(payload);
        return out.toByteArray();
    }
}
