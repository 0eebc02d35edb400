package dev.husk.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a person's terminal gets and a pipe does not. */
class TerminalTest {
    private static final Terminal RICH = Terminal.of(Map.of(), true);

    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(text);
    private long now;

    @Test
    void coloursAreForTerminalsWithoutNoColor() {
        assertThat(RICH.red("x")).isEqualTo("\u001b[31mx\u001b[0m");
        assertThat(Terminal.of(Map.of(), false).red("x")).isEqualTo("x");
        assertThat(Terminal.of(Map.of("NO_COLOR", "1"), true).green("x")).isEqualTo("x");
        assertThat(Terminal.of(Map.of("NO_COLOR", ""), true).isRich()).isTrue();
        assertThat(Terminal.of(Map.of("TERM", "dumb"), true).bold("x")).isEqualTo("x");
        assertThat(Terminal.plain().yellow("x")).isEqualTo("x");
    }

    @Test
    void whatCouldSteerATerminalIsTakenOut() {
        assertThat(Terminal.printable("a\u001b[2J\r\nb\u202ec")).isEqualTo("a.[2J..b.c");
        assertThat(Terminal.printable("Zürich 日本 \ud83d\ude00")).isEqualTo("Zürich 日本 \ud83d\ude00");
    }

    @Test
    void aBarStaysInItsLineAndIsTakenAwayAtTheEnd() {
        try (var bar = ProgressBar.on(out, RICH, "upload", () -> now)) {
            bar.update(0.5, "1 MiB/s");
            bar.update(0.6, "too soon to be drawn");
            now += Duration.ofSeconds(1).toNanos();
            bar.update(1.5, "");
        }
        assertThat(text.toString())
                .contains("\rupload [" + "#".repeat(15) + "-".repeat(15) + "]  50% 1 MiB/s")
                .contains("\rupload [" + "#".repeat(30) + "] 100%")
                .doesNotContain("too soon", "\n")
                .endsWith("\r");
    }

    @Test
    void aBarIsNeverWiderThanTheTerminal() {
        try (var bar = ProgressBar.on(out, RICH, "train", () -> now)) {
            bar.update(0.5, "epoch 44 of 200 ".repeat(9));
            assertThat(text.toString().strip()).hasSize(79);
        }
    }

    @Test
    void aPipeGetsAPlainLineNowAndThen() {
        try (var bar = ProgressBar.on(out, Terminal.plain(), "upload", () -> now)) {
            bar.update(0.1, "");
            now += Duration.ofSeconds(6).toNanos();
            bar.update(0.25, "1 MiB/s");
        }
        assertThat(text.toString()).isEqualTo("upload: 25% 1 MiB/s" + System.lineSeparator());
    }

    @Test
    void aScriptGetsNothing() {
        try (var bar = ProgressBar.silent()) {
            bar.update(Double.NaN, "x");
        }
        assertThat(text.toString()).isEmpty();
    }

    @Test
    void figuresAreShortAndHaveUnits() {
        assertThat(Figures.bytes(0)).isEqualTo("0 B");
        assertThat(Figures.bytes(1023)).isEqualTo("1023 B");
        assertThat(Figures.bytes(1536)).isEqualTo("1.5 KiB");
        assertThat(Figures.bytes(5L << 40)).isEqualTo("5.0 TiB");
        assertThat(Figures.rate(1 << 20, Duration.ofMillis(500))).isEqualTo("2.0 MiB/s");
        assertThat(Figures.rate(10, Duration.ZERO)).isEqualTo("9.8 KiB/s");
        assertThat(Figures.seconds(Duration.ofMillis(1250))).isEqualTo("1.3 s");
    }
}
