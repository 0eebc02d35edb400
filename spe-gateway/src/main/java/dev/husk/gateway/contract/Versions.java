package dev.husk.gateway.contract;

import dev.husk.gateway.log.LoggedEvent;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The versions of one contract, as its events make them: a pure function of the log. Immutable.
 *
 * @param newestFirst by their numbers
 * @param stopped index of the last event that ended what had been released under the contract, or -1
 */
record Versions(List<Version> newestFirst, long stopped) {
    static final Versions NONE = new Versions(List.of(), -1);

    Optional<Version> of(String id) {
        return newestFirst.stream().filter(version -> version.id().equals(id)).findFirst();
    }

    /** What is active or suspended: at most one. */
    Optional<Version> inForce() {
        return newestFirst.stream().filter(Version::inForce).findFirst();
    }

    /** The version that counts: the newest that all have accepted, or the newest proposal where none was. */
    Optional<Version> current() {
        return newestFirst.stream()
                .filter(version -> !version.is(State.PROPOSED))
                .findFirst()
                .or(() -> newestFirst.stream().findFirst());
    }

    boolean ended() {
        return newestFirst.stream().anyMatch(version -> version.is(State.ENDED));
    }

    /**
     * The versions after one more event of the contract.
     *
     * @throws IllegalStateException where the event does not follow those before
     */
    Versions after(LoggedEvent event) {
        return switch (event.name()) {
            case "proposed" -> proposed(event);
            case "accepted" ->
                event.says("active") ? replaced(event) : with(event, version -> accepted(version, event));
            case "suspended" ->
                with(event, version -> suspended(version, event)).stoppedBy(event);
            case "resumed" -> with(event, version -> resumed(version, event));
            case "ended" -> with(event, version -> ended(version, event)).stoppedBy(event);
            default -> this;
        };
    }

    private Versions proposed(LoggedEvent event) {
        var version = Version.proposed(event.text("contract"), event.number("version"));
        if (newestFirst.stream().anyMatch(other -> other.number() >= version.number())) {
            throw unfit(event);
        }
        return new Versions(
                Stream.concat(Stream.of(said(version, event)), newestFirst.stream())
                        .toList(),
                stopped);
    }

    /** The last acceptance of a version: the one in force, and proposals before it, count no longer. */
    private Versions replaced(LoggedEvent event) {
        var former = inForce().map(Version::id);
        if (!former.equals(event.event().has("replaces") ? Optional.of(event.text("replaces")) : Optional.empty())) {
            throw unfit(event);
        }
        var all = with(event, version -> accepted(version, event).in(State.ACTIVE));
        long number = all.of(event.text("contract")).orElseThrow().number();
        var superseded = new Versions(
                all.newestFirst.stream()
                        .map(version -> version.number() < number ? version.in(State.SUPERSEDED) : version)
                        .toList(),
                stopped);
        return former.isPresent() ? superseded.stoppedBy(event) : superseded;
    }

    private Version accepted(Version version, LoggedEvent event) {
        var party = event.text("party");
        boolean consent = event.says("formerKey");
        if (!version.is(State.PROPOSED)
                || ended()
                || (consent ? version.consenting() : version.accepted()).contains(party)) {
            throw unfit(event);
        }
        return consent ? version.consentedBy(party) : version.acceptedBy(party);
    }

    private static Version suspended(Version version, LoggedEvent event) {
        if (!version.inForce()) {
            throw unfit(event);
        }
        return version.suspended();
    }

    private static Version resumed(Version version, LoggedEvent event) {
        var party = event.text("party");
        if (!version.is(State.SUSPENDED) || version.resuming().contains(party)) {
            throw unfit(event);
        }
        var resumed = version.resumedBy(party);
        return event.says("active") ? resumed.in(State.ACTIVE) : resumed;
    }

    private static Version ended(Version version, LoggedEvent event) {
        if (!version.inForce()) {
            throw unfit(event);
        }
        return version.in(State.ENDED);
    }

    private Versions with(LoggedEvent event, UnaryOperator<Version> change) {
        var id = event.text("contract");
        if (of(id).isEmpty()) {
            throw unfit(event);
        }
        return new Versions(
                newestFirst.stream()
                        .map(version -> version.id().equals(id) ? said(change.apply(version), event) : version)
                        .toList(),
                stopped);
    }

    private static Version said(Version version, LoggedEvent event) {
        var time = StatementSubject.member(event.text("signed"), "time");
        try {
            return version.saidBy(event.text("party"), Instant.parse(time.orElse("")));
        } catch (DateTimeException e) {
            throw event.unreadable("holds no statement with a time");
        }
    }

    private Versions stoppedBy(LoggedEvent event) {
        return new Versions(newestFirst, event.index());
    }

    private static IllegalStateException unfit(LoggedEvent event) {
        return event.unreadable("does not follow those before it");
    }
}
