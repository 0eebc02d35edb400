package dev.husk.protocol.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddCheckpointTest {
    private final WitnessedLog log = new WitnessedLog(20);

    private static AddCheckpoint parse(String body) throws MalformedLogException {
        return AddCheckpoint.parse(body.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theBodyIsThatOfTheSpecification() throws Exception {
        assertThat(log.request(0, 3).text())
                .isEqualTo("old 0\n\n" + log.checkpoint(3).text());
        for (int size = 0; size <= 20; size++) {
            for (int old = 0; old <= size; old++) {
                var request = log.request(old, size);
                var read = parse(request.text());
                assertThat(read.old()).isEqualTo(old);
                assertThat(read.proof()).hasSameSizeAs(request.proof());
                assertThat(read.text()).isEqualTo(request.text());
            }
        }
    }

    @Test
    void everyTruncationIsRefused() {
        var text = log.request(5, 20).text();
        for (int cut = 0; cut < text.length(); cut++) {
            var truncated = text.substring(0, cut);
            assertThatThrownBy(() -> parse(truncated)).isInstanceOf(MalformedLogException.class);
        }
    }

    @Test
    void whatDoesNotFollowTheFormatIsRefused() {
        var checkpoint = log.checkpoint(9).text();
        var hash = NoteLines.base64(new byte[32]) + "\n";
        for (var head : List.of(
                "",
                "\n",
                "old\n",
                "old \n",
                "old 01\n",
                "old -1\n",
                "old +1\n",
                "old 1 \n",
                "old  1\n",
                " old 1\n",
                "Old 1\n",
                "old 10\n",
                "old 9223372036854775808\n",
                "old 5\r\n",
                "old 5\nAAAA\n",
                "old 5\n" + hash.replace("A=", "B="),
                "old 5\n" + hash.replace("=", ""),
                "old 5\n" + hash + "x\n",
                "old 5\n" + hash.repeat(64),
                "old 5\n" + hash.repeat(4000))) {
            assertThatThrownBy(() -> parse(head + "\n" + checkpoint))
                    .as(head)
                    .isInstanceOf(MalformedLogException.class);
        }
        assertThatThrownBy(() -> parse("old 5\n" + checkpoint)).isInstanceOf(MalformedLogException.class);
        var latin = ("old 5\n\n" + checkpoint).getBytes(StandardCharsets.ISO_8859_1);
        latin[latin.length - 2] = (byte) 0xff;
        assertThatThrownBy(() -> AddCheckpoint.parse(latin)).isInstanceOf(MalformedLogException.class);
        assertThatThrownBy(() -> AddCheckpoint.parse(new byte[AddCheckpoint.MAX_BYTES + 1]))
                .isInstanceOf(MalformedLogException.class);
        assertThatThrownBy(() -> new AddCheckpoint(5, Collections.nCopies(64, new byte[32]), log.checkpoint(9)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSizeHasOneSpelling() throws Exception {
        assertThat(AddCheckpoint.size("0\n")).isZero();
        assertThat(AddCheckpoint.size("20852014\n")).isEqualTo(20852014);
        for (var bad :
                List.of("", "\n", "5", "05\n", "5\n\n", "-1\n", " 5\n", "5 \n", "0x5\n", "9223372036854775808\n")) {
            assertThatThrownBy(() -> AddCheckpoint.size(bad)).isInstanceOf(MalformedLogException.class);
        }
    }
}
