package dev.husk.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code husk answer}: the sealed answer to a call that was not waited for. */
@Command(
        name = "answer",
        mixinStandardHelpOptions = true,
        description = {
            "Opens the sealed answer to a call that was not waited for.",
            "It works once, on the machine that made the call: the key is deleted with the reading."
        },
        footerHeading = "%nExample:%n",
        footer = "  husk answer 0123456789abcdef0123456789abcdef")
final class AnswerCommand implements Callable<Integer> {
    private final Settings settings;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "ACTIVATION", description = "What husk invoke --no-wait printed.")
    private String activation;

    @Option(names = "--json", description = "The result as one line of JSON.")
    private boolean json;

    AnswerCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws CommandFailed, IOException {
        if (!activation.matches("[0-9a-f]{32}")) {
            throw CommandFailed.unusable("an activation has 32 hex digits");
        }
        var left = SealedCall.left(settings, activation)
                .orElseThrow(() -> CommandFailed.unusable("this machine holds no key for the answer of activation "
                        + activation + ": it was read before, or the call was made elsewhere or in the clear"));
        try (var call = left) {
            var ended = WhiskClient.of(settings)
                    .activation(activation)
                    .orElseThrow(() -> CommandFailed.unreachable("activation " + activation + " has not ended yet"));
            var answer = Invocation.ended(activation, ended, call);
            call.forget(activation);
            answer.print(spec.commandLine().getOut(), call.function(), json);
            return ExitCodes.OK;
        }
    }
}
