package dev.husk.gateway.contract;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.log.Ledger;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/** The contracts and what the parties signed about them. Each change is one transaction with its event. */
@ApplicationScoped
@Transactional
public class Contracts {
    /** Largest contract that is taken, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    @PersistenceContext(unitName = "husk")
    private EntityManager database;

    @Inject
    private Ledger ledger;

    @Inject
    private Event<ContractStopped> stopped;

    @Inject
    private Clock clock;

    /** Takes a proposal. Nothing can be released under it before every party has accepted it. */
    public Agreement propose(Contract contract, String jws, String party) {
        var statement = Statement.verify(jws, contract, party, clock.instant());
        requireAction(statement, "propose");
        ledger.lock();
        if (database.find(ContractRow.class, contract.id()) != null) {
            throw RequestRefused.conflict(contract.name() + " version " + contract.version()
                    + " stands already; the next needs a higher version");
        }
        var before = versions(contract.name());
        if (!before.isEmpty()) {
            var newest = before.get(0);
            if (contract.version() <= newest.version) {
                throw RequestRefused.conflict("%s stands at version %d: propose version %d"
                        .formatted(contract.name(), newest.version, newest.version + 1));
            }
            if (parse(newest.canonical).party(party).isEmpty()) {
                throw new RequestRefused(403, "NOT_A_PARTY", "the name " + contract.name() + " is taken");
            }
        }
        var row = new ContractRow();
        row.id = contract.id();
        row.name = contract.name();
        row.version = contract.version();
        row.canonical = contract.canonical();
        database.persist(row);
        keep(row, statement, jws);
        ledger.open(contract.name());
        var event = event("proposed", row);
        event.addProperty("party", party);
        event.addProperty("version", contract.version());
        ledger.append(contract.name(), event);
        return agreement(row);
    }

    /** Takes an acceptance, suspension, agreement to resume, or end. */
    public Agreement state(String name, String jws, String party) {
        ledger.lock();
        var row = subject(name, jws);
        var statement = Statement.verify(jws, parse(row.canonical), party, clock.instant());
        if (statements(row).stream().anyMatch(old -> old.jws.equals(jws))) {
            throw RequestRefused.conflict("this statement was made already");
        }
        switch (statement.action()) {
            case "accept" -> accept(row, statement, jws);
            case "suspend" -> suspend(row, statement, jws);
            case "resume" -> resume(row, statement, jws);
            case "end" -> end(row, statement, jws);
            default -> throw RequestRefused.malformed("no action " + statement.action());
        }
        return agreement(row);
    }

    private void accept(ContractRow row, Statement statement, String jws) {
        requireState(row, State.PROPOSED);
        if (signers(row, "accept").contains(statement.party())) {
            throw RequestRefused.conflict(statement.party() + " has accepted already");
        }
        keep(row, statement, jws);
        append("accepted", row, statement);
        if (signers(row, "accept").containsAll(names(parse(row.canonical)))) {
            versions(row.name).stream()
                    .filter(other -> other.version < row.version && other.state != State.ENDED)
                    .forEach(other -> other.state = State.SUPERSEDED);
            row.state = State.ACTIVE;
        }
    }

    private void suspend(ContractRow row, Statement statement, String jws) {
        requireState(row, State.ACTIVE);
        keep(row, statement, jws);
        row.state = State.SUSPENDED;
        append("suspended", row, statement);
        stopped.fire(new ContractStopped(row.name, "suspended by " + statement.party()));
    }

    private void resume(ContractRow row, Statement statement, String jws) {
        requireState(row, State.SUSPENDED);
        if (resuming(row).contains(statement.party())) {
            throw RequestRefused.conflict(statement.party() + " has agreed to resume already");
        }
        keep(row, statement, jws);
        append("resumed", row, statement);
        if (resuming(row).containsAll(names(parse(row.canonical)))) {
            row.state = State.ACTIVE;
        }
    }

    private void end(ContractRow row, Statement statement, String jws) {
        if (row.state != State.ACTIVE && row.state != State.SUSPENDED) {
            throw RequestRefused.conflict(row.name + " is " + row.state.label());
        }
        keep(row, statement, jws);
        row.state = State.ENDED;
        append("ended", row, statement);
        stopped.fire(new ContractStopped(row.name, "ended by " + statement.party()));
    }

    /** The version that counts: the newest that all have accepted, or the newest proposal where none was. */
    public Optional<Agreement> current(String name) {
        var all = versions(name);
        return all.stream()
                .filter(row -> row.state != State.PROPOSED)
                .findFirst()
                .or(() -> all.stream().findFirst())
                .map(this::agreement);
    }

