package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.actions.Functions;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.log.WitnessKey;
import dev.husk.protocol.run.RunStatement;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The confidential flow against a gateway that keeps to the rules, and against one that does not. */
@Timeout(300)
class ConfidentialFlowTest {
    private static final String DATA = "age,pressure\n61,140\n";

    @TempDir
    private Path folder;

    private FakeGateway gateway;
    private TestRuntime runtime;

    @BeforeEach
    void start() throws IOException {
        System.clearProperty("husk.test.loaded");
        gateway = FakeGateway.start();
        gateway.readKeys.put("anna-2025", new byte[32]);
        gateway.writeKeys.put("risk-model", new byte[32]);
        Arrays.fill(gateway.writeKey("risk-model"), (byte) 7);
        put(DATA.getBytes(StandardCharsets.UTF_8));
        runtime = TestRuntime.of(gateway, folder);
    }

    @AfterEach
    void stop() {
        runtime.close();
        gateway.close();
    }

    private void put(byte[] data) throws IOException {
        gateway.seal("anna-2025", data);
    }

    @Test
    void aFunctionReadsItsDatasetAndItsSealedResultStandsInTheStore() throws IOException {
        assertThat(runtime.init(Functions.Capitals.class).status()).isEqualTo(200);
        var reply = runtime.run();

        assertThat(reply.json().toString())
                .isEqualTo("{\"bytes\":20,\"request\":{\"epochs\":3},\"parameters\":{\"epochs\":3}}");
        assertThat(gateway.calls).containsExactly("auth", "attest", "release", "put:risk-model", "run");
        try (var key = DataKey.of(gateway.writeKey("risk-model"))) {
            var sealed = new ByteArrayInputStream(gateway.object("risk-model"));
            assertThat(SealedObject.reader(sealed, key, "heart-risk/risk-model").readAllBytes())
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("AGE,PRESSURE\n61,140\n");
        }
        assertThat(TestRuntime.files(folder)).isZero();
    }

    @Test
    void theRunStatementNamesCodeDataAndResultsByDigest() {
        runtime.init(Functions.Capitals.class);
        runtime.run();

        var run = gateway.stated();
        assertThat(run.contract()).isEqualTo(new RunStatement.ContractRef("heart-risk", gateway.contract.id()));
        assertThat(run.activation()).isEqualTo(TestRuntime.ACTIVATION);
        assertThat(run.results())
                .containsExactly(new RunStatement.Artifact("risk-model", Digests.sha256(gateway.object("risk-model"))));
        assertThat(run.reads())
                .containsExactly(new RunStatement.Read("anna-2025", Optional.of(gateway.digest("anna-2025")), true));
        assertThat(run.code())
                .isEqualTo(new RunStatement.Code(
                        Digests.sha256(ActionJar.of(Functions.class, Functions.Capitals.class)),
                        Functions.Capitals.class.getName()));
        assertThat(run.success()).isTrue();
    }

    @Test
    void theRunStatementHoldsTheValuesOfParametersToWhomTheReleaseTellsThem() {
        runtime.init(Functions.Capitals.class);
        runtime.run();

        var parameters = gateway.stated().parameters();
        var given = gateway.said("release").getAsJsonObject("parameters");
        assertThat(parameters.names()).containsExactlyElementsOf(given.keySet());
        assertThat(parameters.commitment()).contains(RunStatement.commitment(Base64Url.encode(new byte[32]), given));
    }

