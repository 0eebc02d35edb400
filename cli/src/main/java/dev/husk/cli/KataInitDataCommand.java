package dev.husk.cli;

import com.google.gson.JsonObject;
import dev.husk.kata.InitData;
import dev.husk.kata.MalformedInitDataException;
import dev.husk.kata.Pinned;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code husk kata initdata}: the text whose digest is HOST_DATA, from what it is to pin, or one that is there. */
@Command(
        name = "initdata",
        mixinStandardHelpOptions = true,
        description = {
            "Writes the initdata of a deployment: the gateway's address, the image policy and the agent policy.",
            "Prints HOST_DATA for a contract's platform, and the pod annotation. With --from, those of a file as it is."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  husk kata initdata --image registry.example.org/husk/java-husk@sha256:... --user 10001 \\",
            "      --gateway https://gateway.example.org:8480 --ca gateway-ca.pem \\",
            "      -- /opt/java/bin/java @@/opt/husk/java.args dev.husk.runtime.Main ...",
            "      where @@ stands for one @: a word that begins with a single one is a file of arguments",
            "  husk kata initdata @pinned.args      the same, the arguments in a file",
            "  husk kata initdata --from initdata.toml --json"
        })
final class KataInitDataCommand implements Callable<Integer> {
    private static final int LARGEST = 1 << 20;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "An image that may run, with its digest: registry/repository[:tag]@sha256:... Repeatable.")
    private List<String> images = List.of();

    @Option(names = "--user", paramLabel = "UID", description = "Who it runs as, which is its only group too.")
    private Optional<Integer> user = Optional.empty();

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "A variable with its value, such as an image sets. Repeatable.")
    private List<String> environment = List.of();

    @Option(
            names = "--free-env",
            paramLabel = "NAME",
            description = "A variable whose value is the host's choice, beside those that Kubernetes and OpenWhisk set "
                    + "in every pod. Repeatable.")
    private List<String> freeNames = List.of();

    @Option(names = "--gateway", paramLabel = "URL", description = "The gateway's address, https.")
    private Optional<String> gateway = Optional.empty();

    @Option(names = "--ca", paramLabel = "FILE", description = "The authority of the gateway's certificate, PEM.")
    private Optional<Path> authority = Optional.empty();

    @Parameters(paramLabel = "COMMAND", description = "The runtime's whole command line, after --.", arity = "0..*")
    private List<String> command = List.of();

    @Option(names = "--from", paramLabel = "FILE", description = "Initdata that is there already; nothing is written.")
    private Optional<Path> from = Optional.empty();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The file to write, which must not exist yet. Default initdata.toml; with --json, none.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--json", description = "Nothing but JSON: hostData and the annotation.")
    private boolean json;

    @Override
    public Integer call() throws CommandFailed, IOException {
        var initData = from.isPresent() ? existing(from.get()) : rendered();
        var file = json ? out : Optional.of(out.orElse(Path.of("initdata.toml")));
        if (from.isEmpty() && file.isPresent()) {
            WholeFile.create(file.get(), initData.text());
        }
        print(initData, from.isEmpty() ? file : Optional.empty());
        return ExitCodes.OK;
    }

    /** Initdata that was written before, by this command or another hand. */
    static InitData read(Path file) throws CommandFailed, IOException {
        try (var in = FirmwareOptions.open(file)) {
            return InitData.parse(in.readNBytes(LARGEST + 1));
        } catch (MalformedInitDataException e) {
            throw CommandFailed.unusable(file + ": " + e.getMessage());
        }
    }

    private InitData existing(Path file) throws CommandFailed, IOException {
        if (out.isPresent()
                || !images.isEmpty()
                || !command.isEmpty()
                || user.isPresent()
                || gateway.isPresent()
                || authority.isPresent()
                || !environment.isEmpty()
                || !freeNames.isEmpty()) {
            throw CommandFailed.unusable("--from takes a file as it is: of the other options only --json goes with it");
        }
        return read(file);
    }

    private InitData rendered() throws CommandFailed, IOException {
        requireAll();
        try {
            return InitData.render(new Pinned(
                    images,
                    command,
                    user.orElseThrow(),
                    variables(),
                    names(),
                    URI.create(gateway.orElseThrow()),
                    text(authority.orElseThrow())));
        } catch (IllegalArgumentException e) {
            throw CommandFailed.unusable(String.valueOf(e.getMessage()));
        }
    }

    private void requireAll() throws CommandFailed {
        var missing = new ArrayList<String>();
        if (images.isEmpty()) {
            missing.add("--image");
        }
        if (user.isEmpty()) {
            missing.add("--user");
        }
        if (gateway.isEmpty()) {
            missing.add("--gateway");
        }
        if (authority.isEmpty()) {
            missing.add("--ca");
        }
        if (command.isEmpty()) {
            missing.add("the command after --");
        }
        if (!missing.isEmpty()) {
            throw CommandFailed.unusable(
                    "initdata pins all of a sandbox: give " + String.join(", ", missing) + "; or --from a file");
        }
    }

    private TreeMap<String, String> variables() throws CommandFailed {
        var variables = new TreeMap<String, String>();
        for (var entry : environment) {
            int end = entry.indexOf('=');
            if (end < 0) {
                throw CommandFailed.unusable("--env takes NAME=VALUE, not " + entry);
            }
            if (variables.put(entry.substring(0, end), entry.substring(end + 1)) != null) {
                throw CommandFailed.unusable("--env gives " + entry.substring(0, end) + " twice");
            }
        }
        return variables;
    }

    private Set<String> names() {
        var names = new TreeSet<>(Pinned.PLATFORM_NAMES);
        names.addAll(freeNames);
        return names;
    }

    private static String text(Path file) throws CommandFailed, IOException {
        try (var in = FirmwareOptions.open(file)) {
            byte[] bytes = in.readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw CommandFailed.unusable(file + " is larger than 1 MiB, which no certificate is");
            }
            return new String(bytes, StandardCharsets.US_ASCII);
        }
    }

    private void print(InitData initData, Optional<Path> written) {
        var hostData = HexFormat.of().formatHex(initData.hostData());
        var stdout = spec.commandLine().getOut();
        if (json) {
            var annotations = new JsonObject();
            annotations.addProperty(InitData.ANNOTATION, initData.annotation());
            var object = new JsonObject();
            object.addProperty("hostData", hostData);
            object.add("annotations", annotations);
            stdout.println(object);
            return;
        }
        written.ifPresent(file -> stdout.println("wrote " + file));
        stdout.println("HOST_DATA " + hostData);
        stdout.println(InitData.ANNOTATION + ": \"" + initData.annotation() + '"');
    }
}
