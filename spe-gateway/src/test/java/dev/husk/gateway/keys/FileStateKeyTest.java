package dev.husk.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStateKeyTest {
    @TempDir
    Path folder;

    @Test
    void theFileIsReadableByItsOwnerAloneAndReadAgain() throws Exception {
        var file = folder.resolve("sub").resolve("state.key");
        var source = new FileStateKey(file);
        assertThat(source.obtain()).isEmpty();
        byte[] key = StateKey.generate();
        source.keep(key);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(new FileStateKey(file).obtain().orElseThrow()).isEqualTo(key);
    }

    @Test
    void aFileOfAnotherSizeStopsTheStart() throws Exception {
        var file = Files.write(folder.resolve("state.key"), new byte[31]);
        assertThatThrownBy(() -> new FileStateKey(file).obtain())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not hold 32 bytes");
    }

    @Test
    void itIsLoudAboutWhatItIs() {
        assertThat(new FileStateKey(folder.resolve("state.key")).warning().orElseThrow())
                .contains("UNPROTECTED");
    }
}