    @Test
    void theEvidenceCoversTheArchiveBeforeAnyClassIsLoaded() {
        gateway.refuseBinding = "ALREADY_BOUND";

        var reply = runtime.init(Functions.Capitals.class);

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error())
                .contains("refused: ALREADY_BOUND: as the test wants it")
                .contains("nothing was loaded");
        assertThat(System.getProperty("husk.test.loaded")).isNull();
        assertThat(runtime.run().error()).isEqualTo("Cannot invoke an uninitialized action.");
        assertThat(runtime.init(Functions.Capitals.class).error())
                .isEqualTo("Cannot initialize the action more than once.");
        assertThat(gateway.calls).containsExactly("auth", "attest");
    }

    @Test
    void aFunctionMayComeAsSourceWhoseBytesTheEvidenceCovers() {
        var source = """
                package anna;

                import com.google.gson.JsonObject;
                import dev.husk.function.FunctionContext;

                public class Count { // ❄
                    public static JsonObject main(JsonObject request, FunctionContext context) throws Exception {
                        try (var in = context.dataset("anna-2025")) {
                            request.addProperty("bytes", in.readAllBytes().length);
                            request.addProperty("activation", context.activation());
                            return request;
                        }
                    }
                }
                """;

        assertThat(runtime.init("anna.Count", source, false).status()).isEqualTo(200);
        assertThat(runtime.run().text())
                .isEqualTo("{\"epochs\":3,\"bytes\":20,\"activation\":\"" + TestRuntime.ACTIVATION + "\"}");
        assertThat(gateway.claim().code()).isEqualTo(Digests.sha256(source.getBytes(StandardCharsets.UTF_8)));
        assertThat(gateway.claim().entry()).isEqualTo("anna.Count");
    }

    @Test
    void sourceIsCompiledOnlyInASandboxThatIsBound() {
        gateway.refuseBinding = "ALREADY_BOUND";

        assertThat(runtime.init("main", "class Main { oops }", false).error())
                .contains("refused: ALREADY_BOUND")
                .doesNotContain("compile");
        assertThat(gateway.calls).containsExactly("auth", "attest");
    }

    @Test
    void sourceThatDoesNotCompileCostsTheSandbox() {
        assertThat(runtime.init("main", "class Main { oops }", false).error())
                .contains("the source does not compile: line 1");
        assertThat(gateway.claim().entry()).isEqualTo("Main");
        assertThat(runtime.init(Functions.Echo.class).error())
                .isEqualTo("Cannot initialize the action more than once.");
    }

    @Test
    void theClaimSaysCodeEntryAndActivation() {
        runtime.init(Functions.Capitals.class);

        assertThat(gateway.claim().code())
                .isEqualTo(Digests.sha256(ActionJar.of(Functions.class, Functions.Capitals.class)));
        assertThat(gateway.claim().entry()).isEqualTo(Functions.Capitals.class.getName());
        assertThat(gateway.claim().activation()).isEqualTo(TestRuntime.ACTIVATION);
    }

    @Test
    void aSilentGatewayIsAnInitErrorAndNothingIsLoaded() {
        gateway.close();

        var reply = runtime.init(Functions.Capitals.class);

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("does not answer");
        assertThat(System.getProperty("husk.test.loaded")).isNull();
    }

    @Test
    void aPrefetchedNonceIsUsedAndAForgottenOneReplaced() {
        runtime.attestation.orElseThrow().prefetch();
        gateway.forgetSessions = 1;

        assertThat(runtime.init(Functions.Capitals.class).status()).isEqualTo(200);
        assertThat(gateway.calls).containsExactly("auth", "attest", "auth", "attest");
    }

    @Test
    void theFirstRunReportsItsTimesAndThatItIsSimulatedAndLaterOnesDoNot() {
        runtime.init(Functions.Capitals.class);
        runtime.run();
        runtime.run();

        var times = runtime.log()
                .lines()
                .filter(line -> line.startsWith("HUSK timing "))
                .toList();
        assertThat(times).hasSize(1);
        assertThat(JsonParser.parseString(times.get(0).substring(12))
                        .getAsJsonObject()
                        .keySet())
                .contains("hash", "auth", "evidence", "attest", "load", "release", "verify", "function", "firstByte")
                .contains("upload", "statement");
        assertThat(runtime.log().lines().filter(line -> line.startsWith("HUSK SIMULATED: ")))
                .hasSize(1);
        assertThat(runtime.log()).contains("HUSK progress 0.35 training\n");
    }

    @Test
    void everyRunAsksForItsOwnReleaseAndNoNewEvidence() {
        runtime.init(Functions.Capitals.class);
        runtime.run();
        runtime.run();

        assertThat(gateway.calls)
                .containsExactly(
                        "auth", "attest", "release", "put:risk-model", "run", "release", "put:risk-model", "run");
    }

    @Test
    void aRefusedReleaseIsAnApplicationErrorAndTheContainerStays() {
        runtime.init(Functions.Capitals.class);
        gateway.refuseRelease = "BUDGET_SPENT";
        var refused = runtime.run();
        gateway.refuseRelease = "";

        assertThat(refused.status()).isEqualTo(200);
        assertThat(refused.error()).isEqualTo("refused: BUDGET_SPENT: as the test wants it");
        assertThat(runtime.run().json().has("bytes")).isTrue();
    }

    @Test
    void aPlainSandboxAsksForItsReleaseSoThatTheRefusalIsLogged() {
        gateway.plain = true;
        runtime.init(Functions.Echo.class);
        var ordinary = new JsonObject();
        ordinary.addProperty("hello", "world");

        assertThat(runtime.run(ordinary).json()).isEqualTo(ordinary);
        assertThat(runtime.run().error()).isEqualTo("refused: SANDBOX_IS_PLAIN: as the test wants it");
        assertThat(gateway.calls).containsExactly("auth", "attest", "release");
    }

    @Test
    void theFunctionGetsOnlyTheCheckedParametersWithoutAContextAsWell() {
        runtime.init(Functions.Echo.class);

        assertThat(runtime.run().text()).isEqualTo("{\"epochs\":3}");
    }

    @Test
    void aLongParameterIsBelievedThoughTheLogOnlySaysHowLongItIs() {
        runtime.init(Functions.Echo.class);
        var value = new JsonObject();
        value.addProperty("contract", FakeGateway.CONTRACT);
        value.addProperty("function", FakeGateway.FUNCTION);
        value.addProperty("rows", "1,2;".repeat(100));

        assertThat(runtime.run(value).json().get("rows").getAsString()).hasSize(400);
    }

    @Test
    void aReleaseUnderAnotherVersionOfTheContractThanTheLoggedOneIsNotUsed() {
        gateway.event = event -> with(event, "contract", "sha256:" + "00".repeat(32));

        refusesToRun("the logged event is for another contract");
    }

    @Test
    void aConfidentialFunctionDoesNotRunOutsideAContract() {
        runtime.init(Functions.Capitals.class);

        var reply = runtime.run(new JsonObject());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.error()).contains("runs under a contract only");
    }

    @Test
    void aForgedReceiptIsNotBelieved() {
        gateway.receipt =
                receipt -> new Receipt(receipt.leaf(), receipt.index(), List.of(new byte[32]), receipt.checkpoint());

        refusesToRun("the pinned log does not hold its leaf");
    }

    @Test
    void aReceiptOfAnotherLogIsNotBelieved() {
        gateway.checkpointSigner = PartySigner.generate();

        refusesToRun("the pinned log does not hold its leaf");
    }

    @Test
    void anotherPinnedKeyBelievesNoRelease() throws IOException {
        runtime.close();
        runtime = TestRuntime.of(
                gateway,
                VerifierKey.of("husk.test/log", PartySigner.generate().key().raw())
                        .text(),
                folder);

        refusesToRun("the pinned log does not hold its leaf");
    }

    private static final String MISSING =
            "the contract asks for the cosignatures of 2 of its witnesses, which are not there";

    private static String witnessed(PartySigner... witnesses) {
        var keys = new java.util.ArrayList<String>();
        for (var witness : witnesses) {
            keys.add(WitnessKey.of("w" + keys.size(), witness.key().raw()).text());
        }
        return "{\"quorum\":2,\"keys\":[\"" + String.join("\",\"", keys) + "\"]}";
    }

    private static Receipt cosigned(Receipt receipt, PartySigner... witnesses) {
        var checkpoint = receipt.checkpoint();
        for (int i = 0; i < witnesses.length; i++) {
            checkpoint = checkpoint.cosign("w" + i, witnesses[i], 1);
        }
        return new Receipt(receipt.leaf(), receipt.index(), receipt.proof(), checkpoint);
    }

    @Test
    void aReleaseUnderAContractWithWitnessesIsUsedOnceTheirQuorumCosigned() {
        try (var first = PartySigner.generate();
                var second = PartySigner.generate();
                var third = PartySigner.generate()) {
            gateway.contract = FakeGateway.contract(witnessed(first, second, third));
            gateway.receipt = receipt -> cosigned(receipt, first, second);
            runtime.init(Functions.Capitals.class);
            assertThat(runtime.run().json().get("bytes").getAsInt()).isEqualTo(20);
        }
    }

    @Test
    void aReleaseWithoutItsWitnessesIsNotUsed() {
        try (var first = PartySigner.generate();
                var second = PartySigner.generate();
                var stranger = PartySigner.generate()) {
            gateway.contract = FakeGateway.contract(witnessed(first, second));
            runtime.init(Functions.Capitals.class);
            gateway.receipt = receipt -> cosigned(receipt, first);
            assertThat(runtime.run().error()).isEqualTo("the release is not proven: " + MISSING);
            gateway.receipt = receipt -> cosigned(receipt, first, stranger);
            assertThat(runtime.run().error()).isEqualTo("the release is not proven: " + MISSING);
            gateway.receipt = receipt -> cosigned(receipt, first, first);
            assertThat(runtime.run().error()).isEqualTo("the release is not proven: " + MISSING);
            assertThat(gateway.calls).doesNotContain("run", "put:risk-model");
        }
    }

    @Test
    void aContractThatAsksForNoWitnessMayNotStandInForTheLoggedOne() {
        try (var first = PartySigner.generate();
                var second = PartySigner.generate()) {
            gateway.contract = FakeGateway.contract(witnessed(first, second));
            gateway.otherContract = java.util.Optional.of(FakeGateway.contract("\"none\""));

            refusesToRun("the logged event is for another contract");
        }
    }

    @Test
    void aLeafOfAnotherEventIsNotBelieved() {
        gateway.receipt = receipt -> {
            gateway.receipt = same -> same;
            return receipt;
        };
        runtime.init(Functions.Capitals.class);
        var first = new Receipt[1];
        gateway.receipt = receipt -> first[0] = receipt;
        runtime.run();
        gateway.receipt = receipt -> first[0];

        assertThat(runtime.run().error()).contains("the release is not proven: the leaf is another event's");
    }

    @Test
    void aReleaseForAnotherActivationIsNotUsed() {
        gateway.releasedActivation = "f".repeat(32);

        refusesToRun("the logged event is for another activation");
    }

    @Test
    void aReleaseForAnotherFunctionIsNotUsed() {
        gateway.releasedFunction = "infer";

        refusesToRun("the logged event is for another function");
    }

    @Test
    void aReleaseThatTheLogCallsARefusalIsNotUsed() {
        gateway.event = event -> with(event, "event", "refused");

        refusesToRun("the logged event is for another event");
    }

    @Test
    void aReleaseForAnotherSandboxIsNotUsed() {
        gateway.event = event -> with(event, "sandbox", "sha256:" + "00".repeat(32));

        refusesToRun("the logged event is for another sandbox");
    }

    @Test
    void parametersThatTheLogDoesNotHoldAreNotUsed() {
        gateway.otherParameters = true;

        refusesToRun("the logged parameters are others");
    }

    @Test
    void aKeyThatTheLogDoesNotNameIsNotUsed() {
        gateway.event = event -> {
            event.add("reads", new com.google.gson.JsonArray());
            return event;
        };

        refusesToRun("it holds a key that the logged event does not name");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "store", "sha256"})
    void anObjectThatTheLogDoesNotNameIsNotUsed(String member) {
        gateway.event = event -> {
            var objects = event.getAsJsonObject("objects");
            objects.keySet().forEach(name -> objects.getAsJsonObject(name).addProperty(member, "s3://store/other"));
            return event;
        };

        refusesToRun("it hands out other objects than the logged event names");
    }

    @Test
    void aReleaseSealedToAnotherKeyIsNotUsed() {
        gateway.jwe = jwe -> Jwe.seal(TeeKey.of((ECPublicKey) TeeKey.generate().getPublic()), new byte[10]);

        refusesToRun("it is not sealed to this sandbox");
    }

    private void refusesToRun(String why) {
        assertThat(runtime.init(Functions.Capitals.class).status()).isEqualTo(200);
        var reply = runtime.run();
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.error()).isEqualTo("the release is not proven: " + why);
        assertThat(gateway.calls).doesNotContain("run", "put:risk-model");
        assertThat(runtime.log()).doesNotContain("HUSK progress");
    }

    private static JsonObject with(JsonObject event, String member, String value) {
        event.addProperty(member, value);
        return event;
    }

    @Test
    void everyTamperedByteOfADatasetFailsTheRun() {
        runtime.init(Functions.Capitals.class);
        var whole = gateway.object("anna-2025");
        for (int i = 0; i < whole.length; i += 7) {
            var tampered = whole.clone();
            tampered[i] ^= 1;
            gateway.objects.put("anna-2025", tampered);

            var reply = runtime.run();

            assertThat(reply.status()).as("byte " + i).isEqualTo(502);
            assertThat(reply.error()).contains("TamperedObjectException").contains("heart-risk/anna-2025");
        }
        assertThat(gateway.calls).doesNotContain("put:risk-model");
        assertThat(gateway.stated().success()).isFalse();
    }

    @Test
    void aDatasetThatTheStoreDoesNotHaveIsNamed() {
        runtime.init(Functions.Capitals.class);
        gateway.objects.remove("anna-2025");

        var reply = runtime.run();

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("anna-2025: is not in the store");
    }

    @Test
    void aTruncatedDatasetFailsTheRun() {
        runtime.init(Functions.Capitals.class);
        var whole = gateway.object("anna-2025");
        for (int length = 0; length < whole.length; length += 5) {
            gateway.objects.put("anna-2025", Arrays.copyOf(whole, length));

            assertThat(runtime.run().error()).as("length " + length).contains("TamperedObjectException");
        }
    }

    @Test
    void anAuthenticObjectThatIsNotTheReleasedOneFailsTheRun() throws IOException {
        runtime.init(Functions.Capitals.class);
        var expected = gateway.digest("anna-2025");
        put("age,pressure\n".getBytes(StandardCharsets.UTF_8));
        gateway.digests.put("anna-2025", expected);

        assertThat(runtime.run().error()).contains("ChangedObjectException").contains(expected);
        assertThat(gateway.calls).doesNotContain("put:risk-model");
    }

    @Test
    void aMissingObjectFailsTheRun() {
        runtime.init(Functions.Capitals.class);
        gateway.objects.clear();

        assertThat(runtime.run().status()).isEqualTo(502);
        assertThat(runtime.log()).doesNotContain("X-Amz-Signature");
    }

    @Test
    void aLargeDatasetIsReadAtAnyPosition() throws IOException {
        byte[] data = new byte[9_000_000];
        new Random(1).nextBytes(data);
        System.arraycopy("the start.".getBytes(StandardCharsets.UTF_8), 0, data, 0, 10);
        System.arraycopy("at the end".getBytes(StandardCharsets.UTF_8), 0, data, data.length - 10, 10);
        put(data);
        runtime.init(Functions.Ends.class);

        var answer = runtime.run().json();

        assertThat(answer.get("size").getAsLong()).isEqualTo(data.length);
        assertThat(answer.get("first").getAsString()).isEqualTo("the start.");
        assertThat(answer.get("last").getAsString()).isEqualTo("at the end");
        assertThat(gateway.stated().reads()).singleElement().matches(read -> !read.whole());
    }

    @Test
    void whatTheGrantDoesNotNameIsRefusedByTheGatewayToo() {
        runtime.init(Functions.Curious.class);

        var answer = runtime.run().json();

        assertThat(answer.get("refusal").getAsString())
                .isEqualTo("bert-2025: not granted (refused: NOT_GRANTED: as the test wants it)");
        assertThat(answer.get("nonsense").getAsString()).contains("no contract has such a name");
        assertThat(gateway.calls).contains("key:heart-risk/bert-2025/key");
    }

    @Test
    void anExceptionThatQuotesDataDoesNotLeaveTheSandbox() {
        runtime.init(Functions.Clumsy.class);

        var reply = runtime.run();

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("java.lang.NumberFormatException");
        assertThat(reply.text() + runtime.log()).doesNotContain("61,140");
        assertThat(runtime.log()).contains("dev.husk.actions.Functions$Clumsy.main(");
        assertThat(gateway.calls).doesNotContain("put:risk-model");
    }

    @Test
    void aFunctionThatReturnsAnErrorLeavesTheFormerResult() {
        runtime.init(Functions.Doubtful.class);

        assertThat(runtime.run().error()).isEqualTo("did not converge");
        assertThat(gateway.calls).doesNotContain("put:risk-model").contains("run");
        assertThat(gateway.stated().success()).isFalse();
        assertThat(gateway.stated().results()).isEmpty();
    }

    @Test
    void aResultThatWasNotClosedFailsTheRun() throws IOException {
        runtime.init(Functions.Careless.class);

        assertThat(runtime.run().error()).contains("result risk-model: the function did not close it");
        assertThat(TestRuntime.files(folder)).isZero();
    }

    @Test
    void aRunThatCannotBeLoggedFails() {
        runtime.init(Functions.Capitals.class);
        gateway.failRunLog = true;

        assertThat(runtime.run().error())
                .contains("the run could not be logged")
                .contains("503");
    }

    @Test
    void anOldTokenIsRenewedBeforeTheRelease() {
        gateway.tokenLife = Duration.ofSeconds(5);
        runtime.init(Functions.Capitals.class);
        gateway.tokenLife = Duration.ofMinutes(5);
        runtime.run();

        assertThat(gateway.calls).containsExactly("auth", "attest", "renew", "release", "put:risk-model", "run");
    }

    @Test
    void theLeaseIsRenewedWhenHalfOfItIsOver() throws InterruptedException {
        gateway.lease = Duration.ofMillis(300);
        runtime.init(Functions.Capitals.class);
        runtime.run();

        assertThat(gateway.renewed.await(2, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void anEndedLeaseStopsARunningFunctionAndLaterRunsAreRefusedByTheGateway() {
        gateway.lease = Duration.ofMillis(400);
        gateway.refuseRenewal = "CONTRACT_SUSPENDED";
        runtime.init(Functions.Endless.class);

        var stopped = runtime.run();
        gateway.refuseRelease = "CONTRACT_SUSPENDED";
        var later = runtime.run();

        assertThat(stopped.error()).isEqualTo("the lease has ended: refused: CONTRACT_SUSPENDED: as the test wants it");
        assertThat(later.error()).isEqualTo("refused: CONTRACT_SUSPENDED: as the test wants it");
        assertThat(gateway.calls.stream().filter("release"::equals)).hasSize(2);
    }

    @Test
    void aFunctionThatDoesNotStopWhenItsLeaseEndsCostsTheContainer() {
        gateway.lease = Duration.ofMillis(200);
        gateway.refuseRenewal = "CONTRACT_ENDED";
        runtime.init(Functions.Stubborn.class);

        var reply = runtime.run();

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("the lease has ended: refused: CONTRACT_ENDED");
    }

    @Test
    void aTokenThatTheGatewayNoLongerTakesIsRenewedOnce() {
        runtime.init(Functions.Echo.class);
        gateway.unauthorized = 1;
        assertThat(runtime.run().text()).isEqualTo("{\"epochs\":3}");
        gateway.unauthorized = 2;
        assertThat(runtime.run().error()).contains("refused: InvalidToken");

        assertThat(gateway.calls)
                .containsExactly("auth", "attest", "release", "renew", "release", "run", "release", "renew", "release");
    }

    @Test
    void theOperatorsEnvironmentDoesNotReachABoundSandbox() {
        runtime.init(Functions.Capitals.class);

        assertThat(System.getenv(runtime.operatorsVariable)).isNull();
        assertThat(System.getenv("__OW_ACTIVATION_ID")).isEqualTo(TestRuntime.ACTIVATION);
    }

    @Test
    void functionsDoNotSeeTheRuntimesClasses() {
        gateway.plain = true;
        runtime.init(Functions.Nosy.class);

        var seen = runtime.run(new JsonObject()).json();

        assertThat(seen.get("dev.husk.runtime.Main").getAsBoolean()).isFalse();
        assertThat(seen.get("dev.husk.protocol.kbs.Jwe").getAsBoolean()).isFalse();
        assertThat(seen.get("dev.husk.function.FunctionContext").getAsBoolean()).isTrue();
    }

    @Test
    void parametersThatNameAContractOnlyHalfAreAnError() {
        runtime.init(Functions.Capitals.class);
        var value = new JsonObject();
        value.addProperty("contract", "heart-risk");

        assertThat(runtime.run(value).error()).contains("needs the parameter function");
        value.addProperty("function", 5);
        assertThat(runtime.run(value).error()).contains("needs the parameter function");
    }
}
