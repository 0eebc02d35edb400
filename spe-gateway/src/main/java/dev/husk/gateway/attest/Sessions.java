package dev.husk.gateway.attest;

import dev.husk.gateway.RequestRefused;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Open handshakes: one nonce each, for five minutes, good for one attempt. At most {@value #MAX} at a time. */
@ApplicationScoped
public class Sessions {
    static final Duration LIFE = Duration.ofMinutes(5);

    private static final int MAX = 10_000;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A handshake. */
    public record Session(String id, String nonce, Instant expires) {}

    private final Map<String, Session> open = new LinkedHashMap<>();

    @Inject
    private Clock clock;

    synchronized Session start() {
        var now = clock.instant();
        open.values().removeIf(session -> !session.expires().isAfter(now));
        if (open.size() >= MAX) {
            throw new RequestRefused(503, "Busy", "too many handshakes are open: try again");
        }
        byte[] id = new byte[16];
        byte[] nonce = new byte[32];
        RANDOM.nextBytes(id);
        RANDOM.nextBytes(nonce);
        var session =
                new Session(HexFormat.of().formatHex(id), Base64.getEncoder().encodeToString(nonce), now.plus(LIFE));
        open.put(session.id(), session);
        return session;
    }

    /** Ends the handshake and gives it, if it is open: whatever follows, its nonce is spent. */
    synchronized Optional<Session> take(String id) {
        return Optional.ofNullable(open.remove(id))
                .filter(session -> session.expires().isAfter(clock.instant()));
    }
}
