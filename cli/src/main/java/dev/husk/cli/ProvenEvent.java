package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.gateway.VerifiedGateway;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.WitnessPolicy;

/**
 * An event that came with an answer. Having one means that it stands in the log of a verified gateway, in the chain of a
 * contract, and that the contract's witnesses cosigned the log with it. What it says is to be required yet.
 */
final class ProvenEvent {
    private final JsonObject event;
    private final String unproven;

    private ProvenEvent(JsonObject event, String unproven) {
        this.event = event;
        this.unproven = unproven;
    }

    /**
     * @param answer with {@code receipt}, {@code salt} and {@code event}
     * @param gateway verified before the call, which the type says
     * @param unproven how a failure's message begins: what is not proven, and what was not done therefore
     */
    static ProvenEvent of(JsonElement answer, VerifiedGateway gateway, HeldContract held, String unproven)
            throws CommandFailed {
        var object = answer instanceof JsonObject json ? json : new JsonObject();
        var proven =
                new ProvenEvent(object.get("event") instanceof JsonObject event ? event : new JsonObject(), unproven);
        try {
            proven.prove(object, gateway, held);
        } catch (MalformedLogException | RuntimeException e) {
            throw proven.unproven("its receipt cannot be read");
        }
        return proven;
    }

    private void prove(JsonObject answer, VerifiedGateway gateway, HeldContract held)
            throws CommandFailed, MalformedLogException {
        var receipt = Receipt.parse(answer.getAsJsonObject("receipt"));
        var log = gateway.keys().log();
        if (!receipt.provenBy(log)) {
            throw unproven("the verified gateway's log does not hold its leaf");
        }
        if (!receipt.provenBy(log, WitnessPolicy.of(held.contract().witnesses()))) {
            throw unproven("the contract's witnesses have not cosigned the log with it");
        }
        if (!new Opening(GatewayClient.text(answer, "salt"), event).opens(receipt.leaf())) {
            throw unproven("the leaf is another event's");
        }
        var tag = Opening.tag(Base64Url.decode(held.logKey()), held.contract().name());
        if (!receipt.leaf().tag().equals(tag)) {
            throw unproven("the leaf is another contract's");
        }
    }

    /** Refuses an event that does not say this. */
    void require(String member, String expected) throws CommandFailed {
        require(event, member, expected);
    }

    /** Refuses an event whose object {@code member} does not say this. */
    void require(String member, String inner, String expected) throws CommandFailed {
        require(object(member), inner, expected);
    }

    /** A text of its object {@code member}. */
    String text(String member, String inner) throws CommandFailed {
        if (object(member).get(inner) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw unproven("the logged event says no " + inner);
    }

    private JsonObject object(String member) {
        return event.get(member) instanceof JsonObject object ? object : new JsonObject();
    }

    private void require(JsonObject object, String member, String expected) throws CommandFailed {
        if (!(object.get(member) instanceof JsonPrimitive value)
                || !value.getAsString().equals(expected)) {
            throw unproven("the logged event is for another " + member);
        }
    }

    CommandFailed unproven(String why) {
        return CommandFailed.refused(unproven + why);
    }
}
