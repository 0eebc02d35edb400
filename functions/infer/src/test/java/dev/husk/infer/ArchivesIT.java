package dev.husk.infer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** What stands in the archives that a contract names by digest. */
class ArchivesIT {
    private static List<String> classes(String property) throws IOException {
        try (var jar = new JarFile(System.getProperty(property))) {
            return jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> !name.endsWith("/"))
                    .toList();
        }
    }

    @Test
    void infersArchiveHoldsItsOwnClassesAndNoOthers() throws Exception {
        assertThat(classes("husk.infer.archive"))
                .contains("dev/husk/infer/InferAction.class")
                .allMatch(name -> name.startsWith("dev/husk/infer/") || name.equals("META-INF/MANIFEST.MF"));
    }

    @Test
    void thePeekingFunctionHasAnArchiveOfItsOwn() throws Exception {
        assertThat(classes("husk.peek.archive"))
                .containsExactlyInAnyOrder(
                        "META-INF/MANIFEST.MF", "dev/husk/peek/PeekAction.class", "dev/husk/peek/package-info.class");
    }
}
