package dev.husk.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StateKeyTest {
    private static final byte[] SECRET = "a data key".getBytes(StandardCharsets.UTF_8);
    private static final SealedColumn ANNA = SealedColumn.of("data_key", 7, "heart-risk", "anna-2025");

    private static StateKey key() {
        var key = new StateKey();
        key.install(StateKey.generate());
        return key;
    }

    @Test
    void whatWasSealedOpensUnderItsOwnIdentity() {
        var key = key();
        assertThat(key.open(ANNA, key.seal(ANNA, SECRET))).isEqualTo(SECRET);
    }

    @Test
    void everyPartOfTheIdentityCounts() {
        var key = key();
        byte[] sealed = key.seal(ANNA, SECRET);
        for (var other : List.of(
                SealedColumn.of("data_key", 7, "heart-risk", "berta-2025"),
                SealedColumn.of("data_key", 7, "heart", "risk", "anna-2025"),
                SealedColumn.of("data_key", 7, "heart-risk/anna-2025"),
                SealedColumn.of("data_key", 8, "heart-risk", "anna-2025"),
                SealedColumn.of("data_key", LastWrites.NEVER, "heart-risk", "anna-2025"),
                SealedColumn.of("secret", 7, "heart-risk", "anna-2025"),
                new SealedColumn("data_key", "other", List.of("heart-risk", "anna-2025"), 7))) {
            assertThatThrownBy(() -> key.open(other, sealed))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was changed, moved or put back");
        }
    }

    @Test
    void anotherStateKeyOpensNothing() {
        byte[] sealed = key().seal(ANNA, SECRET);
        assertThatThrownBy(() -> key().open(ANNA, sealed)).hasMessageContaining("another state key");
    }

    @Test
    void everyFlippedByteAndEveryTruncationIsNoticed() {
        var key = key();
        byte[] sealed = key.seal(ANNA, SECRET);
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> key.open(ANNA, changed)).isInstanceOf(IllegalStateException.class);
            byte[] cut = Arrays.copyOf(sealed, i);
            assertThatThrownBy(() -> key.open(ANNA, cut)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void withoutAKeyNothingIsSealedAndASecondOneIsRefused() {
        var none = new StateKey();
        assertThatThrownBy(() -> none.seal(ANNA, SECRET)).hasMessageContaining("no state key yet");
        assertThatThrownBy(none::copy).hasMessageContaining("no state key yet");
        assertThatThrownBy(() -> none.install(new byte[31])).hasMessageContaining("32 bytes");
        var one = key();
        assertThatThrownBy(() -> one.install(new byte[32])).hasMessageContaining("in use");
        one.forget();
        assertThatThrownBy(() -> one.seal(ANNA, SECRET)).hasMessageContaining("no state key yet");
    }
}
