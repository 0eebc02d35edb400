package dev.husk.kata;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What can be said of the policy's text without an evaluator. */
class AgentPolicyTest {
    private static final String POLICY =
            InitData.render(Samples.pinned()).files().getOrDefault("policy.rego", "");

    @Test
    void itIsTheAgentsPackage() {
        assertThat(POLICY.lines().filter(line -> line.startsWith("package "))).containsExactly("package agent_policy");
    }

    @Test
    void everyRequestHasOneDefault() {
        var defaults = new TreeMap<String, Boolean>();
        var matcher = Pattern.compile("(?m)^default (\\w+) := (true|false)$").matcher(POLICY);
        while (matcher.find()) {
            assertThat(defaults.put(matcher.group(1), Boolean.valueOf(matcher.group(2))))
                    .as(matcher.group(1))
                    .isNull();
        }
        assertThat(POLICY.lines().filter(line -> line.startsWith("default "))).hasSameSizeAs(defaults.keySet());
        assertThat(defaults.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey))
                .containsExactlyInAnyOrder(
                        "DestroySandboxRequest",
                        "GetOOMEventRequest",
                        "GuestDetailsRequest",
                        "OnlineCPUMemRequest",
                        "RemoveContainerRequest",
                        "RemoveStaleVirtiofsShareMountsRequest",
                        "SignalProcessRequest",
                        "StatsContainerRequest",
                        "TtyWinResizeRequest",
                        "WaitProcessRequest");
    }

    @Test
    void nothingButTheJudgedRequestsHasRules() {
        assertThat(rules().keySet().stream().filter(name -> name.endsWith("Request")))
                .containsExactly(
                        "AddARPNeighborsRequest",
                        "CopyFileRequest",
                        "CreateContainerRequest",
                        "CreateSandboxRequest",
                        "StartContainerRequest",
                        "UpdateInterfaceRequest",
                        "UpdateRoutesRequest");
    }

    @Test
    void aContainerIsHeldToImageCommandEnvironmentAndUser() {
        var container =
                rules().getOrDefault("CreateContainerRequest", List.of()).get(1);

        assertThat(container)
                .contains("pulled(\"container\") in policy_data.images")
                .contains("input.OCI.Process.Args == policy_data.command")
                .contains("every entry in input.OCI.Process.Env {\n\t\tenvironment_allowed(entry)")
                .contains("input.OCI.Process.User.UID == policy_data.user")
                .contains("no_capabilities")
                .contains("confined");
        assertThat(rules().get("confined"))
                .singleElement()
                .asString()
                .contains("mount_allowed(mount)", "no_hooks", "namespaces_allowed", "linux_allowed", "rlimits_allowed")
                .contains("input.OCI.Root.Readonly == true");
    }

    @Test
    void everyRuleThatIsCalledStandsInTheText() {
        var names = new TreeSet<>(rules().keySet());
        Pattern.compile("(?m)^([a-z_]+) := ").matcher(POLICY).results().forEach(table -> names.add(table.group(1)));
        var called = Pattern.compile("(?m)(?<![.\\w\"])([a-z]+_[a-z_]+)(?=[(\\[]|$|\\.[a-z])");
        for (var bodies : rules().values()) {
            for (var body : bodies) {
                var matcher = called.matcher(body.replaceAll("\"[^\"]*\"", "\"\""));
                while (matcher.find()) {
                    assertThat(names).contains(matcher.group(1));
                }
            }
        }
    }

    @Test
    void bracketsCloseAsTheyOpen() {
        var open = new ArrayDeque<Character>();
        var code = POLICY.replaceAll("\"(\\\\.|[^\"\\\\])*\"", "\"\"").replaceAll("(?m)#.*$", "");
        for (char c : code.toCharArray()) {
            if ("([{".indexOf(c) >= 0) {
                open.push(c);
            } else if (")]}".indexOf(c) >= 0) {
                assertThat("([{".indexOf(open.pop())).isEqualTo(")]}".indexOf(c));
            }
        }
        assertThat(open).isEmpty();
    }

    @Test
    void thePinnedValuesAreReadableAsData() {
        var data = POLICY.substring(POLICY.indexOf("policy_data := ") + 15).replace(",\n}", "\n}");
        var values = JsonParser.parseString(data).getAsJsonObject();

        assertThat(values.keySet()).containsExactly("images", "command", "user", "environment", "environment_names");
        assertThat(values.getAsJsonArray("command").get(2).getAsString()).isEqualTo("dev.husk.runtime.Main");
        assertThat(values.get("user").getAsInt()).isEqualTo(10001);
        assertThat(values.getAsJsonArray("images"))
                .hasSize(2)
                .allSatisfy(image -> assertThat(image.getAsString()).endsWith("@" + Samples.DIGEST));
    }

    /** Rule bodies by name, functions included. */
    private static Map<String, List<String>> rules() {
        var rules = new TreeMap<String, List<String>>();
        var matcher = Pattern.compile("(?ms)^(\\w+)(?:\\([^\n]*?\\))?(?: := [^\n]+)? \\{\n(.*?)^\\}")
                .matcher(POLICY);
        while (matcher.find()) {
            rules.merge(
                    matcher.group(1),
                    List.of(matcher.group(2)),
                    (all, one) -> java.util.stream.Stream.concat(all.stream(), one.stream())
                            .toList());
        }
        return rules;
    }
}
