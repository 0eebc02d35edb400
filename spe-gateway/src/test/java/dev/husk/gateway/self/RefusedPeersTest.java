package dev.husk.gateway.self;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.gateway.log.LoggedEvent;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RefusedPeersTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private final RefusedPeers refused = new RefusedPeers();
    private long index;

    private void take(String chain, String chip, Instant time) {
        var event = new JsonObject();
        event.addProperty("event", "state-key-refused");
        event.addProperty("time", time.toString());
        if (!chip.isEmpty()) {
            event.addProperty("chip", chip);
        }
        refused.take(new LoggedEvent(index++, chain, event));
    }

    @Test
    void aChipIsSaidToBeRefusedOnceAnHour() {
        assertThat(refused.due("a", NOON)).isTrue();
        take("_gateway", "a", NOON);
        assertThat(refused.due("a", NOON)).isFalse();
        assertThat(refused.due("a", NOON.plus(RefusedPeers.APART).minusNanos(1)))
                .isFalse();
        assertThat(refused.due("b", NOON)).isTrue();
        assertThat(refused.due("a", NOON.plus(RefusedPeers.APART))).isTrue();
        take("_gateway", "b", NOON.plus(RefusedPeers.APART));
        assertThat(refused.due("a", NOON.plus(RefusedPeers.APART))).isTrue();
        assertThat(refused.due("b", NOON.plus(RefusedPeers.APART))).isFalse();
    }

    @Test
    void aClockThatIsBehindAnotherReplicasSaysNoMore() {
        take("_gateway", "a", NOON);
        assertThat(refused.due("a", NOON.minus(Duration.ofMinutes(5)))).isFalse();
    }

    @Test
    void whatSaysNoChipOrStandsInAContractsChainCountsForNone() {
        take("_gateway", "", NOON);
        take("heart", "a", NOON);
        assertThat(refused.due("a", NOON)).isTrue();
    }
}
