package dev.husk.gateway.release;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.attest.Sandboxes;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Appended;
import dev.husk.gateway.log.EventDetails;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.log.Details;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

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
    private Sandboxes sandboxes;

    @Inject
    private Ledger ledger;

    @Inject
    private EventDetails details;

    @Inject
    private RunCallers callers;

    /** @param refusal why the statement does not count; empty where it does */
    record Logged(Appended event, List<Reason> refusal) {}

    /** Logs a statement, or its refusal: what a sandbox wrote after its lease had ended is nobody's result. */
    Logged append(String sandboxId, String contractName, String activation, JsonObject statement, String jws) {
        var now = ledger.lock();
        var sandbox = sandboxes.find(sandboxId).orElseThrow();
        var agreement = contracts
                .current(contractName)
                .orElseThrow(() -> RequestRefused.notFound("no contract " + contractName));
        var contract = agreement.contract();
        if (!sandbox.contract().equals(Optional.of(contractName))) {
            throw new RequestRefused(403, "NotBound", "the sandbox is not bound to " + contractName);
        }
        if (!sandbox.holdsLease(agreement, now)) {
            var reasons = List.of(new Reason("LEASE_ENDED", "the sandbox's lease had ended when the run was stated"));
            return new Logged(refused(sandbox, contract, activation, reasons), reasons);
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
        if (!(statement.get("predicate") instanceof JsonObject predicate)
                || !(predicate.get("parameters") instanceof JsonObject parameters)) {
            event.add("statement", statement);
            event.addProperty("signed", jws);
            return new Logged(ledger.append(contractName, event), List.of());
        }
        // What a function was called with is between the caller and the owners of what it read.
        var shown = statement.deepCopy();
        var names = new JsonArray();
        new TreeSet<>(parameters.keySet()).forEach(names::add);
        shown.getAsJsonObject("predicate").add("parameters", names);
        event.add("statement", shown);
        var values = Details.ofRun(Base64Url.random(32), parameters).values();
        values.addProperty("signed", jws);
        return new Logged(
                details.append(
                        contractName,
                        event,
                        new Details(Base64Url.random(32), values),
                        ReleaseEvents.concerned(contract, grant.function(), callers.of(sandbox.id(), activation))),
                List.of());
    }

    private Appended refused(Sandbox sandbox, Contract contract, String activation, List<Reason> reasons) {
        var event = new JsonObject();
        event.addProperty("event", "refused");
        event.addProperty("contract", contract.id());
        event.addProperty("function", sandbox.function().orElse(""));
        event.addProperty("sandbox", sandbox.id());
        event.addProperty("activation", activation);
        event.addProperty("what", "run");
        event.add("reasons", Reason.json(reasons));
        return ledger.append(contract.name(), event);
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
        } catch (IllegalStateException | NullPointerException | ClassCastException | UnsupportedOperationException e) {
            throw RequestRefused.malformed("the statement's subjects are malformed");
        }
        return subjects;
    }
}
