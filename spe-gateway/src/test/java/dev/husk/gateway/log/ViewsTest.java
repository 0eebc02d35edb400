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

    /** A log in which what is not durable yet can be lost. */
    private final List<Ledger.Row> log = new ArrayList<>();

    private final List<String> losses = new ArrayList<>();

    private Views viewsOverLog() {
        var views = Views.of(List.of(event -> seen.add(event.index())));
        views.onLoss(losses::add);
        return views;
    }

    private void catchUp(Views views) {
        views.catchUp(
                views.known(), log.size(), (start, end) -> log.subList((int) start, (int) Math.min(end, log.size())));
    }

    @Test
    void whatIsCommittedIsTakenInBeforeItIsDurableAndOnceItIs() {
        var views = viewsOverLog();
        for (int i = 0; i < 40; i++) {
            log.add(ROWS.get(i));
            catchUp(views);
            views.requireAt(i + 1);
            if (i % 4 == 3) {
                views.takeDurable(rows(i - 3, i + 1));
            }
        }
        assertThat(seen).isEqualTo(LongStream.range(0, 40).boxed().toList());
        assertThat(losses).isEmpty();
    }

    @Test
    void eventsThatACrashHasLostEndTheViewsThatKnowThem() {
        var views = viewsOverLog();
        log.addAll(rows(0, 5));
        catchUp(views);
        views.takeDurable(rows(0, 3));
        log.remove(4);
        assertThatThrownBy(() -> catchUp(views)).hasMessageContaining("lost events that nobody was told of");
        log.add(ROWS.get(4));
        assertThatThrownBy(() -> catchUp(views)).as("ever after").hasMessageContaining("lost events");
        assertThatThrownBy(() -> views.takeDurable(rows(3, 5))).hasMessageContaining("lost events");
        assertThat(losses).as("told once").hasSize(1);
    }

    @Test
    void othersInThePlaceOfLostEventsAreNoticedBeforeAnythingIsDecided() {
        var views = viewsOverLog();
        log.addAll(rows(0, 5));
        catchUp(views);
        views.takeDurable(rows(0, 4));
        // The same places, as another replica filled them after the crash.
        var others = Events.chain("heart", 8);
        log.set(4, others.get(4));
        log.addAll(others.subList(5, 8));
        assertThatThrownBy(() -> catchUp(views)).hasMessageContaining("lost events");
        assertThat(seen).hasSize(5);
        assertThat(losses).hasSize(1);
    }

    @Test
    void anEventThatIsDurableInThePlaceOfAnotherIsNoticed() {
        var views = viewsOverLog();
        log.addAll(rows(0, 2));
        catchUp(views);
        assertThatThrownBy(() -> views.takeDurable(Events.chain("heart", 2))).hasMessageContaining("lost events");
        assertThat(losses).hasSize(1);
    }

    @Test
    void whatAReaderBringsFromBeforeACrashEndsTheDecisionThatMayHaveSeenIt() {
        var views = viewsOverLog();
        log.addAll(rows(0, 3));
        catchUp(views);
        views.requireAt(3);
        views.take(rows(3, 5));
        assertThatThrownBy(() -> views.requireAt(3)).hasMessageContaining("lost events");
        assertThat(losses).hasSize(1);
    }

    @Test
    void aLogThatHasLostWhatWasDurableIsNotTakenForACrash() {
        var views = viewsOverLog();
        log.addAll(rows(0, 5));
        catchUp(views);
        views.takeDurable(rows(0, 5));
        log.remove(4);
        assertThatThrownBy(() -> catchUp(views)).hasMessageContaining("under a running gateway: it has 4 of 5");
        assertThat(losses).isEmpty();
    }

    @Test
    void durableEntriesThatComeAgainAreTakenInOnce() {
        var views = viewsOverLog();
        views.takeDurable(rows(0, 3));
        views.takeDurable(rows(1, 4));
        views.requireDurable(4);
        assertThat(seen).containsExactly(0L, 1L, 2L, 3L);
        assertThat(losses).isEmpty();
    }

    @Test
    void durableEntriesComeWithoutAGap() {
        var views = viewsOverLog();
        views.takeDurable(rows(0, 3));
        views.take(rows(3, 5));
        assertThatThrownBy(() -> views.takeDurable(rows(4, 5))).hasMessageContaining("has no entry 3");
    }

    @Test
    void aRoundThatDoesNotFindWhatWasTakenInBeforeItHasFoundALoss() {
        var views = viewsOverLog();
        views.takeDurable(rows(0, 3));
        views.requireDurable(3);
        views.take(rows(3, 5));
        assertThatThrownBy(() -> views.requireDurable(5)).hasMessageContaining("lost events");
        assertThat(losses).hasSize(1);
    }
}
