package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.Sealed;
import dev.husk.store.DataKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Hands a dataset's key to a gateway: sealed to its attested key, under the owner's signature. */
final class KeyDeposit {
    private static final byte[] INFO = "husk deposit v1".getBytes(StandardCharsets.US_ASCII);

    private final PartyApi api;

    /** The gateway is verified before the call, which the type says. */
    private final VerifiedGateway gateway;

    KeyDeposit(PartyApi api, VerifiedGateway gateway) {
        this.api = api;
        this.gateway = gateway;
    }

    /** @param sha256 digest of the sealed object, {@code sha256:hex} */
    void send(OwnData data, PartySigner signer, DataKey key, String sha256, long size)
            throws CommandFailed, IOException {
        var sealed = seal(data, key);
        var envelope = new JsonObject();
        envelope.addProperty("enc", Base64Url.encode(sealed.enc()));
        envelope.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        var object = new JsonObject();
        object.addProperty("sha256", sha256);
        object.addProperty("size", size);
        var statement = api.statement("deposit", data.held().contract(), data.party());
        statement.addProperty("dataset", data.dataset().name());
        statement.add("key", envelope);
        statement.add("object", object);
        api.gateway()
                .post(
                        "v1/contracts/" + data.held().contract().name() + "/keys",
                        "text/plain",
                        SignedStatement.sign(signer, statement),
                        api.bearer(data.party()));
    }

    private Sealed seal(OwnData data, DataKey key) throws CommandFailed {
        var aad = new JsonObject();
        aad.addProperty("contract", data.held().contract().id());
        aad.addProperty("dataset", data.dataset().name());
        aad.addProperty("party", data.party());
        byte[] bytes = key.copy();
        try {
            return Hpke.seal(gateway.keys().hpkeKey(), INFO, CanonicalJson.encode(aad), bytes);
        } catch (EnvelopeException e) {
            throw CommandFailed.refused("the gateway's HPKE key cannot be used: " + e.getMessage());
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** Whether the gateway says that it has this very object, after an answer that got lost. */
    boolean arrived(OwnData data, String sha256) throws CommandFailed, IOException {
        return api.contract(data.held().contract().name(), data.party())
                .deposit(data.dataset().name())
                .filter(deposit -> HeldContract.sameDigest(deposit.sha256(), sha256))
                .isPresent();
    }
}
