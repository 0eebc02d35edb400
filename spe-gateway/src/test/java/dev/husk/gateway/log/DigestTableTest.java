package dev.husk.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DigestTableTest {
    private final DigestTable table = new DigestTable();

    /** Few different digests, so that many come again, and many begin alike. */
    private static byte[] digest(int number) {
        return ByteBuffer.allocate(32)
                .putLong(number / 3)
                .putLong(number % 3)
                .putLong(number)
                .array();
    }

    @Property
    void itHoldsWhatAMapHoldsButForWhatMayBeForgotten(
            @ForAll @Size(max = 400) List<@IntRange(min = 0, max = 150) Integer> digests) {
        var fresh = new DigestTable();
        var model = new HashMap<Integer, Long>();
        for (int i = 0; i < digests.size(); i++) {
            long forgettable = i - 100;
            fresh.put(digest(digests.get(i)), i, value -> value < forgettable);
            model.put(digests.get(i), (long) i);
        }
        for (int number = 0; number <= 150; number++) {
            long expected = model.getOrDefault(number, DigestTable.NONE);
            long actual = fresh.get(digest(number));
            if (expected >= digests.size() - 100L) {
                assertThat(actual).isEqualTo(expected);
            } else {
                assertThat(actual).isIn(expected, DigestTable.NONE);
            }
        }
        assertThat(fresh.size()).isLessThanOrEqualTo(model.size());
    }

    @Test
    void whatMayBeForgottenMakesRoomForTheRest() {
        for (int i = 0; i < 100_000; i++) {
            long now = i;
            table.put(digest(i), i, value -> value < now - 100);
        }
        assertThat(table.size()).isLessThan(1_000);
        for (int i = 99_900; i < 100_000; i++) {
            assertThat(table.get(digest(i))).isEqualTo(i);
        }
        assertThat(table.get(digest(0))).isEqualTo(DigestTable.NONE);
    }

    @Test
    void whatMayNotBeForgottenStays() {
        for (int i = 0; i < 10_000; i++) {
            table.put(digest(i), i, value -> false);
        }
        for (int i = 0; i < 10_000; i++) {
            assertThat(table.get(digest(i))).isEqualTo(i);
        }
        assertThat(table.size()).isEqualTo(10_000);
    }

    @Test
    void aNegativeValueIsABug() {
        assertThatThrownBy(() -> table.put(digest(1), -1, value -> false)).isInstanceOf(IllegalArgumentException.class);
    }
}
