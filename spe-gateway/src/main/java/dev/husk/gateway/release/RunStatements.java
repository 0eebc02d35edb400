package dev.husk.gateway.release;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Appended;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Takes run statements (in-toto) and notes which sealed objects now stand for the results. */
@ApplicationScoped
@Transactional
public class RunStatements {
    private static final String TYPE = "https://in-toto.io/Statement/v1";

    @Inject
    private Contracts contracts;

    @Inject
    private DataKeys dataKeys;

    @Inject
    private Ledger ledger;

    Appended append(Sandbox sandbox, String contractName, String activation, JsonObject statement, String jws) {
        ledger.lock();
        var agreement = contracts
                .current(contractName)
                .orElseThrow(() -> RequestRefused.notFound("no contract " + contractName));
        var contract = agreement.contract();
        if (!sandbox.contract().equals(Optional.of(contractName))) {
            throw new RequestRefused(403, "NotBound", "the sandbox is not bound to " + contractName);
        }
        if (!Body.text(statement, "_type").equals(TYPE)) {
            throw RequestRefused.malformed("the statement is not an in-toto statement of version 1");
        }
        var grant = contract.grant(sandbox.function().orElse(""))
                .orElseThrow(() -> new RequestRefused(403, "NotBound", "the sandbox's function has no grant"));
        subjects(contract, grant, statement)
                .forEach((result, digest) -> dataKeys.written(contractName, result, digest));
        var event = new JsonObject();
        event.addProperty("event", "run");
        event.addProperty("contract", contract.id());
        event.addProperty("function", grant.function());
        event.addProperty("sandbox", sandbox.id());
        event.addProperty("activation", activation);
        event.add("statement", statement);
        event.addProperty("signed", jws);
        return ledger.append(contractName, event);
    }

    private static Map<String, String> subjects(Contract contract, Contract.Grant grant, JsonObject statement) {
        var subjects = new LinkedHashMap<String, String>();
        try {
            for (JsonElement subject : statement.getAsJsonArray("subject")) {
                var name = subject.getAsJsonObject().get("name").getAsString();
                var digest = "sha256:"
                        + subject.getAsJsonObject()
                                .getAsJsonObject("digest")
                                .get("sha256")
                                .getAsString();
                var result = name.startsWith(contract.name() + "/")
                        ? name.substring(contract.name().length() + 1)
                        : "";
                if (!grant.writes().contains(result) || !digest.matches("sha256:[0-9a-f]{64}")) {
                    throw new RequestRefused(403, "NotInGrant", "the statement names a result that is not granted");
                }
                subjects.put(result, digest);
            }
        } catch (IllegalStateException | NullPointerException | ClassCastException e) {
            throw RequestRefused.malformed("the statement's subjects are malformed");
        }
        return subjects;
    }
}
