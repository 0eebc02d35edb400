package dev.husk.openwhisk;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.kata.InitData;
import dev.husk.kata.Pinned;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The files of this folder. */
final class Deployment {
    static final String INIT_DATA = "io.katacontainers.config.hypervisor.cc_init_data";

    private Deployment() {}

    static String text(String file) throws IOException {
        return Files.readString(Path.of(file));
    }

    static JsonObject json(String file) throws IOException {
        return JsonParser.parseString(text(file)).getAsJsonObject();
    }

    static Map<?, ?> yaml(String file) throws IOException {
        var settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
        return map(new Load(settings).loadFromString(text(file)));
    }

    static Map<?, ?> map(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new AssertionError("no map: " + value);
    }

    /** The value under a path of members; a number in it indexes a list. */
    static Object at(Object value, Object... path) {
        var here = value;
        for (var step : path) {
            Object next = step instanceof Integer index
                    ? ((List<?>) here).get(index)
                    : map(here).get(step);
            if (next == null) {
                throw new AssertionError("nothing at " + step + " of " + List.of(path));
            }
            here = next;
        }
        return here;
    }

    static List<JsonObject> kinds() throws IOException {
        var kinds = new ArrayList<JsonObject>();
        json("runtimes.json")
                .getAsJsonObject("runtimes")
                .entrySet()
                .forEach(family ->
                        family.getValue().getAsJsonArray().forEach(kind -> kinds.add(kind.getAsJsonObject())));
        return kinds;
    }

    /** As {@code ExecManifest.resolveImageName} puts it together. */
    static String image(JsonObject kind) {
        var image = kind.getAsJsonObject("image");
        return "%s/%s/%s:%s"
                .formatted(
                        image.get("registry").getAsString(),
                        image.get("prefix").getAsString(),
                        image.get("name").getAsString(),
                        image.get("tag").getAsString());
    }

    static List<String> command() throws IOException {
        return ((List<?>) at(yaml("action-pod.yaml"), "spec", "containers", 0, "command"))
                .stream().map(String.class::cast).toList();
    }

    /** What follows a flag on the command line. */
    static String argument(String flag) throws IOException {
        return command().get(command().indexOf(flag) + 1);
    }

    /** The initdata that the template has to carry, from the other files. */
    static InitData initData() throws IOException {
        var environment = new TreeMap<String, String>();
        for (var kind : json("image-environment.json").entrySet()) {
            kind.getValue()
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(entry ->
                            environment.put(entry.getKey(), entry.getValue().getAsString()));
        }
        return InitData.render(new Pinned(
                kinds().stream().map(Deployment::image).toList(),
                command(),
                (Integer) at(yaml("action-pod.yaml"), "spec", "securityContext", "runAsUser"),
                environment,
                Pinned.PLATFORM_NAMES,
                URI.create(argument("--gateway")),
                text("gateway-ca.pem")));
    }
}
