package dev.husk.gateway.contract;

import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.LoggedEvent;
import dev.husk.protocol.contract.Contract;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Takes proposals of contracts and of their next versions. Each is one transaction with its event. */
@ApplicationScoped
@Transactional
public class Proposals {
    @Inject
    private Contracts contracts;

    @Inject
    private ContractStates states;

    @Inject
    private ContractTexts texts;

    @Inject
    private Ledger ledger;

    @Inject
    private Cosigning cosigning;

    /** Takes a proposal. Nothing can be released under it before every party has accepted it. */
    public Agreement propose(Contract contract, String jws, String party) {
        var now = ledger.lock();
        var statement = Statement.verify(jws, contract, party, now);
        if (!statement.action().equals("propose")) {
            throw RequestRefused.malformed("the statement says " + statement.action() + ", not propose");
        }
        requireNoProblem(contract, now);
        var versions = states.of(contract.name());
        requireNext(contract, versions, party);
        texts.keep(contract);
        ledger.open(contract.name());
        var event = statement.event("proposed");
        event.addProperty("version", contract.version());
        var appended = ledger.append(contract.name(), event);
        var after = versions.after(LoggedEvent.of(contract.name(), appended));
        return contracts.agreement(after, after.of(contract.id()).orElseThrow());
    }

    private void requireNext(Contract contract, Versions versions, String party) {
        if (versions.of(contract.id()).isPresent()) {
            throw RequestRefused.conflict(contract.name() + " version " + contract.version()
                    + " stands already; the next needs a higher version");
        }
        if (versions.newestFirst().isEmpty()) {
            return;
        }
        requireNotEnded(contract.name(), versions);
        var newest = versions.newestFirst().get(0);
        // Whoever is a party of what is in force may propose; others would only squat on the name.
        if (texts.of(versions.inForce().orElse(newest)).party(party).isEmpty()) {
            throw new RequestRefused(403, "NOT_A_PARTY", "the name " + contract.name() + " is taken");
        }
        if (contract.version() != newest.number() + 1) {
            throw RequestRefused.conflict("%s stands at version %d: propose version %d"
                    .formatted(contract.name(), newest.number(), newest.number() + 1));
        }
    }

    static void requireNotEnded(String name, Versions versions) {
        if (versions.ended()) {
            throw RequestRefused.conflict(name + " has ended, and what ended stays so");
        }
    }

    private void requireNoProblem(Contract contract, Instant now) {
        var problems = new ArrayList<>(contract.problemsAt(now));
        problems.addAll(cosigning.problems(contract));
        if (!problems.isEmpty()) {
            throw invalid(problems);
        }
    }

    /** The refusal of a contract that has these problems. */
    static RequestRefused invalid(List<String> problems) {
        return new RequestRefused(
                400,
                "CONTRACT_INVALID",
                "this contract could not be signed with a clear mind",
                problems.stream()
                        .map(problem -> new RequestRefused.Reason("CONTRACT_INVALID", problem))
                        .toList());
    }
}
