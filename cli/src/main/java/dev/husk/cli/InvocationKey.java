package dev.husk.cli;

import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.protocol.json.Base64Url;
import java.io.IOException;

/**
 * The key that requests to one function are sealed to. Having one means that it stands in the log of a verified
 * gateway, in the chain of this contract, where every other party sees it too.
 */
final class InvocationKey {
    private static final String UNPROVEN = "the function's key is not proven, nothing was sent: ";

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
        var event = ProvenEvent.of(answer, gateway, held, UNPROVEN);
        event.require("event", "invocation-key");
        event.require("name", contract);
        event.require("function", function);
        event.require("key", GatewayClient.text(answer, "key"));
        try {
            return new InvocationKey(contract, function, Base64Url.decode(GatewayClient.text(answer, "key")));
        } catch (IllegalArgumentException e) {
            throw event.unproven("it is not base64url");
        }
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
