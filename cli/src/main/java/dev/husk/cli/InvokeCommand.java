package dev.husk.cli;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.cli.terminal.ProgressBar;
import dev.husk.cli.terminal.Terminal;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code husk invoke}: calls a function of a contract, signed by the caller and sealed to the function. */
@Command(
        name = "invoke",
        mixinStandardHelpOptions = true,
        description = {
            "Calls a function of a contract through OpenWhisk, signed by the calling party.",
            "Request and answer are sealed: OpenWhisk sees neither. The gateway is verified first."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  husk invoke train --contract heart-risk --as algo-lab -p epochs=60",
            "  husk invoke infer --contract heart-risk --as hospital-a -P rows.json --json",
            "  husk invoke train --contract heart-risk --as algo-lab -p epochs=60 --plain"
        })
final class InvokeCommand implements Callable<Integer> {
    private static final int SHOWN = 64;

    private final Settings settings;
    private final PartyApi api;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FUNCTION", description = "The function's name in the contract.")
    private String function;

    @Option(names = "--contract", paramLabel = "NAME", required = true, description = "The contract's name.")
    private String contract;

    @Option(names = "--as", paramLabel = "PARTY", required = true, description = "Who calls.")
    private String party;

    @Option(
            names = {"-p", "--param"},
            paramLabel = "NAME=VALUE",
            description = "A parameter; the value is JSON, or else text.")
    private List<String> parameters = List.of();

    @Option(
            names = {"-P", "--param-file"},
            paramLabel = "FILE",
            description = "Parameters from a JSON object; -p wins.")
    private Optional<Path> file = Optional.empty();

    @Option(names = "--action", paramLabel = "NAME", description = "The OpenWhisk action; by default as the function.")
    private Optional<String> action = Optional.empty();

    @Option(names = "--plain", description = "In the clear: OpenWhisk reads and keeps the request and its answer.")
    private boolean plain;

    @Option(names = "--show", description = "Says on standard error what OpenWhisk saw of request and answer.")
    private boolean show;

    @Option(names = "--no-wait", description = "Prints the activation's id and does not wait.")
    private boolean noWait;

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "600",
            description = "How long to wait for the end (default ${DEFAULT-VALUE}).")
    private long wait = 600;

    @Option(names = "--json", description = "The result as one line of JSON.")
    private boolean json;

    @Mixin
    private Passphrase passphrase;

    InvokeCommand(Settings settings) {
        this.settings = settings;
        this.api = new PartyApi(settings);
    }

    @Override
    public Integer call() throws CommandFailed, IOException {
        var own = CallParameters.of(parameters, file);
        var whisk = WhiskClient.of(settings);
        var name = action.orElse(function);
        try (var call = plain ? plain(own) : sealed(own)) {
            if (noWait) {
                return leave(whisk.invoke(name, call.parameters(), false).activationId(), call);
            }
            var terminal = Terminal.of(settings.environment());
            var ended = run(whisk, name, call, terminal, terminal.isRich() && !json);
            if (show) {
                show("took", call.parameters());
                show("gave back", ended.seen());
            }
            ended.print(spec.commandLine().getOut(), function, json);
            return ExitCodes.OK;
        }
    }

    private Call plain(JsonObject own) throws CommandFailed, IOException {
        var parameters = own.deepCopy();
        parameters.addProperty("invocation", statement(own));
        return new Call.Plain(parameters);
    }

    private Call sealed(JsonObject own) throws CommandFailed, IOException {
        var statement = statement(own);
        var gateway = new GatewayVerification(settings, api.gateway()).require();
        var key = InvocationKey.fetch(api, gateway, api.contract(contract, party), function, party);
        return SealedCall.of(settings, key, statement);
    }

    private int leave(String activationId, Call call) throws IOException {
        var later = call.leave(activationId);
        out(json ? "{\"activationId\":\"%s\"}" : "started activation %s; its answer: %s", activationId, later);
        return ExitCodes.OK;
    }

    private void show(String what, JsonElement json) {
        var text = json.toString();
        spec.commandLine()
                .getErr()
                .printf(
                        "OpenWhisk %-9s  %s  (%,d characters)%n",
                        what,
                        Terminal.printable(text.length() <= SHOWN ? text : text.substring(0, SHOWN) + ".."),
                        text.length());
    }

    private Invocation.Ended run(WhiskClient whisk, String name, Call call, Terminal terminal, boolean watched)
            throws CommandFailed, IOException {
        try (var bar = watched ? ProgressBar.on(spec.commandLine().getErr(), terminal, name) : ProgressBar.silent()) {
            return new Invocation(whisk, Duration.ofSeconds(wait)).run(name, call, bar, watched);
        }
    }

    /** What the caller signs: exactly these parameters, once. */
    private String statement(JsonObject call) throws CommandFailed, IOException {
        var payload = new JsonObject();
        payload.addProperty("action", "invoke");
        payload.addProperty("contract", contract);
        payload.addProperty("function", function);
        payload.addProperty("nonce", Base64Url.random(16));
        payload.add("parameters", call.deepCopy());
        payload.addProperty("party", party);
        payload.addProperty("time", api.time());
        try (var signer = api.signer(party, passphrase)) {
            return SignedStatement.sign(signer, payload);
        }
    }

    private void out(String format, Object... values) {
        spec.commandLine().getOut().printf(format + "%n", values);
    }
}
