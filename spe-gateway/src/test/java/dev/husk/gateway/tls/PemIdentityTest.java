package dev.husk.gateway.tls;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemIdentityTest {
    @TempDir
    private Path folder;

    @Test
    void aFileWithoutACertificateIsNamed() throws IOException {
        var file = Files.writeString(folder.resolve("tls.crt"), "not a certificate");
        assertThatThrownBy(() -> PemIdentity.read(file, file))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tls.crt")
                .hasMessageNotContaining("not a certificate");
    }

    @Test
    void aMissingFileIsNamed() {
        assertThatThrownBy(() -> PemIdentity.read(folder.resolve("tls.crt"), folder.resolve("tls.key")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tls.crt");
    }
}
