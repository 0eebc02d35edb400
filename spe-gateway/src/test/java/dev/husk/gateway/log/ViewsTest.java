package dev.husk.gateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Each view gets each committed event once and in order, whoever reads which part of the log when. */
class ViewsTest {
    private final List<Long> seen = Collections.synchronizedList(new ArrayList<>());

    private static final List<Ledger.Row> ROWS = Events.chain("heart", 300);

    private static List<Ledger.Row> rows(long start, long end) {
        return ROWS.subList((int) start, (int) end);
    }

    @Property(tries = 100)
    void pagesThatOverlapAreTakenInOnce(@ForAll long seed) {
        var order = new ArrayList<Long>();
        var views = Views.of(List.of(event -> order.add(event.index())));
        var random = new Random(seed);
        long end = 0;
        for (int i = 0; i < 20; i++) {
            long from = end - random.nextInt((int) Math.min(end, 5) + 1);
            long to = from + random.nextInt(8);
            views.take(rows(from, to));
            end = Math.max(end, to);
        }
        assertThat(order).isEqualTo(LongStream.range(0, end).boxed().toList());
    }

    @Test
    void manyThreadsTakeInTheSameEventsOnceAndInOrder() throws Exception {
        var views = Views.of(List.of(event -> seen.add(event.index())));
        var pool = Executors.newFixedThreadPool(8);
        try {
            var readers = IntStream.range(0, 8)
                    .<Callable<Void>>mapToObj(reader -> () -> {
                        for (int i = 0; i < 200; i++) {
                            views.take(rows(0, i + 1));
                        }
                        return null;
                    })
                    .toList();
            for (var reader : pool.invokeAll(readers)) {
                reader.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(seen).isEqualTo(LongStream.range(0, 200).boxed().toList());
    }

    @Test
    void aGapIsFoundAndTakesNothingIn() {
        var views = Views.of(List.of(event -> seen.add(event.index())));
        views.take(rows(0, 3));
        assertThatThrownBy(() -> views.take(rows(4, 6))).hasMessageContaining("has no entry 3");
        assertThat(seen).containsExactly(0L, 1L, 2L);
        views.take(rows(3, 5));
        assertThat(seen).hasSize(5);
    }

    @Test
    void afterAnEventThatAViewCannotFollowNothingIsReadAnyMore() {
        var views = Views.of(List.of(event -> seen.add(event.index()), event -> {
            if (event.index() == 1) {
                throw event.unreadable("has no text signed");
            }
        }));
        assertThatThrownBy(() -> views.take(rows(0, 3)))
                .hasMessageContaining("entry 1 of the log (event-1 in heart) has no text signed")
                .hasMessageContaining("another version");
        // The first view has seen it, so to go on would count it twice.
        assertThatThrownBy(() -> views.take(rows(1, 3))).hasMessageContaining("entry 1 of the log");
        assertThat(seen).containsExactly(0L, 1L);
    }

    @Test
    void aViewThatFailsForAnotherReasonStopsEverythingToo() {
        var views = Views.of(List.of(event -> {
            throw new ArrayIndexOutOfBoundsException(7);
        }));
        assertThatThrownBy(() -> views.take(rows(0, 1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("entry 0 of the log cannot be read");
        assertThatThrownBy(() -> views.take(List.of())).isInstanceOf(IllegalStateException.class);
    }
}
