package dev.husk.gateway.contract;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.Ledger;
import dev.husk.gateway.log.LoggedEvent;
import dev.husk.gateway.log.Spent;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartyKey;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes what parties say about contracts that were proposed. Each statement is one transaction with its event. */
@ApplicationScoped
@Transactional
public class Statements {
    @Inject
    private Contracts contracts;

    @Inject
    private ContractStates states;

    @Inject
    private ContractTexts texts;

    @Inject
    private Spent spent;

    @Inject
    private Ledger ledger;

    @Inject
    private Event<ContractStopped> stopped;

    /** Takes an acceptance, suspension, agreement to resume, or end. */
    public Agreement take(String name, String jws, String party) {
        var now = ledger.lock();
        var versions = states.of(name);
        // Which version a statement is about stands in what is not verified yet; verification then holds it to that.
        var version = StatementSubject.of(jws)
                .flatMap(versions::of)
                .orElseThrow(() -> RequestRefused.notFound(
                        "no version of contract " + name + " with the identity that was signed"));
        var contract = texts.of(version);
        var former = contracts.former(versions, version);
        var statement = Statement.verify(jws, contract, party, keys(contract, former, party), now);
        requireLater(version, statement);
        if (!statement.action().equals("accept") && contract.party(party).isEmpty()) {
            throw notAParty(party, contract);
        }
        var event = switch (statement.action()) {
            case "accept" -> accepted(versions, version, contract, former, statement);
            case "suspend" -> suspended(version, contract, statement);
            case "resume" -> resumed(version, contract, statement);
            case "end" -> ended(version, contract, statement);
            default -> throw RequestRefused.malformed("no action " + statement.action());
        };
        var appended = ledger.append(name, event);
        var after = versions.after(LoggedEvent.of(name, appended));
        if (after.stopped() == appended.index()) {
            stopped.fire(new ContractStopped(name, why(statement, contract)));
        }
        return contracts.agreement(after, after.of(version.id()).orElseThrow());
    }

    /** The keys under which a party may speak: the one of this version, and of the version that it replaces. */
    private static List<PartyKey> keys(Contract contract, Optional<Contract> former, String party) {
        var keys = Stream.concat(Stream.of(contract), former.stream())
                .flatMap(one -> one.party(party).stream())
                .map(Contract.Party::key)
                .distinct()
                .toList();
        if (keys.isEmpty()) {
            throw notAParty(party, contract);
        }
        return keys;
    }

    private static RequestRefused notAParty(String party, Contract contract) {
        return new RequestRefused(403, "NOT_A_PARTY", party + " is no party of " + contract.name());
    }

    /**
     * A statement counts once, and none counts that is older than the party's last: one that was held back on the way
     * must not undo what the party said since.
     */
    private void requireLater(Version version, Statement statement) {
        if (spent.contains(statement.digest())) {
            throw RequestRefused.conflict("this statement was made already");
        }
        var last = version.said().get(statement.party());
        if (last != null && statement.time().isBefore(last)) {
            throw new RequestRefused(
                    403, "STATEMENT_STALE", statement.party() + " has signed a later statement about it");
        }
    }

    private static JsonObject accepted(
            Versions versions, Version version, Contract contract, Optional<Contract> former, Statement statement) {
        Proposals.requireNotEnded(contract.name(), versions);
        requireState(version, contract, State.PROPOSED);
        var party = statement.party();
        boolean asParty = contract.party(party)
                .filter(one -> one.key().equals(statement.key()))
                .isPresent();
        if ((asParty ? version.accepted() : version.consenting()).contains(party)) {
            throw RequestRefused.conflict(party + " has accepted already");
        }
        var event = statement.event("accepted");
        if (!asParty) {
            event.addProperty("formerKey", true);
        }
        var after = asParty ? version.acceptedBy(party) : version.consentedBy(party);
        if (Contracts.awaited(after, contract, former).isEmpty()) {
            event.addProperty("active", true);
            former.ifPresent(replaced -> event.addProperty("replaces", replaced.id()));
        }
        return event;
    }

    private static JsonObject suspended(Version version, Contract contract, Statement statement) {
        if (!version.is(State.SUSPENDED)) {
            requireState(version, contract, State.ACTIVE);
        }
        return statement.event("suspended");
    }

    private static JsonObject resumed(Version version, Contract contract, Statement statement) {
        requireState(version, contract, State.SUSPENDED);
        if (version.resuming().contains(statement.party())) {
            throw RequestRefused.conflict(statement.party() + " has agreed to resume already");
        }
        var event = statement.event("resumed");
        if (version.resumedBy(statement.party()).resuming().containsAll(Contracts.names(contract))) {
            event.addProperty("active", true);
        }
        return event;
    }

    private static JsonObject ended(Version version, Contract contract, Statement statement) {
        if (!version.inForce()) {
            throw RequestRefused.conflict(
                    contract.name() + " is " + version.state().label());
        }
        return statement.event("ended");
    }

    private static String why(Statement statement, Contract contract) {
        return switch (statement.action()) {
            case "suspend" -> "suspended by " + statement.party();
            case "end" -> "ended by " + statement.party();
            default -> "replaced by version " + contract.version();
        };
    }

    private static void requireState(Version version, Contract contract, State state) {
        if (!version.is(state)) {
            throw RequestRefused.conflict(contract.name() + " version " + version.number() + " is "
                    + version.state().label() + ", not " + state.label());
        }
    }
}
