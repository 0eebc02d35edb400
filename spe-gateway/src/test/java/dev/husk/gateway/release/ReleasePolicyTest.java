package dev.husk.gateway.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.gateway.RequestRefused.Reason;
import dev.husk.gateway.contract.State;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Json;
import dev.husk.snp.Verdict;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The decision, clause by clause and in every combination of failing clauses. */
class ReleasePolicyTest {
    private static final String CODE = "sha256:" + "0".repeat(64);
    private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

    private static Contract contract;
    private static Verdict trusted;
    private static Verdict rejected;

    /** The arguments of one decision. */
    private record Situation(State state, Verdict verdict, ReleaseRequest request, Usage usage) {
        Decision decide() {
            return ReleasePolicy.decide(contract, state, verdict, request, usage);
        }

        Situation with(ReleaseRequest other) {
            return new Situation(state, verdict, other, usage);
        }
    }

    /** One thing that goes wrong, and the code that must say so. */
    private record Fault(String code, UnaryOperator<Situation> apply) {}

    private static final List<Fault> FAULTS = List.of(
            new Fault("CONTRACT_NOT_ACTIVE", s -> new Situation(State.SUSPENDED, s.verdict, s.request, s.usage)),
            new Fault("PLATFORM_SIMULATION_DENIED", s -> new Situation(s.state, rejected, s.request, s.usage)),
            new Fault(
                    "CODE_MISMATCH",
                    s -> s.with(
                            request(s.request).code("sha256:" + "f".repeat(64)).build())),
            new Fault(
                    "ENTRY_MISMATCH",
                    s -> s.with(request(s.request).entry("evil.Main").build())),
            new Fault(
                    "BOUND_AS_PLAIN", s -> s.with(request(s.request).plain(true).build())),
            new Fault(
                    "BOUND_ELSEWHERE",
                    s -> s.with(request(s.request).bound("other", "train").build())),
            new Fault(
                    "CALLER_DENIED",
                    s -> s.with(request(s.request).caller("hospital-a").build())),
            new Fault(
                    "PARAMETER_OUT_OF_BOUNDS",
                    s -> s.with(request(s.request).parameter("epochs", 100_000).build())),
            new Fault(
                    "PARAMETER_UNKNOWN",
                    s -> s.with(request(s.request).parameter("leak", 1).build())),
            new Fault(
                    "KEY_MISSING",
                    s -> s.with(
                            request(s.request).deposited(Set.of("anna-2025")).build())),
            new Fault(
                    "TIME_PAST",
                    s -> s.with(request(s.request)
                            .now(Instant.parse("2028-01-01T00:00:00Z"))
                            .build())),
            new Fault("RUNS_SPENT", s -> new Situation(s.state, s.verdict, s.request, new Usage(10, s.usage.today()))),
            new Fault("DAY_SPENT", s -> new Situation(s.state, s.verdict, s.request, new Usage(s.usage.runs(), 5))));

    @BeforeAll
    static void makeContractAndVerdicts() throws Exception {
        contract = heart(UnaryOperator.identity());
        trusted = SimulatedVerdict.trusted();
        rejected = SimulatedVerdict.rejected();
        assertThat(trusted).isInstanceOf(Verdict.Trusted.class);
        assertThat(rejected).isInstanceOf(Verdict.Rejected.class);
    }

    @Test
    void everythingInOrderIsGranted() {
        assertThat(good().decide()).isInstanceOfSatisfying(Decision.Granted.class, granted -> {
            assertThat(granted.grant().function()).isEqualTo("train");
            assertThat(granted.caller()).contains("algo-lab");
            assertThat(granted.parameters().get("epochs").getAsInt()).isEqualTo(30);
        });
    }

    @Test
    void aStockGuestGetsOnlyWhatAPlatformWithInitDataBindingAndAListGives() throws Exception {
        var stock = new RequestBuilder().boundByInitData().build();
        assertThat(codes(ReleasePolicy.decide(contract, State.ACTIVE, trusted, stock, new Usage(0, 0))))
                .containsExactlyInAnyOrder("BINDING_MISMATCH", "CALLER_UNKNOWN");

        var pinned = heart(text -> text.replace("\"sandbox\"", "\"initdata\"")
                .replaceFirst("(?s)\"callers\": \\[.*?\\]", "\"callers\": \"any\"")
                .replace("\"hostData\": \"any\"", "\"hostData\": [\"" + "ab".repeat(32) + "\"]"));
        assertThat(ReleasePolicy.decide(pinned, State.ACTIVE, trusted, stock, new Usage(0, 0)))
                .isInstanceOf(Decision.Granted.class);
        assertThat(codes(ReleasePolicy.decide(pinned, State.ACTIVE, rejected, stock, new Usage(10, 0))))
                .containsExactlyInAnyOrder("PLATFORM_SIMULATION_DENIED", "RUNS_SPENT");
        // Nor does a sandbox of the function runtime get what a platform gives to stock guests.
        assertThat(codes(ReleasePolicy.decide(
                        pinned, State.ACTIVE, trusted, new RequestBuilder().build(), new Usage(0, 0))))
                .containsExactly("BINDING_MISMATCH");
    }

