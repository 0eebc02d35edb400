package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private final AtomicLong nanos = new AtomicLong();
    private final RateLimit limit = new RateLimit(6, nanos::get);

    @Test
    void aBurstOfAsManyAsAMinuteHoldsIsAllowedAndNoMore() {
        for (int i = 0; i < 6; i++) {
            assertThat(limit.allows("a")).isTrue();
        }
        assertThat(limit.allows("a")).isFalse();
        assertThat(limit.allows("b")).as("another key").isTrue();
    }

    @Test
    void whatWasUsedComesBackEvenlyWithTime() {
        for (int i = 0; i < 6; i++) {
            limit.allows("a");
        }
        nanos.addAndGet(9_900_000_000L);
        assertThat(limit.allows("a")).isFalse();
        nanos.addAndGet(200_000_000L);
        assertThat(limit.allows("a")).isTrue();
        assertThat(limit.allows("a")).isFalse();
    }

    @Test
    void aLongSilenceDoesNotSaveUpMoreThanAMinute() {
        limit.allows("a");
        nanos.addAndGet(3_600_000_000_000L);
        for (int i = 0; i < 6; i++) {
            assertThat(limit.allows("a")).isTrue();
        }
        assertThat(limit.allows("a")).isFalse();
    }

    @Test
    void aLimitOfNothingIsAMistake() {
        assertThatThrownBy(() -> new RateLimit(0, nanos::get)).isInstanceOf(IllegalArgumentException.class);
    }
}
