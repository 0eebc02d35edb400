package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PreloadTest {
    private static int loaded;

    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    /** What an engine's own method looks like. */
    public static final class Engine {
        private Engine() {}

        public static int load() {
            return ++loaded;
        }

        public static void fail() {
            throw new IllegalStateException("no such processor");
        }
    }

    private String preload(String methods) {
        Preload.run(methods, ActivationLog.to(logged, logged));
        return logged.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyNamedMethodIsCalledAlsoAfterOneThatFails() {
        int before = loaded;
        var engine = Engine.class.getName();

        var log = preload(engine + "#fail, " + engine + "#load");

        assertThat(loaded).isEqualTo(before + 1);
        assertThat(log).contains("#fail failed: java.lang.IllegalStateException: no such processor");
    }

    @Test
    void whatIsNotThereIsSaidAndNothingIsThrown() {
        assertThat(preload("no.such.Engine#load")).contains("no.such.Engine");
        assertThat(preload(Engine.class.getName())).contains("wants Class#method");
        assertThat(preload("java.lang.Object#toString")).contains("not a static method");
    }
}
