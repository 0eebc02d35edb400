package dev.husk.gateway.attest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.gateway.attest.Sessions.Session;
import dev.husk.gateway.keys.TestTickets;
import dev.husk.gateway.keys.Tickets;
import dev.husk.protocol.json.Base64Url;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionsTest {
    private static final Instant START = Instant.parse("2026-11-25T12:00:00Z");

    /** A clock that a test sets. */
    private static final class Watch extends Clock {
        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }

    private final Watch watch = new Watch();
    private final TestTickets gateway = new TestTickets(key(1));
    private final Tickets tickets = gateway.at(watch);
    private final Sessions sessions = new Sessions(tickets);

    private static byte[] key(int fill) {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) fill);
        return key;
    }

    @Test
    void aSessionIsTakenWithTheNonceAndTheKindOfEvidenceThatItWasStartedFor() {
        for (var tee : Attestation.TEES) {
            var session = sessions.start(tee);
            assertThat(session.tee()).isEqualTo(tee);
            assertThat(session.expires()).isEqualTo(START.plus(Duration.ofMinutes(5)));
            assertThat(Base64.getDecoder().decode(session.nonce())).hasSize(32);
            assertThat(sessions.take(session.id())).contains(session);
        }
    }

    @Test
    void noNonceComesTwice() {
        var nonces = new HashSet<String>();
        for (int i = 0; i < 1000; i++) {
            assertThat(nonces.add(sessions.start("snp").nonce())).isTrue();
        }
    }

    @Test
    void aSessionEndsFiveMinutesAfterItsStart() {
        var inTime = sessions.start("snp");
        var late = sessions.start("snp");
        watch.now = START.plus(Duration.ofMinutes(5)).minusMillis(1);
        assertThat(sessions.take(inTime.id())).contains(inTime);
        watch.now = START.plus(Duration.ofMinutes(5));
        assertThat(sessions.take(late.id())).isEmpty();
        watch.now = START.plus(Duration.ofDays(400));
        assertThat(sessions.take(late.id())).isEmpty();
    }

    @Test
    void aSessionThatWasTakenIsSpentWhateverCameOfIt() {
        var session = sessions.start("snp");
        assertThat(sessions.take(session.id())).isPresent();
        assertThat(sessions.take(session.id())).isEmpty();
        assertThat(sessions.start("snp").nonce()).isNotEqualTo(session.nonce());
    }

    @Test
    void aSessionIsTakenAtOneReplicaOnly() {
        var other = new Sessions(gateway.at(watch));
        var session = sessions.start("snp");
        assertThat(other.take(session.id())).contains(session);
        assertThat(sessions.take(session.id())).isEmpty();
        assertThat(other.take(session.id())).isEmpty();
    }

    @Test
    void aReplicaWhoseClockIsAheadTakesNoSessionThatHasEndedThere() {
        var ahead = new Watch();
        ahead.now = START.plus(Duration.ofMinutes(6));
        var session = sessions.start("snp");
        assertThat(new Sessions(gateway.at(ahead)).take(session.id())).isEmpty();
        assertThat(sessions.take(session.id())).contains(session);
    }

    @Test
    void aSessionOfAnotherGatewayIsNone() {
        var session = new Sessions(new TestTickets(key(2)).at(watch)).start("snp");
        assertThat(sessions.take(session.id())).isEmpty();
        assertThat(gateway.spent()).isZero();
    }

    @Test
    void aTicketForSomethingElseIsNoSessionAndAnotherKindOfEvidenceAnother() {
        assertThat(take(tickets.issue("handover", Sessions.LIFE).text())).isEmpty();
        assertThat(take(tickets.issue("kbs session", Sessions.LIFE).text())).isEmpty();
        assertThat(take(tickets.issue("kbs session sample", Sessions.LIFE).text()))
                .isEmpty();
        assertThat(take(sessions.start("az-snp-vtpm").id()).map(Session::tee)).contains("az-snp-vtpm");
    }

    @Test
    void aSessionThatDiffersInOneBitIsNone() {
        var session = sessions.start("snp");
        byte[] id = Base64Url.decode(session.id());
        for (int bit = 0; bit < 8 * id.length; bit++) {
            byte[] changed = id.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(take(Base64Url.encode(changed))).as("bit %d", bit).isEmpty();
        }
        assertThat(gateway.spent()).as("forgeries spend nothing").isZero();
        assertThat(take(session.id())).contains(session);
    }

    @Test
    void aSessionOfAnotherLengthIsNone() {
        var session = sessions.start("snp");
        for (int length = 0; length < session.id().length(); length++) {
            assertThat(take(session.id().substring(0, length))).isEmpty();
        }
        assertThat(take(session.id() + "AAAA")).isEmpty();
        assertThat(take(session.id() + session.id())).isEmpty();
        assertThat(take(session.id())).contains(session);
    }

    @Test
    void whatIsNoSessionAtAllIsNone() {
        for (var text : new String[] {"", " ", "=", "0".repeat(32), "\u0000", "ä", "a.b.c", "A".repeat(96)}) {
            assertThat(take(text)).as(text).isEmpty();
        }
        var random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] bytes = new byte[random.nextInt(100)];
            random.nextBytes(bytes);
            assertThat(take(Base64Url.encode(bytes))).isEmpty();
        }
        assertThat(gateway.spent()).isZero();
    }

    private Optional<Session> take(String id) {
        return sessions.take(id);
    }
}
