package dev.husk.gateway.contract;

import dev.husk.gateway.RequestRefused;
import dev.husk.protocol.contract.Contract;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The contracts: where they stand is read from the log, what they say from the database. */
@ApplicationScoped
@Transactional
public class Contracts {
    /** Largest contract that is taken, in bytes. */
    public static final int MAX_BYTES = 1 << 20;

    @Inject
    private ContractStates states;

    @Inject
    private ContractTexts texts;

    /** The version that counts: the newest that all have accepted, or the newest proposal where none was. */
    public Optional<Agreement> current(String name) {
        var versions = states.of(name);
        return versions.current().map(version -> agreement(versions, version));
    }

    /**
     * The version that counts for a party: the one in force or, where it is no party of that, the newest that it is a
     * party of.
     *
     * @throws RequestRefused with 404 where there is none, which looks the same as no such contract
     */
    public Agreement visible(String name, String party) {
        var versions = states.of(name);
        return Stream.concat(versions.current().stream(), versions.newestFirst().stream())
                .filter(version -> isParty(version, party))
                .findFirst()
                .map(version -> agreement(versions, version))
                .orElseThrow(() -> RequestRefused.notFound("no contract " + name + " of " + party));
    }

    /** The newest proposal to replace what is in force, for the parties of either. */
    public Optional<Agreement> amendment(String name, String party) {
        var versions = states.of(name);
        return versions.newestFirst().stream()
                .findFirst()
                .filter(newest -> newest.is(State.PROPOSED))
                .filter(newest -> versions.inForce()
                        .filter(former -> isParty(newest, party) || isParty(former, party))
                        .isPresent())
                .map(newest -> agreement(versions, newest));
    }

    /** What a party may read of a contract's events: those of the versions that it is or was a party of. */
    Set<String> readable(String name, String party) {
        var ids = new HashSet<String>();
        states.of(name).newestFirst().stream()
                .filter(version -> isParty(version, party))
                .forEach(version -> ids.add(version.id()));
        return ids;
    }

    /** What {@code party} is a party of, by name, newest version first. */
    public List<Agreement> of(String party) {
        var all = states.all();
        texts.load(all.stream()
                .flatMap(versions -> versions.newestFirst().stream())
                .toList());
        return all.stream()
                .flatMap(versions -> versions.newestFirst().stream()
                        .filter(version -> isParty(version, party))
                        .map(version -> agreement(versions, version)))
                // Stable, so versions stay in their order.
                .sorted(Comparator.comparing(agreement -> agreement.contract().name()))
                .toList();
    }

    /** The active contracts in which a function has this code. */
    public List<Contract> naming(String code) {
        return active().stream()
                .filter(contract -> contract.functions().stream()
                        .anyMatch(function -> function.code().equals(code)))
                .toList();
    }

    /** By identity. */
    public List<Contract> active() {
        var active = states.all().stream()
                .flatMap(versions -> versions.newestFirst().stream())
                .filter(version -> version.is(State.ACTIVE))
                .sorted(Comparator.comparing(Version::id))
                .toList();
        texts.load(active);
        return active.stream().map(texts::of).toList();
    }

    private boolean isParty(Version version, String party) {
        return texts.of(version).party(party).isPresent();
    }

    Agreement agreement(Versions versions, Version version) {
        var contract = texts.of(version);
        return new Agreement(
                contract,
                version.state(),
                List.copyOf(version.accepted()),
                version.is(State.SUSPENDED) ? List.copyOf(version.resuming()) : List.of(),
                version.is(State.PROPOSED) ? awaited(version, contract, former(versions, version)) : List.of(),
                versions.stopped());
    }

    /** The version that a proposal is to replace. */
    Optional<Contract> former(Versions versions, Version version) {
        return version.is(State.PROPOSED) ? versions.inForce().map(texts::of) : Optional.empty();
    }

    /**
     * Who has not accepted a version yet, by name. An amendment is agreed upon by all its parties, and by all of the
     * version that it replaces under the keys which that version gives: or a new version could leave out a party, or give
     * it another key, and so take its data.
     */
    static List<String> awaited(Version version, Contract contract, Optional<Contract> former) {
        var awaited = new LinkedHashSet<>(names(contract));
        awaited.removeAll(version.accepted());
        former.map(Contract::parties).orElse(List.of()).stream()
                .filter(old -> !contract.party(old.name()).equals(Optional.of(old)))
                .map(Contract.Party::name)
                .filter(name -> !version.consenting().contains(name))
                .forEach(awaited::add);
        return List.copyOf(awaited);
    }

    static List<String> names(Contract contract) {
        return contract.parties().stream().map(Contract.Party::name).toList();
    }
}
