package dev.husk.gateway.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateKeyTest {
    private static final byte[] SECRET = "a data key".getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path folder;

    @Test
    void whatWasSealedOpensUnderItsOwnRowAndNoOther() {
        var key = new StateKey(folder.resolve("state.key"));
        byte[] sealed = key.seal("data_key/heart-risk/anna-2025", SECRET);
        assertThat(key.open("data_key/heart-risk/anna-2025", sealed)).isEqualTo(SECRET);
        assertThatThrownBy(() -> key.open("data_key/heart-risk/berta-2025", sealed))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("berta-2025 was changed");
    }

    @Test
    void everyFlippedByteAndEveryTruncationIsNoticed() {
        var key = new StateKey(folder.resolve("state.key"));
        byte[] sealed = key.seal("row", SECRET);
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> key.open("row", changed)).isInstanceOf(IllegalStateException.class);
            byte[] cut = java.util.Arrays.copyOf(sealed, i);
            assertThatThrownBy(() -> key.open("row", cut)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void theFileIsMadeOnceReadableByItsOwnerAloneAndReadAgain() throws Exception {
        var file = folder.resolve("sub").resolve("state.key");
        byte[] sealed = new StateKey(file).seal("row", SECRET);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(new StateKey(file).open("row", sealed)).isEqualTo(SECRET);
    }

    @Test
    void aFileOfAnotherSizeStopsTheStart() throws Exception {
        var file = Files.write(folder.resolve("state.key"), new byte[31]);
        assertThatThrownBy(() -> new StateKey(file)).hasMessageContaining("does not hold 32 bytes");
    }
}