    /**
     * The version that counts and, if there is a newer proposal, that one: what a party looks at.
     *
     * @throws RequestRefused with 404 where there is none, or this is no party of it, which looks the same
     */
    public Agreement visible(String name, String party) {
        return versions(name).stream()
                .map(this::agreement)
                .filter(agreement -> agreement.contract().party(party).isPresent())
                .findFirst()
                .orElseThrow(() -> RequestRefused.notFound("no contract " + name + " of " + party));
    }

    /** What {@code party} is a party of, newest version first. */
    public List<Agreement> of(String party) {
        return database.createQuery("select c from ContractRow c order by c.name, c.version desc", ContractRow.class)
                .getResultStream()
                .map(this::agreement)
                .filter(agreement -> agreement.contract().party(party).isPresent())
                .toList();
    }

    /** The active contracts in which a function has this code. */
    public List<Contract> naming(String code) {
        return active().stream()
                .filter(contract -> contract.functions().stream()
                        .anyMatch(function -> function.code().equals(code)))
                .toList();
    }

    public List<Contract> active() {
        return database.createQuery(
                        "select c from ContractRow c where c.state = :state order by c.id", ContractRow.class)
                .setParameter("state", State.ACTIVE)
                .getResultStream()
                .map(row -> parse(row.canonical))
                .toList();
    }

    private ContractRow subject(String name, String jws) {
        // Which version a statement is about stands in what is not verified yet; verification then holds it to that.
        for (var row : versions(name)) {
            if (StatementSubject.of(jws).filter(row.id::equals).isPresent()) {
                return row;
            }
        }
        throw RequestRefused.notFound("no version of contract " + name + " with the identity that was signed");
    }

    private List<ContractRow> versions(String name) {
        return database.createQuery(
                        "select c from ContractRow c where c.name = :name order by c.version desc", ContractRow.class)
                .setParameter("name", name)
                .getResultList();
    }

    private List<StatementRow> statements(ContractRow row) {
        return database.createQuery(
                        "select s from StatementRow s where s.id.contract = :id order by s.id.number",
                        StatementRow.class)
                .setParameter("id", row.id)
                .getResultList();
    }

    private List<String> signers(ContractRow row, String action) {
        return statements(row).stream()
                .filter(statement -> statement.action.equals(action))
                .map(statement -> statement.party)
                .toList();
    }

    private List<String> resuming(ContractRow row) {
        var parties = new LinkedHashSet<String>();
        for (var statement : statements(row)) {
            if (statement.action.equals("suspend")) {
                parties.clear();
            } else if (statement.action.equals("resume")) {
                parties.add(statement.party);
            }
        }
        return List.copyOf(parties);
    }

    private void keep(ContractRow row, Statement statement, String jws) {
        var kept = new StatementRow();
        kept.id = new StatementRow.Id(row.id, statements(row).size());
        kept.party = statement.party();
        kept.action = statement.action();
        kept.jws = jws;
        database.persist(kept);
        database.flush();
    }

    private void append(String name, ContractRow row, Statement statement) {
        var event = event(name, row);
        event.addProperty("party", statement.party());
        ledger.append(row.name, event);
    }

    private static JsonObject event(String name, ContractRow row) {
        var event = new JsonObject();
        event.addProperty("event", name);
        event.addProperty("contract", row.id);
        return event;
    }

    private Agreement agreement(ContractRow row) {
        return new Agreement(
                parse(row.canonical),
                row.state,
                List.copyOf(new LinkedHashSet<>(signers(row, "accept"))),
                row.state == State.SUSPENDED ? resuming(row) : new ArrayList<>());
    }

    private static List<String> names(Contract contract) {
        return contract.parties().stream().map(Contract.Party::name).toList();
    }

    private static void requireAction(Statement statement, String action) {
        if (!statement.action().equals(action)) {
            throw RequestRefused.malformed("the statement says " + statement.action() + ", not " + action);
        }
    }

    private static void requireState(ContractRow row, State state) {
        if (row.state != state) {
            throw RequestRefused.conflict(
                    row.name + " version " + row.version + " is " + row.state.label() + ", not " + state.label());
        }
    }

    private static Contract parse(byte[] canonical) {
        try {
            return Contract.parse(Json.parse(canonical, MAX_BYTES));
        } catch (MalformedJsonException | InvalidContractException e) {
            throw new IllegalStateException("a stored contract is damaged", e);
        }
    }
}
