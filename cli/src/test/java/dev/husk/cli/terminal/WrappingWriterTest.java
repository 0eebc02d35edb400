package dev.husk.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** What fits into a terminal's width, and what is left as it is. */
class WrappingWriterTest {
    private final StringWriter text = new StringWriter();
    private final PrintWriter out = new PrintWriter(new WrappingWriter(text, 40));

    private String shown(String line) {
        out.print(line + "\n");
        out.flush();
        return text.toString();
    }

    @Test
    void aLongLineGoesOnUnderItself() {
        assertThat(shown("    hospital-a reads anna-2025 and writes risk-model for everybody"))
                .isEqualTo("""
                            hospital-a reads anna-2025 and
                              writes risk-model for everybody
                        """);
    }

    @Test
    void aShortLineAndOneWithoutSpacesStay() {
        assertThat(shown("  short enough")).isEqualTo("  short enough\n");
        text.getBuffer().setLength(0);
        assertThat(shown("sha256:" + "0".repeat(64))).isEqualTo("sha256:" + "0".repeat(64) + "\n");
    }

    @Test
    void aWordLongerThanTheTerminalStandsAlone() {
        assertThat(shown("  code sha256:" + "0".repeat(64) + " of the lab"))
                .isEqualTo("  code\n    sha256:" + "0".repeat(64) + "\n    of the lab\n");
    }

    @Test
    void coloursTakeNoRoom() {
        var red = "\u001b[31m" + "a".repeat(38) + "\u001b[0m";
        assertThat(shown(red)).isEqualTo(red + "\n");
    }

    @Test
    void aCommandCanStillBeCopied() {
        assertThat(shown("    $ husk data put anna-2025 anna2.csv --as hospital-a"))
                .isEqualTo("""
                            $ husk data put anna-2025 \\
                              anna2.csv --as hospital-a
                        """);
    }

    @Test
    void jsonAndWhatFollowsAFlushStay() {
        var json = "{\"error\":\"one two three four five six seven eight nine\"}";
        assertThat(shown(json)).isEqualTo(json + "\n");
        text.getBuffer().setLength(0);
        out.print("Sign? ");
        out.flush();
        assertThat(text).hasToString("Sign? ");
        assertThat(shown("one two three four five six seven eight nine"))
                .isEqualTo("Sign? one two three four five six seven eight nine\n");
        text.getBuffer().setLength(0);
        assertThat(shown("one two three four five six seven eight nine")).contains("\n  ");
    }
}
