package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final List<String> closed = new ArrayList<>();

    @Test
    void theLastStartedStopsFirstAndOnce() throws Exception {
        var parts = new Parts();
        parts.add(() -> closed.add("first"));
        parts.add(() -> closed.add("second"));
        parts.close();
        parts.close();
        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void whatStartsDuringTheStopIsStoppedToo() {
        var parts = new Parts();
        parts.close();
        assertThatThrownBy(() -> parts.add(() -> closed.add("late")))
                .isInstanceOf(StartFailedException.class)
                .hasMessage("stopped while starting");
        assertThat(closed).containsExactly("late");
    }

    @Test
    void aFailedStartBesidesAnotherStopsThatToo() throws Exception {
        try (var side = new SideBySide()) {
            var failing = side.run(() -> {
                throw new IOException("no disk");
            });
            side.run(() -> {
                try {
                    Thread.currentThread().join();
                } catch (InterruptedException e) {
                    closed.add("interrupted");
                }
                return "";
            });
            assertThatThrownBy(() -> SideBySide.result(failing)).hasMessage("no disk");
        }
        assertThat(closed).containsExactly("interrupted");
    }
}
