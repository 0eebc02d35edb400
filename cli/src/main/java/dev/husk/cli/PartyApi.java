package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;

/** The gateway as a party uses it: with its token and its signatures. */
final class PartyApi {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

    private final Settings settings;
    private final Clock clock;

    PartyApi(Settings settings) {
        this.settings = settings;
        this.clock = Clock.systemUTC();
    }

    GatewayClient gateway() throws CommandFailed, IOException {
        return GatewayClient.of(
                settings.require("gateway", "gateway URL"), settings.find("ca").map(Path::of));
    }

    Map<String, String> bearer(String party) throws CommandFailed, IOException {
        return Map.of("Authorization", "Bearer " + settings.token(party));
    }

    PartySigner signer(String party, Passphrase passphrase) throws CommandFailed, IOException {
        char[] secret = passphrase.get(settings);
        try {
            return settings.key(party).open(secret);
        } finally {
            Arrays.fill(secret, '\0');
        }
    }

    HeldContract contract(String name, String party) throws CommandFailed, IOException {
        requireName(name);
        var answer = gateway().get("v1/contracts/" + name, bearer(party));
        if (!(answer instanceof JsonObject object)) {
            throw CommandFailed.unreachable("the gateway's answer about contract " + name + " is not an object");
        }
        return new HeldContract(parse(object.get("contract"), name), object);
    }

    /** A contract's name is also a file's, so no other gets that far. */
    static void requireName(String name) throws CommandFailed {
        if (!NAME.matcher(name).matches()) {
            throw CommandFailed.unusable("'" + Terminal.printable(name)
                    + "' cannot be a contract's name: lower-case letters, digits and dashes, at most 63");
        }
    }

    /** What a party may accept: the proposal to replace what is in force or, where there is none, the contract. */
    Contract proposed(String name, String party) throws CommandFailed, IOException {
        var held = contract(name, party);
        return held.answer().get("proposal") instanceof JsonObject proposal
                ? parse(proposal.get("contract"), name)
                : held.contract();
    }

    private static Contract parse(@org.jspecify.annotations.Nullable JsonElement text, String name)
            throws CommandFailed {
        try {
            var contract = Contract.parse(text == null ? com.google.gson.JsonNull.INSTANCE : text);
            if (!contract.name().equals(name)) {
                throw CommandFailed.unreachable(
                        "asked for contract " + name + ", the gateway answered with " + contract.name());
            }
            return contract;
        } catch (InvalidContractException e) {
            throw CommandFailed.unreachable("the gateway's contract cannot be read: " + e.getMessage());
        }
    }

    /** What every statement about a contract says; more may be added before it is signed. */
    JsonObject statement(String action, Contract contract, String party) {
        var payload = new JsonObject();
        payload.addProperty("action", action);
        payload.addProperty("contract", contract.id());
        payload.addProperty("name", contract.name());
        payload.addProperty("party", party);
        payload.addProperty("time", time());
        return payload;
    }

    String signed(PartySigner signer, String action, Contract contract, String party) {
        return SignedStatement.sign(signer, statement(action, contract, party));
    }

    /** Now, to the second. */
    String time() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
