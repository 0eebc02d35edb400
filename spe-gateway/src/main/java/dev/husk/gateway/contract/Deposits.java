package dev.husk.gateway.contract;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.keys.GatewayKeys;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.Spent;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.Sealed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Takes data keys: sealed to the gateway's key, signed by the dataset's owner, for a contract that is active. */
@ApplicationScoped
@Transactional
public class Deposits {
    private static final byte[] INFO = "husk deposit v1".getBytes(StandardCharsets.US_ASCII);

    @Inject
    private Contracts contracts;

    @Inject
    private Ledger ledger;

    @Inject
    private DataKeys dataKeys;

    @Inject
    private GatewayKeys keys;

    @Inject
    private Spent spent;

    /** @throws RequestRefused if the statement is not the owner's, or the key does not open */
    public void deposit(String name, String jws, String party) {
        var now = ledger.lock();
        var agreement = contracts
                .current(name)
                .filter(current -> current.contract().party(party).isPresent())
                .orElseThrow(() -> RequestRefused.notFound("no contract " + name + " of " + party));
        var contract = agreement.contract();
        if (agreement.state() != State.ACTIVE) {
            throw RequestRefused.conflict(
                    name + " is " + agreement.state().label() + ": keys are taken once all parties have accepted it");
        }
        var statement = Statement.verify(jws, contract, party, now);
        var payload = statement.payload();
        if (!Body.text(payload, "action").equals("deposit")) {
            throw RequestRefused.malformed("the statement is no deposit");
        }
        if (spent.contains(statement.digest())) {
            // Otherwise whoever has a copy could put an older key back.
            throw RequestRefused.conflict("this deposit was made already");
        }
        var dataset = Body.text(payload, "dataset");
        var owner = contract.dataset(dataset)
                .map(Contract.Dataset::owner)
                .orElseThrow(() -> RequestRefused.notFound("no dataset " + dataset + " in " + name));
        if (!owner.equals(party)) {
            throw new RequestRefused(403, "NOT_THE_OWNER", "the owner of " + dataset + " is " + owner);
        }
        var object = Body.object(payload, "object");
        var digest = Body.text(object, "sha256");
        if (!Digests.isSha256(digest)
                || !(object.get("size") instanceof JsonPrimitive size && size.isNumber())
                || size.getAsLong() <= 0) {
            throw RequestRefused.malformed("object must have sha256 and size");
        }
        byte[] key = open(contract, dataset, party, Body.object(payload, "key"));
        try {
            dataKeys.deposit(name, dataset, key, digest, size.getAsLong());
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        var event = new JsonObject();
        event.addProperty("event", "key-deposited");
        event.addProperty("contract", contract.id());
        event.addProperty("party", party);
        event.addProperty("dataset", dataset);
        event.addProperty("sha256", digest);
        event.addProperty("size", size.getAsLong());
        Spent.add(event, List.of(statement.digest()));
        ledger.append(name, event);
    }

    private byte[] open(Contract contract, String dataset, String party, JsonObject sealed) {
        var bound = new JsonObject();
        bound.addProperty("contract", contract.id());
        bound.addProperty("dataset", dataset);
        bound.addProperty("party", party);
        try {
            byte[] key = Hpke.open(
                    keys.deposits(),
                    INFO,
                    CanonicalJson.encode(bound),
                    new Sealed(
                            Base64Url.decode(Body.text(sealed, "enc")),
                            Base64Url.decode(Body.text(sealed, "ciphertext"))));
            if (key.length != 32) {
                throw RequestRefused.malformed("a data key has 32 bytes");
            }
            return key;
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw new RequestRefused(
                    400, "KEY_UNREADABLE", "the key does not open: it must be sealed to this gateway's own key");
        }
    }
}
