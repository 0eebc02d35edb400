package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.actions.Functions;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.run.RunStatement;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.SealedAnswer;
import dev.husk.protocol.seal.SealedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sealed requests: what the platform sees of them, which is what it must not learn anything from. */
@Timeout(300)
class SealedFlowTest {
    private static final String SECRET = "anna-has-measles";

    @TempDir
    private Path folder;

    private FakeGateway gateway;
    private TestRuntime runtime;

    @BeforeEach
    void start() throws IOException {
        gateway = FakeGateway.start();
        runtime = TestRuntime.of(gateway, folder);
    }

    @AfterEach
    void stop() {
        runtime.close();
        gateway.close();
    }

    private SealedRequest request() throws EnvelopeException {
        var parameters = new JsonObject();
        parameters.addProperty("note", SECRET);
        return gateway.sealed(parameters);
    }

    private TestRuntime.Reply run(SealedRequest request) {
        return run(request.envelope());
    }

    private TestRuntime.Reply run(String envelope) {
        var value = new JsonObject();
        value.addProperty("contract", FakeGateway.CONTRACT);
        value.addProperty("function", FakeGateway.FUNCTION);
        value.addProperty("sealed", envelope);
        return runtime.run(value);
    }

    private static JsonObject open(SealedRequest request, JsonObject holder) throws EnvelopeException {
        assertThat(holder.keySet()).containsExactly("sealed");
        byte[] answer = SealedAnswer.open(
                request.answerKey(),
                FakeGateway.CONTRACT,
                FakeGateway.FUNCTION,
                holder.get("sealed").getAsString());
        return JsonParser.parseString(new String(answer, StandardCharsets.UTF_8))
                .getAsJsonObject();
    }

    @Test
    void theCallerAloneReadsTheAnswerToItsSealedRequest() throws Exception {
        runtime.init(Functions.Echo.class);
        try (var request = request()) {
            var reply = run(request);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text() + runtime.log()).doesNotContain(SECRET).doesNotContain("note");
            assertThat(open(request, reply.json()).toString()).isEqualTo("{\"note\":\"" + SECRET + "\"}");
        }
    }

    @Test
    void theRunStatementSaysTheNamesOfTheParametersAndNoValue() throws Exception {
        runtime.init(Functions.Echo.class);
        try (var request = request()) {
            run(request);
        }

        assertThat(gateway.stated().parameters())
                .isEqualTo(new RunStatement.Parameters(List.of("note"), Optional.empty()));
        assertThat(gateway.stated().json().toString()).doesNotContain(SECRET);
        assertThat(gateway.said("release").getAsJsonObject("parameters").keySet())
                .isEmpty();
    }

    @Test
    void whatStandsBesideTheEnvelopeDoesNotCount() throws Exception {
        runtime.init(Functions.Echo.class);
        try (var request = request()) {
            var value = new JsonObject();
            value.addProperty("contract", FakeGateway.CONTRACT);
            value.addProperty("function", FakeGateway.FUNCTION);
            value.addProperty("sealed", request.envelope());
            value.addProperty("note", "the operator's");
            value.addProperty("epochs", 9);

            assertThat(open(request, runtime.run(value).json()).toString()).isEqualTo("{\"note\":\"" + SECRET + "\"}");
            value.addProperty("invocation", "a.b.c");
            assertThat(runtime.run(value).error()).contains("either sealed or signed in the clear");
            value.remove("invocation");
            value.addProperty("sealed", 5);
            assertThat(runtime.run(value).error()).contains("needs the parameter sealed as text");
        }
    }

    @Test
    void anErrorOfTheFunctionIsSealedAsWell() throws Exception {
        gateway.writeKeys.put("risk-model", new byte[32]);
        runtime.init(Functions.Doubtful.class);
        try (var request = request()) {
            var reply = run(request);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text() + runtime.log()).doesNotContain("converge");
            assertThat(open(request, reply.json()).get("error").getAsString()).isEqualTo("did not converge");
        }
    }

    @Test
    void aFunctionThatThrowsCostsTheContainerAndTheReasonIsSealed() throws Exception {
        runtime.init(Functions.Confused.class);
        try (var request = request()) {
            var reply = run(request);

            assertThat(reply.status()).isEqualTo(502);
            assertThat(reply.text() + runtime.log()).doesNotContain(SECRET);
            assertThat(runtime.log())
                    .contains("DatasetNotGrantedException (the sealed answer says more)")
                    .contains("Functions$Confused.main");
            assertThat(open(request, reply.json().getAsJsonObject("error"))
                            .get("error")
                            .getAsString())
                    .contains("DatasetNotGrantedException")
                    .contains(SECRET);
        }
    }

    @Test
    void aRefusalStaysInTheClear() throws Exception {
        runtime.init(Functions.Echo.class);
        gateway.refuseRelease = "BUDGET_SPENT";
        try (var request = request()) {
            assertThat(run(request).error()).isEqualTo("refused: BUDGET_SPENT: as the test wants it");
        }
    }

    @Test
    void anEnvelopeThatWasChangedIsRefused() throws Exception {
        runtime.init(Functions.Echo.class);
        try (var request = request()) {
            byte[] changed = Base64Url.decode(request.envelope());
            changed[40] ^= 1;

            assertThat(run(Base64Url.encode(changed)).error()).contains("refused: SEALED_UNREADABLE");
            assertThat(run("not an envelope").error()).contains("refused: SEALED_UNREADABLE");
        }
    }

    @Test
    void withoutAKeyForTheAnswerNothingRuns() throws Exception {
        gateway.otherAnswerKey = Optional.of(Optional.empty());
        runtime.init(Functions.Echo.class);
        try (var request = request()) {
            assertThat(run(request).error())
                    .isEqualTo("the release is not proven: it has no key to seal the answer with");
        }
        assertThat(gateway.calls).doesNotContain("run");
    }

    @Test
    void anAnswerKeyThatNobodyAskedForIsNotUsed() {
        gateway.otherAnswerKey = Optional.of(Optional.of(AnswerKey.of(new byte[32])));
        runtime.init(Functions.Echo.class);

        assertThat(runtime.run().error())
                .isEqualTo("the release is not proven: it has a key for an answer that nobody asked to seal");
    }

    @Test
    void aReleaseWhoseLoggedEventTellsTheValuesIsNotUsed() throws Exception {
        gateway.event = event -> {
            var told = new JsonObject();
            told.addProperty("note", SECRET);
            event.add("parameters", told);
            return event;
        };
        runtime.init(Functions.Echo.class);
        try (var request = request()) {
            assertThat(run(request).error()).isEqualTo("the release is not proven: the logged parameters are others");
        }
    }

    @Test
    void theAnswerUnderAnotherRequestsKeyDoesNotOpen() throws Exception {
        gateway.otherAnswerKey = Optional.of(Optional.of(AnswerKey.of(new byte[32])));
        runtime.init(Functions.Echo.class);
        try (var request = request()) {
            var reply = run(request);

            assertThatThrownBy(() -> open(request, reply.json())).isInstanceOf(EnvelopeException.class);
        }
    }
}
