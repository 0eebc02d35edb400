package dev.husk.cli;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.WitnessPolicy;
import java.io.IOException;

/**
 * The key that requests to one function are sealed to. Having one means that it stands in the log of a verified
 * gateway, in the chain of this contract, where every other party sees it too.
 */
final class InvocationKey {
    private final String contract;
    private final String function;
    private final byte[] key;

    private InvocationKey(String contract, String function, byte[] key) {
        this.contract = contract;
        this.function = function;
        this.key = key;
    }

    /**
     * Asks the gateway for the key and checks its receipt.
     *
     * @param gateway verified before the call, which the type says
     */
    static InvocationKey fetch(PartyApi api, VerifiedGateway gateway, HeldContract held, String function, String party)
            throws CommandFailed, IOException {
        var contract = held.contract().name();
        if (held.contract().function(function).isEmpty()) {
            throw CommandFailed.unusable("contract " + contract + " has no function " + function);
        }
        var answer =
                api.gateway().get("v1/contracts/" + contract + "/functions/" + function + "/key", api.bearer(party));
        var event = event(answer instanceof JsonObject object ? object : new JsonObject(), gateway, held);
        require(event, "event", "invocation-key");
        require(event, "name", contract);
        require(event, "function", function);
        require(event, "key", GatewayClient.text(answer, "key"));
        try {
            return new InvocationKey(contract, function, Base64Url.decode(GatewayClient.text(answer, "key")));
        } catch (IllegalArgumentException e) {
            throw unproven("it is not base64url");
        }
    }

    /** The event, once the log of the verified gateway was seen to hold it as one of this contract. */
    private static JsonObject event(JsonObject answer, VerifiedGateway gateway, HeldContract held)
            throws CommandFailed {
        try {
            var receipt = Receipt.parse(answer.getAsJsonObject("receipt"));
            var opening = new Opening(GatewayClient.text(answer, "salt"), answer.getAsJsonObject("event"));
            if (!receipt.provenBy(gateway.keys().log())) {
                throw unproven("the verified gateway's log does not hold its leaf");
            }
            if (!receipt.provenBy(
                    gateway.keys().log(), WitnessPolicy.of(held.contract().witnesses()))) {
                throw unproven("the contract's witnesses have not cosigned the log with it");
            }
            if (!opening.opens(receipt.leaf())) {
                throw unproven("the leaf is another event's");
            }
            var tag =
                    Opening.tag(Base64Url.decode(held.logKey()), held.contract().name());
            if (!receipt.leaf().tag().equals(tag)) {
                throw unproven("the leaf is another contract's");
            }
            return opening.event();
        } catch (MalformedLogException | RuntimeException e) {
            throw unproven("its receipt cannot be read");
        }
    }

    private static void require(JsonObject event, String member, String expected) throws CommandFailed {
        if (!(event.get(member) instanceof JsonPrimitive value)
                || !value.getAsString().equals(expected)) {
            throw unproven("the logged event is for another " + member);
        }
    }

    private static CommandFailed unproven(String why) {
        return CommandFailed.refused("the function's key is not proven, nothing was sent: " + why);
    }

    String contract() {
        return contract;
    }

    String function() {
        return function;
    }

    /** 32 bytes, if the gateway kept to its format; sealing to it says. */
    byte[] key() {
        return key.clone();
    }
}
