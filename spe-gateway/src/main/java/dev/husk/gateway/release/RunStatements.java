package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.attest.Sandboxes;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.keys.DataKeys;
import dev.husk.gateway.log.Appended;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.RunStatement;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

/** Takes run statements (in-toto, SLSA) and notes which sealed objects now stand for the results. */
@ApplicationScoped
@Transactional
public class RunStatements {
    @Inject
    private Contracts contracts;

    @Inject
    private DataKeys dataKeys;

    @Inject
    private Sandboxes sandboxes;

    @Inject
    private Ledger ledger;

    /** @param refusal why the statement does not count; empty where it does */
    record Logged(Appended event, List<Reason> refusal) {}

    /** Logs a statement, or its refusal: what a sandbox wrote after its lease had ended is nobody's result. */
    Logged append(String sandboxId, Envelope envelope, RunStatement statement) {
        var now = ledger.lock();
        var sandbox = sandboxes.find(sandboxId).orElseThrow();
        var name = statement.contract().name();
        var agreement = contracts.current(name).orElseThrow(() -> RequestRefused.notFound("no contract " + name));
        var contract = agreement.contract();
        if (!sandbox.contract().equals(Optional.of(name))) {
            throw new RequestRefused(403, "NotBound", "the sandbox is not bound to " + name);
        }
        if (!sandbox.holdsLease(agreement, now)) {
            var reasons = List.of(new Reason("LEASE_ENDED", "the sandbox's lease had ended when the run was stated"));
            return new Logged(refused(sandbox, contract, statement.activation(), reasons), reasons);
        }
        requireOwn(sandbox, contract, statement);
        var grant = contract.grant(statement.function())
                .orElseThrow(() -> new RequestRefused(403, "NotBound", "the sandbox's function has no grant"));
        requireGranted(grant, statement);
        statement.results().forEach(result -> dataKeys.written(name, result.name(), result.digest()));
        var event = event(sandbox, contract, statement.activation(), "run");
        event.add("statement", envelope.statement());
        event.add("signatures", envelope.signatures());
        return new Logged(ledger.append(name, event), List.of());
    }

    /** Nobody is to read of another version, function or code than what the sandbox was released and bound for. */
    private static void requireOwn(Sandbox sandbox, Contract contract, RunStatement statement) {
        if (!statement.contract().id().equals(contract.id())
                || !sandbox.function().equals(Optional.of(statement.function()))
                || !statement.code().equals(new RunStatement.Code(sandbox.code(), sandbox.entry()))) {
            throw new RequestRefused(
                    403,
                    "StatementMismatch",
                    "the statement is of another contract, function or code than the sandbox");
        }
    }

    private static void requireGranted(Contract.Grant grant, RunStatement statement) {
        boolean writes =
                statement.results().stream().map(RunStatement.Artifact::name).allMatch(grant.writes()::contains);
        boolean reads = statement.reads().stream().map(RunStatement.Read::name).allMatch(grant.reads()::contains);
        if (!writes
                || !reads
                || !grant.parameters()
                        .keySet()
                        .containsAll(statement.parameters().names())) {
            throw new RequestRefused(
                    403, "NotInGrant", "the statement names a result, dataset or parameter that is not granted");
        }
    }

    private Appended refused(Sandbox sandbox, Contract contract, String activation, List<Reason> reasons) {
        var event = event(sandbox, contract, activation, "refused");
        event.addProperty("what", "run");
        event.add("reasons", Reason.json(reasons));
        return ledger.append(contract.name(), event);
    }

    private static JsonObject event(Sandbox sandbox, Contract contract, String activation, String name) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", contract.id());
        event.addProperty("function", sandbox.function().orElse(""));
        event.addProperty("sandbox", sandbox.id());
        event.addProperty("activation", activation);
        return event;
    }
}
