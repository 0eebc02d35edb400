package dev.husk.cli.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract.Platform;
import dev.husk.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateKeyChecksTest {
    private static final String A = "a".repeat(96);
    private static final String B = "b".repeat(96);

    private static final String PLATFORM = """
            {"name":"gateway","tee":"snp","binding":"sandbox","products":["Genoa","Milan"],"measurements":["%s","%s"],
             "hostData":["%s"],"minimumTcb":{"Genoa":{"bootloader":9,"tee":0,"snp":21,"microcode":72},
             "Milan":{"bootloader":9,"tee":0,"snp":21,"microcode":72}},"chips":{"anyExcept":["%s"]},"vmpl":["0"],
             "platformInfo":{"smt":"any","tsme":true,"ecc":"any","raplDisabled":"any","ciphertextHiding":"any","aliasCheck":"any","tio":"any"},
             "idKeys":"any","authorKeys":"any","providers":"none",
             "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}
            """.formatted(A, B, "c".repeat(64), "d".repeat(128));

    /** As the gateway's answers are read. */
    private static JsonElement json(String text) throws Exception {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), 1 << 20);
    }

    private static JsonObject platform(String change) throws Exception {
        var platform = json(PLATFORM).getAsJsonObject();
        json(change).getAsJsonObject().asMap().forEach((name, value) -> {
            if (value instanceof JsonObject inner
                    && platform.get(name) instanceof JsonObject outer
                    && !inner.has("anyExcept")) {
                inner.asMap().forEach(outer::add);
            } else {
                platform.add(name, value);
            }
        });
        return platform;
    }

    private static List<Check> judge(String sources, boolean simulated, String... peers) throws Exception {
        var stateKey = new JsonObject();
        stateKey.add("sources", json(sources));
        stateKey.add("peers", json("[]"));
        for (var change : peers) {
            stateKey.getAsJsonArray("peers").add(platform(change));
        }
        var checks = new ArrayList<Check>();
        var values = new ReferenceValues(Platform.parse(platform("{}")), Optional.empty(), Optional.empty());
        StateKeyChecks.parse(stateKey).judge(values, simulated, checks);
        return checks.stream().filter(check -> !check.passed()).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"snp\"]", "[\"peer\"]", "[\"peer\",\"snp\"]"})
    void theProcessorAndPeersAreGoodSourcesOnAnyHardware(String sources) throws Exception {
        assertThat(judge(sources, false)).isEmpty();
        assertThat(judge(sources, true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"file\"]", "[\"file\",\"snp\"]", "[\"snp\",\"unknown\"]"})
    void aFileIsForSimulatedGatewaysAndSoIsWhatNobodyKnows(String sources) throws Exception {
        assertThat(judge(sources, false)).extracting(Check::name).containsExactly("state key");
        assertThat(judge(sources, true)).isEmpty();
    }

    @Test
    void aSourceThatThisVersionDoesNotKnowIsGoodForNobody() throws Exception {
        assertThat(judge("[\"snp\",\"SNP\"]", false)).hasSize(1);
        assertThat(judge("[\"snp\",\"SNP\"]", true)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"name\":\"other\",\"binding\":\"initdata\"}",
                "{\"idKeys\":[\"" + "000000000000000000000000000000000000000000000000"
                        + "000000000000000000000000000000000000000000000000\"]}",
                "{\"products\":[\"Milan\",\"Genoa\"]}",
                "{\"policy\":{\"smt\":true}}",
                "{\"platformInfo\":{\"ecc\":true}}"
            })
    void peersThatSatisfyNoLessThanThePinAreAccepted(String change) throws Exception {
        assertThat(judge("[\"snp\"]", false, change)).isEmpty();
    }

    @Test
    void peersOfFewerKindsThanThePinAllowsAreAccepted() throws Exception {
        assertThat(judge("[\"snp\"]", false, "{\"measurements\":[\"" + B + "\"]}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"measurements\":\"any\"};measurements",
                "{\"hostData\":\"any\"};hostData",
                "{\"tee\":\"simulated\"};tee",
                "{\"minimumTcb\":\"any\"};minimumTcb",
                "{\"chips\":\"any\"};chips",
                "{\"chips\":{\"anyExcept\":[\"11\"]}};chips",
                "{\"vmpl\":\"any\"};vmpl",
                "{\"vmpl\":[\"0\",\"1\"]};vmpl",
                "{\"policy\":{\"debug\":true}};policy",
                "{\"policy\":{\"debug\":\"any\"}};policy",
                "{\"policy\":{\"migrationAgent\":true}};policy",
                "{\"platformInfo\":{\"tsme\":\"any\"}};platformInfo",
                "{\"platformInfo\":\"any\"};platformInfo",
                "{\"providers\":[\"some-cloud\"]};providers",
                "{\"products\":[\"Genoa\"],\"minimumTcb\":{\"Genoa\":{\"bootloader\":8,\"tee\":0,\"snp\":21,\"microcode\":72}}};minimumTcb",
            })
    void peersThatAreAllowedMoreThanThePinAreNamedByWhatIsLax(String change, String member) throws Exception {
        var text = change.replace("\"11\"", "\"" + "1".repeat(128) + "\"");
        assertThat(judge("[\"snp\"]", false, "{}", text))
                .singleElement()
                .satisfies(check -> assertThat(check.detail()).contains("that you did not pin (" + member + ")"));
    }

    @Test
    void fewerExceptionsAreMoreMachines() throws Exception {
        var few = json("{\"chips\":{\"anyExcept\":[\"1\"]}}").getAsJsonObject();
        var many = json("{\"chips\":{\"anyExcept\":[\"1\",\"2\"]}}").getAsJsonObject();
        assertThat(Laxity.of(few, many)).containsExactly("chips");
        assertThat(Laxity.of(many, many)).isEmpty();
    }

    @Test
    void aMemberThatOnlyOneOfThemHasIsLax() throws Exception {
        var with = json("{\"tee\":\"simulated\",\"pcrs\":\"any\"}").getAsJsonObject();
        var without = json("{\"tee\":\"simulated\"}").getAsJsonObject();
        assertThat(Laxity.of(with, without)).containsExactly("pcrs");
        assertThat(Laxity.of(without, with)).containsExactly("pcrs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{}",
                "{\"sources\":[],\"peers\":[]}",
                "{\"sources\":\"snp\",\"peers\":[]}",
                "{\"sources\":[{}],\"peers\":[]}",
                "{\"sources\":[\"snp\"]}",
                "{\"sources\":[\"snp\"],\"peers\":null}",
                "{\"sources\":[\"snp\"],\"peers\":[{}]}",
                "{\"sources\":[\"snp\"],\"peers\":[\"any\"]}"
            })
    void whatDoesNotSayIsNoAnswer(String text) throws Exception {
        var answer = json(text);
        assertThatThrownBy(() -> StateKeyChecks.parse(answer)).isInstanceOf(IllegalArgumentException.class);
    }
}
