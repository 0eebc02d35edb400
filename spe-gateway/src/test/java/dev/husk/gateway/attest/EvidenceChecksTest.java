package dev.husk.gateway.attest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.gateway.RequestRefused;
import org.junit.jupiter.api.Test;

class EvidenceChecksTest {
    private final EvidenceChecks checks = new EvidenceChecks();

    @Test
    void whoeverFindsNoPlaceNorRoomToWaitIsAskedToComeBackAtOnce() {
        checks.open(1, 0, 60_000);
        checks.within(() -> {
            assertBusy();
            return "";
        });
        assertThat(checks.within(() -> "a place again")).isEqualTo("a place again");
    }

    @Test
    void whoeverWaitsInVainIsAskedToComeBack() {
        checks.open(1, 1, 1);
        checks.within(() -> {
            assertBusy();
            assertBusy();
            return "";
        });
        assertThat(checks.within(() -> "a place again")).isEqualTo("a place again");
    }

    @Test
    void aCheckThatFailsGivesItsPlaceBack() {
        checks.open(1, 0, 1);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> checks.within(() -> {
                        throw RequestRefused.malformed("x");
                    }))
                    .hasMessage("x");
        }
        assertThat(checks.within(() -> "a place")).isEqualTo("a place");
    }

    private void assertBusy() {
        assertThatThrownBy(() -> checks.within(() -> "never"))
                .isInstanceOfSatisfying(
                        RequestRefused.class,
                        refused -> assertThat(refused.status()).isEqualTo(503));
    }
}
