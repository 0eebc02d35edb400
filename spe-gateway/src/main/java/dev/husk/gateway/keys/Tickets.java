package dev.husk.gateway.keys;

import dev.husk.protocol.json.Base64Url;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * Nonces for handshakes that any replica may finish: a ticket carries its nonce and its end under a MAC, so nothing is
 * kept for one that never comes back, and the database remembers the spent ones until they have expired.
 */
@ApplicationScoped
public class Tickets {
    private static final int NONCE = 32;
    private static final int SIZE = NONCE + Long.BYTES + 32;

    private static final SecureRandom RANDOM = new SecureRandom();

    /** @param text what the other side shows again, at most 128 characters of base64url */
    @SuppressWarnings("ArrayRecordComponent")
    public record Ticket(String text, byte[] nonce, Instant expires) {
        @Override
        public String toString() {
            return "Ticket";
        }
    }

    @Inject
    private SpentNonces spent;

    @Inject
    private GatewayKeys keys;

    @Inject
    private Clock clock;

    Tickets() {}

    Tickets(SpentNonces spent, GatewayKeys keys, Clock clock) {
        this.spent = spent;
        this.keys = keys;
        this.clock = clock;
    }

    /** @param purpose a ticket is good for this and nothing else */
    public Ticket issue(String purpose, Duration life) {
        byte[] nonce = new byte[NONCE];
        RANDOM.nextBytes(nonce);
        var expires = clock.instant().plus(life);
        byte[] open = ByteBuffer.allocate(NONCE + Long.BYTES)
                .put(nonce)
                .putLong(expires.toEpochMilli())
                .array();
        byte[] all = Arrays.copyOf(open, SIZE);
        System.arraycopy(tag(purpose, open), 0, all, open.length, 32);
        return new Ticket(Base64Url.encode(all), nonce, expires);
    }

    /** The ticket, if this gateway issued it, it has not expired, and nobody has shown it before; now it is spent. */
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public Optional<Ticket> redeem(String purpose, String text) {
        byte[] all;
        try {
            all = Base64Url.decode(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (all.length != SIZE) {
            return Optional.empty();
        }
        byte[] open = Arrays.copyOf(all, NONCE + Long.BYTES);
        if (!MessageDigest.isEqual(tag(purpose, open), Arrays.copyOfRange(all, open.length, SIZE))) {
            return Optional.empty();
        }
        byte[] nonce = Arrays.copyOf(all, NONCE);
        Instant expires;
        try {
            expires = Instant.ofEpochMilli(ByteBuffer.wrap(open).getLong(NONCE));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
        var now = clock.instant();
        if (!expires.isAfter(now) || !spent.spend(Base64Url.encode(nonce), expires, now)) {
            return Optional.empty();
        }
        return Optional.of(new Ticket(text, nonce, expires));
    }

    private byte[] tag(String purpose, byte[] open) {
        return keys.ticketTag(ByteBuffer.allocate(purpose.length() + 1 + open.length)
                .put(purpose.getBytes(StandardCharsets.US_ASCII))
                .put((byte) 0)
                .put(open)
                .array());
    }
}
