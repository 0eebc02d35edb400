package dev.husk.cli.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.WitnessKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessStateTest {
    @TempDir
    Path folder;

    private final PartySigner signer = PartySigner.generate();
    private final WitnessKey own =
            WitnessKey.of("witness.example/w1", signer.key().raw());
    private final GrowingLog log = new GrowingLog("log.example/one", 20);
    private Path file = Path.of("");

    @BeforeEach
    void create() throws Exception {
        file = folder.resolve("state.json");
        WitnessState.create(file, own);
    }

    @AfterEach
    void close() {
        signer.close();
    }

    private Checkpoint cosigned(GrowingLog of, long size) {
        return of.checkpoint(size).cosign(own.name(), signer, 1000 + size);
    }

    @Test
    void whatWasKeptIsReadAgainAndForItsOwnerAlone() throws Exception {
        var other = new GrowingLog("log.example/\u2014\"quoted\"\\", 4);
        var state = WitnessState.open(file);
        assertThat(state.key()).isEqualTo(own);
        assertThat(state.latest(log.origin()).size()).isZero();
        state.keep(cosigned(log, 3));
        state.keep(cosigned(other, 2));
        state.keep(cosigned(log, 7));
        var again = WitnessState.open(file);
        assertThat(again.all().keySet()).containsExactlyInAnyOrder(log.origin(), other.origin());
        assertThat(again.latest(log.origin()).text()).isEqualTo(cosigned(log, 7).text());
        assertThat(again.latest(other.origin()).size()).isEqualTo(2);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void everyFlippedByteAndEveryTruncationIsNoticed() throws Exception {
        WitnessState.open(file).keep(cosigned(log, 3));
        byte[] bytes = Files.readAllBytes(file);
        for (int i = 0; i < bytes.length; i++) {
            byte[] flipped = bytes.clone();
            flipped[i] ^= 1;
            Files.write(file, flipped);
            assertThatThrownBy(() -> WitnessState.open(file)).isInstanceOf(UnusableWitnessException.class);
            Files.write(file, Arrays.copyOf(bytes, i));
            assertThatThrownBy(() -> WitnessState.open(file))
                    .isInstanceOf(UnusableWitnessException.class)
                    .hasMessageContaining("damaged");
        }
        Files.write(file, bytes);
        assertThat(WitnessState.open(file).latest(log.origin()).size()).isEqualTo(3);
    }

    @Test
    void aMissingRecordIsNoEmptyOne() throws Exception {
        Files.delete(file);
        assertThatThrownBy(() -> WitnessState.open(file))
                .isInstanceOf(UnusableWitnessException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void aRecordThatWasPutBackUnderneathIsNoticedAndNotWrittenOver() throws Exception {
        var state = WitnessState.open(file);
        byte[] before = Files.readAllBytes(file);
        state.keep(cosigned(log, 3));
        Files.write(file, before);
        assertThatThrownBy(() -> state.keep(cosigned(log, 9)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("put back");
        assertThat(file).hasBinaryContent(before);
        assertThat(state.latest(log.origin()).size()).isEqualTo(3);
    }

    @Test
    void whatAStopHalfwayLeftBesideItDoesNotCount() throws Exception {
        WitnessState.open(file).keep(cosigned(log, 3));
        Files.writeString(folder.resolve("state.json.new"), "{\"dig");
        var state = WitnessState.open(file);
        assertThat(state.latest(log.origin()).size()).isEqualTo(3);
        state.keep(cosigned(log, 4));
        assertThat(WitnessState.open(file).latest(log.origin()).size()).isEqualTo(4);
    }

    @Test
    void whatCannotBeWrittenChangesNothing() throws Exception {
        var state = WitnessState.open(file);
        state.keep(cosigned(log, 3));
        Files.createDirectories(folder.resolve("state.json.new/in-the-way"));
        assertThatThrownBy(() -> state.keep(cosigned(log, 4))).isInstanceOf(IOException.class);
        assertThat(state.latest(log.origin()).size()).isEqualTo(3);
        assertThat(WitnessState.open(file).latest(log.origin()).size()).isEqualTo(3);
    }
}
