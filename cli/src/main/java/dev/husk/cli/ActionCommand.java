package dev.husk.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.json.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The {@code action} commands: what {@code wsk action create} does, with the contract's name in place. */
@Command(
        name = "action",
        mixinStandardHelpOptions = true,
        description = "Deploys functions as OpenWhisk actions.",
        synopsisSubcommandLabel = "COMMAND")
final class ActionCommand {
    /** OpenWhisk refuses larger archives by default. */
    private static final long MAX_ARCHIVE = 48L << 20;

    private final Settings settings;

    @Spec
    private CommandSpec spec;

    ActionCommand(Settings settings) {
        this.settings = settings;
    }

    @Command(
            name = "deploy",
            mixinStandardHelpOptions = true,
            description = "Creates or updates an action that runs a contract's function.",
            footerHeading = "%nExample:%n",
            footer = {
                "  husk action deploy train train.jar --contract heart-risk --main dev.husk.train.TrainAction",
                "does what wsk does with",
                "  wsk action update train train.jar --kind java-husk:default --main dev.husk.train.TrainAction \\",
                "    -p contract heart-risk -p function train"
            })
    int deploy(
            @Parameters(index = "0", paramLabel = "NAME", description = "The action's name.") String name,
            @Parameters(
                            index = "1",
                            paramLabel = "JAR",
                            description = "The archive, or the .java file, that the contract names.")
                    Path archive,
            @Option(names = "--contract", paramLabel = "NAME", required = true, description = "The contract's name.")
                    String contract,
            @Option(
                            names = "--function",
                            paramLabel = "NAME",
                            description = "The contract's function; by default as the action.")
                    Optional<String> function,
            @Option(
                            names = "--kind",
                            defaultValue = "java-husk:default",
                            description = "OpenWhisk runtime kind (default ${DEFAULT-VALUE}).")
                    String kind,
            @Option(names = "--main", paramLabel = "CLASS", required = true, description = "The function's entry.")
                    String main,
            @Option(
                            names = "--timeout",
                            paramLabel = "MS",
                            defaultValue = "300000",
                            description = "Longest run (default ${DEFAULT-VALUE}).")
                    long timeout,
            @Option(
                            names = "--memory",
                            paramLabel = "MB",
                            defaultValue = "512",
                            description = "Memory (default ${DEFAULT-VALUE}).")
                    long memory,
            @Option(names = "--json", description = "Name, version and digest as JSON.") boolean json)
            throws CommandFailed, IOException {
        byte[] code = read(archive);
        var answer = WhiskClient.of(settings)
                .put(
                        name,
                        definition(
                                exec(kind, text(archive, code), main),
                                parameters(contract, function.orElse(name)),
                                limits(timeout, memory)));
        var version = answer.get("version") instanceof JsonPrimitive text ? text.getAsString() : "?";
        if (json) {
            var deployed = new JsonObject();
            deployed.addProperty("name", name);
            deployed.addProperty("version", version);
            deployed.addProperty("code", Digests.sha256(code));
            out("%s", deployed);
        } else {
            out("deployed %s, version %s, as function %s of %s", name, version, function.orElse(name), contract);
            out("code %s (the contract must name exactly this)", Digests.sha256(code));
        }
        return ExitCodes.OK;
    }

    @Command(
            name = "logs",
            mixinStandardHelpOptions = true,
            description = "Prints what the last activation of an action wrote.",
            footerHeading = "%nExample:%n",
            footer = "  husk action logs train")
    int logs(@Parameters(paramLabel = "NAME", description = "The action's name.") String name)
            throws CommandFailed, IOException {
        var whisk = WhiskClient.of(settings);
        var last = whisk.lastActivation(name)
                .orElseThrow(() -> CommandFailed.unusable("action " + name + " has not run yet"));
        whisk.logs(last).forEach(line -> out("%s", Terminal.printable(line)));
        return ExitCodes.OK;
    }

    @Command(
            name = "auth",
            mixinStandardHelpOptions = true,
            description = "Prints the OpenWhisk key, for wsk property set --auth. It is a secret.")
    int auth() throws CommandFailed, IOException {
        out("%s", settings.require("whisk_auth", "OpenWhisk key (uuid:key)"));
        return ExitCodes.OK;
    }

    private static byte[] read(Path archive) throws CommandFailed, IOException {
        try {
            long size = Files.size(archive);
            if (size == 0 || size > MAX_ARCHIVE) {
                throw CommandFailed.unusable(
                        archive + (size == 0 ? " is empty" : " is larger than 48 MiB, which OpenWhisk does not take"));
            }
            return Files.readAllBytes(archive);
        } catch (NoSuchFileException e) {
            throw CommandFailed.unusable("no file " + archive);
        }
    }

    private static JsonObject definition(JsonObject exec, JsonArray parameters, JsonObject limits) {
        var definition = new JsonObject();
        definition.add("exec", exec);
        definition.add("parameters", parameters);
        definition.add("limits", limits);
        return definition;
    }

    /** Code as OpenWhisk takes it: source as it stands, an archive in base64. */
    private static String text(Path archive, byte[] code) throws CommandFailed {
        if (!archive.toString().endsWith(".java")) {
            return Base64.getEncoder().encodeToString(code);
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(code))
                    .toString();
        } catch (CharacterCodingException e) {
            throw CommandFailed.unusable(archive + " is not in UTF-8");
        }
    }

    private static JsonObject exec(String kind, String code, String main) {
        var exec = new JsonObject();
        exec.addProperty("kind", kind);
        exec.addProperty("code", code);
        exec.addProperty("main", main);
        return exec;
    }

    private static JsonArray parameters(String contract, String function) {
        var parameters = new JsonArray();
        parameters.add(entry("contract", new JsonPrimitive(contract)));
        parameters.add(entry("function", new JsonPrimitive(function)));
        return parameters;
    }

    private static JsonObject entry(String key, JsonElement value) {
        var entry = new JsonObject();
        entry.addProperty("key", key);
        entry.add("value", value);
        return entry;
    }

    private static JsonObject limits(long timeout, long memory) {
        var limits = new JsonObject();
        limits.addProperty("timeout", timeout);
        limits.addProperty("memory", memory);
        return limits;
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
