package example;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tries to write where it is told, and says where it could, and as which user it runs. */
public final class Writes {
    private Writes() {}

    public static JsonObject main(JsonObject request) throws IOException {
        var written = new JsonArray();
        for (var path : request.getAsJsonArray("paths")) {
            try {
                Files.delete(Files.createTempFile(Path.of(path.getAsString()), "husk", ""));
                written.add(path);
            } catch (IOException e) {
                // what is asked for
            }
        }
        var answer = new JsonObject();
        Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("Uid:"))
                .forEach(line -> answer.addProperty("user", line.split("\\s+")[1]));
        answer.add("written", written);
        return answer;
    }
}
