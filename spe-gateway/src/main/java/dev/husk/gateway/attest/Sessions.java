package dev.husk.gateway.attest;

import dev.husk.gateway.keys.Tickets;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/**
 * Handshakes: one nonce each, for five minutes, good for one attempt, at whichever replica. A session's id holds all
 * there is to know of it, so one that never comes back costs nothing. Safe to share between threads.
 */
@ApplicationScoped
public class Sessions {
    static final Duration LIFE = Duration.ofMinutes(5);

    /**
     * A handshake.
     *
     * @param tee the kind of evidence that was announced
     */
    public record Session(String id, String nonce, String tee, Instant expires) {}

    private final OpenSessions open = new OpenSessions();

    @Inject
    private Tickets tickets;

    Sessions() {}

    Sessions(Tickets tickets) {
        this.tickets = tickets;
    }

    Session start(String tee) {
        var session = session(tee, tickets.issue(purpose(tee), LIFE));
        open.begun(session.expires());
        return session;
    }

    /** How many are open; add up those of all replicas. */
    public long open(Instant now) {
        return open.at(now);
    }

    /** Ends the handshake and gives it, if it is open: whatever follows, its nonce is spent. */
    Optional<Session> take(String id) {
        for (var tee : Attestation.TEES) {
            var ticket = tickets.redeem(purpose(tee), id);
            if (ticket.isPresent()) {
                open.ended(ticket.get().expires());
                return ticket.map(open -> session(tee, open));
            }
        }
        return Optional.empty();
    }

    private static String purpose(String tee) {
        return "kbs session " + tee;
    }

    private static Session session(String tee, Tickets.Ticket ticket) {
        return new Session(ticket.text(), Base64.getEncoder().encodeToString(ticket.nonce()), tee, ticket.expires());
    }
}
