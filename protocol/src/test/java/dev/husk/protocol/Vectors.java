package dev.husk.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import dev.husk.protocol.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The public test vectors, in the folder that {@code -Dhusk.vectors=} names. Absent vectors fail a test, loudly. */
public final class Vectors {
    private Vectors() {}

    public static Path folder(String name) {
        var folder = Path.of(System.getProperty("husk.vectors", "../../shared/vectors"), name);
        assertThat(folder)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        return folder;
    }

    public static List<Path> files(String name, String ending) throws IOException {
        try (var files = Files.walk(folder(name))) {
            var found = files.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
            assertThat(found).isNotEmpty();
            return found;
        }
    }

    public static JsonElement json(Path file) throws Exception {
        return Json.parse(Files.readAllBytes(file), 1 << 24);
    }
}
