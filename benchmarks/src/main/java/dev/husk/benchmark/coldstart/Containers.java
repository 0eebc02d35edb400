package dev.husk.benchmark.coldstart;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Runtimes as containers of the image, on the host's network, each start one {@code docker run}. The baseline runs on
 * the image's Java, its jar mounted.
 */
final class Containers implements Starter {
    private static final String JAVA = "/opt/java/bin/java";

    private final Path folder;
    private final String image;
    private final Path stock;
    private int started;

    Containers(Path folder, String image, Path gson) throws IOException {
        this.folder = folder;
        this.image = image;
        this.stock = folder.resolve("stock.jar");
        Jars.stock(stock, gson);
    }

    @Override
    public Started start(Subject subject, List<String> arguments) throws IOException {
        var name = "husk-cold-start-" + ProcessHandle.current().pid() + "-" + ++started;
        var command = new ArrayList<>(List.of("docker", "run", "--rm", "--name", name, "--network", "host"));
        if (subject.program == Subject.Program.STOCK) {
            command.addAll(List.of("-v", stock + ":/stock.jar:ro", "--entrypoint", JAVA, image));
            command.addAll(List.of("-Dfile.encoding=UTF-8", "-Dsun.net.httpserver.nodelay=true"));
            command.addAll(List.of("-jar", "/stock.jar"));
        } else {
            command.addAll(List.of("--entrypoint", JAVA, image, "@/opt/husk/java.args", "dev.husk.runtime.Main"));
        }
        command.addAll(arguments);
        return new Container(OwnProcess.start(command, engine(), folder));
    }

    /** Which Docker engine the client talks to, where the environment names one. */
    private static Map<String, String> engine() {
        var named = new HashMap<>(System.getenv());
        named.keySet().removeIf(name -> !name.startsWith("DOCKER_"));
        return named;
    }

    /** The client's processor time says nothing about the container's; {@code docker run} passes signals on. */
    private record Container(OwnProcess client) implements Started {
        @Override
        public boolean alive() {
            return client.alive();
        }

        @Override
        public String printed() {
            return client.printed();
        }

        @Override
        public OptionalDouble cpuSeconds() {
            return OptionalDouble.empty();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    @Override
    public String describe() {
        return "containers of " + image;
    }
}
