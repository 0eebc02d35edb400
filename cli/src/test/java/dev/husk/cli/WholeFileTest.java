package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
    @TempDir
    Path folder;

    @Test
    void aNewFileNeverReplacesOneAndLeavesNothingBeside() throws Exception {
        var file = folder.resolve("keys/anna");
        WholeFile.create(file, "first");
        assertThatThrownBy(() -> WholeFile.create(file, "second")).isInstanceOf(FileAlreadyExistsException.class);
        WholeFile.replace(file, "third");

        assertThat(file).content().isEqualTo("third");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whatCannotBeWrittenIsNamedAndLeavesNothing() throws Exception {
        var taken = Files.createDirectory(folder.resolve("taken"));
        Files.createDirectory(taken.resolve("inside"));
        assertThatThrownBy(() -> WholeFile.replace(taken, "x")).hasMessageContaining(taken.toString());
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(taken);
        }
    }
}