    @Test
    void everyCombinationOfFailingClausesIsRefusedWithEachOfThemNamed() {
        for (int set = 1; set < 1 << FAULTS.size(); set++) {
            var situation = good();
            var expected = new HashSet<String>();
            for (int i = 0; i < FAULTS.size(); i++) {
                if ((set >> i & 1) != 0) {
                    situation = FAULTS.get(i).apply().apply(situation);
                    expected.add(FAULTS.get(i).code());
                }
            }
            assertThat(codes(situation.decide())).as("faults %s", expected).isEqualTo(expected);
        }
    }

    @Test
    void aRequestThatNobodySignedIsRefusedWhereTheGrantNamesCallers() {
        var unsigned = good().with(request(good().request).caller(null).build());
        assertThat(codes(unsigned.decide())).containsExactly("CALLER_UNKNOWN");
    }

    @Test
    void aFunctionWithoutAGrantIsRefusedWhateverElseHolds() {
        var unknown = good().with(request(good().request).function("exfiltrate").build());
        assertThat(codes(unknown.decide())).containsExactly("FUNCTION_UNKNOWN");
    }

    @Test
    void aSandboxThatServedAnotherFunctionOfTheContractIsRefused() {
        var other =
                good().with(request(good().request).bound("heart-risk", "infer").build());
        assertThat(codes(other.decide())).containsExactly("BOUND_ELSEWHERE");
    }

    @Test
    void aSandboxThatServedThisFunctionBeforeIsGrantedAgain() {
        var same =
                good().with(request(good().request).bound("heart-risk", "train").build());
        assertThat(same.decide()).isInstanceOf(Decision.Granted.class);
    }

    @Test
    void theLastRunIsGrantedAndTheNextIsNot() {
        assertThat(new Situation(State.ACTIVE, trusted, good().request, new Usage(9, 4)).decide())
                .isInstanceOf(Decision.Granted.class);
        assertThat(codes(new Situation(State.ACTIVE, trusted, good().request, new Usage(10, 0)).decide()))
                .containsExactly("RUNS_SPENT");
    }

    @Test
    void theSameArgumentsGiveTheSameAnswer() {
        var situation = FAULTS.get(0).apply().apply(good());
        assertThat(situation.decide()).isEqualTo(situation.decide());
    }

    private static Situation good() {
        return new Situation(State.ACTIVE, trusted, new RequestBuilder().build(), new Usage(0, 0));
    }

    private static Set<String> codes(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        var codes = new HashSet<String>();
        ((Decision.Refused) decision).reasons().stream().map(Reason::code).forEach(codes::add);
        return codes;
    }

    private static Contract heart(UnaryOperator<String> change) throws Exception {
        var text = new String(
                        ReleasePolicyTest.class
                                .getResourceAsStream("/heart-risk.json")
                                .readAllBytes(),
                        StandardCharsets.UTF_8)
                .replace("KEY_A", key())
                .replace("KEY_B", key())
                .replace("KEY_LAB", key());
        return Contract.parse(Json.parse(change.apply(text).getBytes(StandardCharsets.UTF_8), 1 << 20));
    }

    private static String key() {
        try (var signer = PartySigner.generate()) {
            return signer.key().text();
        }
    }

    private static RequestBuilder request(ReleaseRequest request) {
        return new RequestBuilder(request);
    }

    private static final class RequestBuilder {
        private String function = "train";
        private Contract.Binding binding = Contract.Binding.SANDBOX;
        private String code = CODE;
        private String entry = "dev.husk.train.TrainAction";
        private boolean plain;
        private Optional<String> boundContract = Optional.empty();
        private Optional<String> boundFunction = Optional.empty();
        private Optional<String> caller = Optional.of("algo-lab");
        private JsonObject parameters = new JsonObject();
        private Set<String> deposited = Set.of("anna-2025", "berta-2025");
        private Instant now = NOW;

        RequestBuilder() {
            parameters.addProperty("epochs", 30);
        }

        RequestBuilder(ReleaseRequest from) {
            function = from.function();
            binding = from.binding();
            code = from.code();
            entry = from.entry();
            plain = from.plain();
            boundContract = from.boundContract();
            boundFunction = from.boundFunction();
            caller = from.caller();
            parameters = from.parameters().deepCopy();
            deposited = from.deposited();
            now = from.now();
        }

        RequestBuilder function(String value) {
            function = value;
            return this;
        }

        /** As a stock guest's. */
        RequestBuilder boundByInitData() {
            binding = Contract.Binding.INITDATA;
            code = "";
            entry = "";
            caller = Optional.empty();
            parameters = new JsonObject();
            return this;
        }

        RequestBuilder code(String value) {
            code = value;
            return this;
        }

        RequestBuilder entry(String value) {
            entry = value;
            return this;
        }

        RequestBuilder plain(boolean value) {
            plain = value;
            return this;
        }

        RequestBuilder bound(String contractName, String functionName) {
            boundContract = Optional.of(contractName);
            boundFunction = Optional.of(functionName);
            return this;
        }

        RequestBuilder caller(@org.jspecify.annotations.Nullable String value) {
            caller = Optional.ofNullable(value);
            return this;
        }

        RequestBuilder parameter(String name, int value) {
            parameters.addProperty(name, value);
            return this;
        }

        RequestBuilder deposited(Set<String> value) {
            deposited = value;
            return this;
        }

        RequestBuilder now(Instant value) {
            now = value;
            return this;
        }

        ReleaseRequest build() {
            return new ReleaseRequest(
                    function,
                    binding,
                    code,
                    entry,
                    plain,
                    boundContract,
                    boundFunction,
                    caller,
                    parameters,
                    deposited,
                    now);
        }
    }
}
