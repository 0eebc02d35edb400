package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {
    @TempDir
    Path folder;

    @Test
    void aFolderInUseNamesItsProcess() throws Exception {
        try (var first = StateFolder.open(folder)) {
            assertThatThrownBy(() -> StateFolder.open(
                                    first.path().resolve("../" + first.path().getFileName()))
                            .close())
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining(first.path().toString());
        }
        StateFolder.open(folder).close();
    }

    @Test
    void aSecretIsMadeOnceAndReadByItsOwnerAlone() throws Exception {
        String secret;
        try (var state = StateFolder.open(folder.resolve("new/state"))) {
            secret = state.secret("password");
            assertThat(secret).matches("[A-Za-z0-9_-]{32}").isEqualTo(state.secret("password"));
            assertThat(secret).isNotEqualTo(state.secret("other"));
            assertThat(Files.getPosixFilePermissions(state.path()))
                    .isEqualTo(PosixFilePermissions.fromString("rwx------"));
            assertThat(Files.getPosixFilePermissions(state.path().resolve("password")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
        try (var state = StateFolder.open(folder.resolve("new/state"))) {
            assertThat(state.secret("password")).isEqualTo(secret);
        }
    }

    @Test
    void aFolderIsErasedUnlessAPlatformUsesIt() throws Exception {
        try (var state = StateFolder.open(folder.resolve("state"))) {
            Files.writeString(state.folder("s3").resolve("object"), "x");
            assertThatThrownBy(() -> StateFolder.erase(folder.resolve("state")))
                    .isInstanceOf(StartFailedException.class);
            assertThat(state.path().resolve("s3/object")).exists();
        }
        StateFolder.erase(folder.resolve("state"));
        assertThat(folder.resolve("state")).isDirectoryContaining("glob:**/lock");
        assertThat(folder.resolve("state/s3")).doesNotExist();
        StateFolder.erase(folder.resolve("none"));
        assertThat(folder.resolve("none")).doesNotExist();
    }
}
