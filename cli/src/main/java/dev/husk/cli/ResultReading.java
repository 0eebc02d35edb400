package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.ResultRequest;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
import dev.husk.protocol.seal.SealedResultKey;
import dev.husk.store.DataKey;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;

/**
 * A result that a verified gateway let its reader have: the key, and where the sealed object lies. Having one means that
 * the reading stands in the contract's log, where every other party sees it too. Closing it wipes the key.
 *
 * @param identity what the object is sealed under
 * @param sha256 digest of the sealed object that a run stated, {@code sha256:hex}
 * @param url good for an hour; whoever has it gets ciphertext
 */
record ResultReading(DataKey key, String identity, String sha256, URI url) implements AutoCloseable {
    private static final String UNPROVEN = "the reading is not proven, the key was not used: ";

    /**
     * Asks for a result, signed by the reader, and checks the receipt before the key is opened.
     *
     * @param gateway verified before the call, which the type says
     */
    static ResultReading ask(
            PartyApi api,
            VerifiedGateway gateway,
            HeldContract held,
            Contract.Result result,
            PartySigner signer,
            String party)
            throws CommandFailed, IOException {
        var contract = held.contract();
        try (var pair = HpkeKeyPair.generate()) {
            var statement = api.statement(ResultRequest.ACTION, contract, party);
            new ResultRequest(result.name(), pair.publicKey(), Base64Url.random(16)).addTo(statement);
            var signed = SignedStatement.sign(signer, statement);
            var answer = api.gateway()
                    .post(
                            "v1/contracts/" + contract.name() + "/results/" + result.name(),
                            "text/plain",
                            signed,
                            api.bearer(party));
            var event = ProvenEvent.of(answer, gateway, held, UNPROVEN);
            var identity = contract.name() + "/" + result.name();
            event.require("event", "result-read");
            event.require("contract", contract.id());
            event.require("party", party);
            event.require("result", result.name());
            event.require("signed", signed);
            event.require("object", "identity", identity);
            event.require("object", "store", result.store());
            var sha256 = event.text("object", "sha256");
            if (!Digests.isSha256(sha256)) {
                throw event.unproven("its sha256 is none");
            }
            return new ResultReading(key(pair, contract, result, answer), identity, sha256, url(answer));
        }
    }

    private static DataKey key(HpkeKeyPair pair, Contract contract, Contract.Result result, JsonElement answer)
            throws CommandFailed {
        var sealed = answer instanceof JsonObject object && object.get("key") instanceof JsonObject key
                ? key
                : new JsonObject();
        byte[] bytes = {};
        try {
            bytes = SealedResultKey.open(
                    pair,
                    contract.id(),
                    result.name(),
                    new Sealed(
                            Base64Url.decode(GatewayClient.text(sealed, "enc")),
                            Base64Url.decode(GatewayClient.text(sealed, "ciphertext"))));
            return DataKey.of(bytes);
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw CommandFailed.refused("the key of " + result.name()
                    + " does not open: it was sealed for another reader," + " contract or result");
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static URI url(JsonElement answer) throws CommandFailed {
        try {
            var url = URI.create(GatewayClient.text(answer, "url"));
            if (("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw CommandFailed.unreachable("the gateway's answer has no address of the sealed result");
    }

    @Override
    public void close() {
        key.close();
    }

    @Override
    public String toString() {
        return "ResultReading[" + identity + "]";
    }
}
