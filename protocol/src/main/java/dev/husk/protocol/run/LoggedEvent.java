package dev.husk.protocol.run;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;

/** An event, the salt that opens its leaf, and the receipt of the leaf. Proves nothing until {@link #isIn}. */
public record LoggedEvent(Receipt receipt, Opening opening) {

    static LoggedEvent parse(Members members) throws MalformedRunException {
        members.only("receipt", "salt", "event");
        try {
            return new LoggedEvent(
                    Receipt.parse(members.object("receipt").only("tlogProof").json()),
                    new Opening(members.text("salt"), members.object("event").json()));
        } catch (MalformedLogException e) {
            throw members.malformed("the receipt: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw members.malformed("no salt of 32 bytes");
        }
    }

    JsonObject json() {
        var json = new JsonObject();
        json.add("receipt", receipt.json());
        json.addProperty("salt", opening.salt());
        json.add("event", opening.event());
        return json;
    }

    /** Whether the log holds the leaf and the leaf commits to this very event. */
    public boolean isIn(VerifierKey log) {
        return receipt.provenBy(log) && opening.opens(receipt.leaf());
    }

    boolean says(String member, String text) {
        return opening.event().get(member) instanceof JsonPrimitive value
                && value.isString()
                && value.getAsString().equals(text);
    }

    /** The member's text, or an empty one. */
    String text(String member) {
        return opening.event().get(member) instanceof JsonPrimitive value && value.isString()
                ? value.getAsString()
                : "";
    }

    boolean simulated() {
        return !(opening.event().get("simulated") instanceof JsonPrimitive value)
                || !value.isBoolean()
                || value.getAsBoolean();
    }
}
