package dev.husk.gateway.attest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OpenSessionsTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final OpenSessions open = new OpenSessions();

    private static Instant expires(int begun) {
        return NOON.plusSeconds(begun).plus(Sessions.LIFE);
    }

    @Test
    void aSessionIsOpenUntilItIsFinishedOrExpires() {
        open.begun(expires(0));
        open.begun(expires(0));
        open.begun(expires(10));
        assertThat(open.at(NOON.plusSeconds(10))).isEqualTo(3);
        open.ended(expires(0));
        assertThat(open.at(NOON.plusSeconds(10))).isEqualTo(2);
        assertThat(open.at(NOON.plus(Sessions.LIFE))).isEqualTo(1);
        assertThat(open.at(expires(10))).isZero();
    }

    @Test
    void theSumOverReplicasHoldsWhereverASessionEnds() {
        var elsewhere = new OpenSessions();
        elsewhere.begun(expires(0));
        open.ended(expires(0));
        assertThat(open.at(NOON) + elsewhere.at(NOON)).isZero();
    }

    @Test
    void daysOfSessionsLeaveNothingBehind() {
        int days = (int) Duration.ofDays(2).toSeconds();
        for (int i = 0; i <= days; i += 10) {
            open.begun(expires(i));
        }
        var now = NOON.plusSeconds(days);
        assertThat(open.at(now)).isEqualTo(Sessions.LIFE.toSeconds() / 10);
        assertThat(open.at(now.plus(Sessions.LIFE))).isZero();
    }
}
