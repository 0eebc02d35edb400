package dev.husk.protocol.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class RunStatementTest {
    private final RunStatement statement = new ProvenRun().statement();

    @Test
    void aStatementIsReadAsItWasWritten() throws Exception {
        assertThat(RunStatement.parse(statement.json())).isEqualTo(statement);
        var sealed = new RunStatement(
                List.of(),
                statement.contract(),
                "infer",
                statement.code(),
                new RunStatement.Parameters(List.of("row"), Optional.empty()),
                List.of(new RunStatement.Read("risk-model", Optional.empty(), false)),
                statement.by(),
                "",
                statement.started(),
                statement.started(),
                false);
        assertThat(RunStatement.parse(sealed.json())).isEqualTo(sealed);
    }

    @Test
    void itHasTheFormThatToolsOfInTotoAndSlsaRead() {
        var json = statement.json();
        assertThat(json.get("_type").getAsString()).isEqualTo("https://in-toto.io/Statement/v1");
        assertThat(json.get("predicateType").getAsString()).isEqualTo("https://slsa.dev/provenance/v1");
        assertThat(json.get("subject").toString())
                .isEqualTo(
                        "[{\"name\":\"heart-risk/risk-model\",\"digest\":{\"sha256\":\"" + "ab".repeat(32) + "\"}}]");
        var predicate = json.getAsJsonObject("predicate");
        assertThat(predicate.keySet()).containsExactly("buildDefinition", "runDetails");
        assertThat(predicate
                        .getAsJsonObject("buildDefinition")
                        .get("resolvedDependencies")
                        .toString())
                .contains("\"name\":\"code\"", "\"name\":\"heart-risk/anna-2025\"");
    }

    @Test
    void theCommitmentHangsOnSaltAndEveryValue() {
        var parameters = new JsonObject();
        parameters.addProperty("epochs", 17);
        var salt = Base64Url.encode(new byte[32]);
        var commitment = RunStatement.commitment(salt, parameters);
        assertThat(Base64Url.decode(commitment)).hasSize(32);
        assertThat(RunStatement.commitment(Base64Url.random(32), parameters)).isNotEqualTo(commitment);
        parameters.addProperty("epochs", 18);
        assertThat(RunStatement.commitment(salt, parameters)).isNotEqualTo(commitment);
    }

    private void refused(String words, Consumer<JsonObject> change) {
        var json = statement.json();
        change.accept(json);
        assertThatThrownBy(() -> RunStatement.parse(json))
                .isInstanceOf(MalformedRunException.class)
                .hasMessageContaining(words);
    }

    private static JsonObject definition(JsonObject json) {
        return json.getAsJsonObject("predicate").getAsJsonObject("buildDefinition");
    }

    private static JsonObject external(JsonObject json) {
        return definition(json).getAsJsonObject("externalParameters");
    }

    private static JsonObject details(JsonObject json) {
        return json.getAsJsonObject("predicate").getAsJsonObject("runDetails");
    }

    private static JsonArray dependencies(JsonObject json) {
        return definition(json).getAsJsonArray("resolvedDependencies");
    }

    @Test
    void whatIsMissingForeignOrUnknownIsRefused() {
        refused("_type is not", json -> json.addProperty("_type", "https://in-toto.io/Statement/v0.1"));
        refused("predicateType is not", json -> json.addProperty("predicateType", "https://husk.dev/run/v1"));
        refused("buildType is not", json -> definition(json).addProperty("buildType", "other"));
        refused("id is not", json -> details(json).getAsJsonObject("builder").addProperty("id", "other"));
        refused("not known", json -> json.addProperty("more", 1));
        refused("not known", json -> external(json).addProperty("more", 1));
        refused("no list subject", json -> json.remove("subject"));
        refused("no text function", json -> external(json).remove("function"));
        refused("no object contract", json -> external(json).remove("contract"));
        refused("code does not stand first", json -> definition(json).add("resolvedDependencies", new JsonArray()));
        refused("name is not code", json -> dependencies(json).remove(0));
        refused(
                "no true or false",
                json -> details(json).getAsJsonObject("metadata").addProperty("husk_success", "true"));
    }

    @Test
    void whatStandsTwiceOrInDisorderIsRefused() {
        refused(
                "stands twice",
                json -> json.getAsJsonArray("subject")
                        .add(json.getAsJsonArray("subject").get(0)));
        refused(
                "stands twice",
                json -> dependencies(json).add(dependencies(json).get(1)));
        refused("sorted", json -> {
            var names = new JsonArray();
            names.add("rows");
            names.add("epochs");
            external(json).getAsJsonObject("parameters").add("names", names);
        });
    }

    @Test
    void digestsTimesAndNamesHaveOneSpelling() {
        refused(
                "64 lower-case hex digits",
                json -> json.getAsJsonArray("subject")
                        .get(0)
                        .getAsJsonObject()
                        .getAsJsonObject("digest")
                        .addProperty("sha256", "AB".repeat(32)));
        refused(
                "husk_sandbox is no digest",
                json -> details(json).getAsJsonObject("builder").addProperty("husk_sandbox", "sha256:1"));
        refused(
                "does not begin with the contract's",
                json -> json.getAsJsonArray("subject").get(0).getAsJsonObject().addProperty("name", "risk-model"));
        for (var time : List.of("2026-11-28T10:00:00.000Z", "2026-11-28T11:00:00+01:00", "yesterday")) {
            refused(
                    "startedOn",
                    json -> details(json).getAsJsonObject("metadata").addProperty("startedOn", time));
        }
        refused(
                "finished before it started",
                json -> details(json).getAsJsonObject("metadata").addProperty("finishedOn", "2026-11-28T09:00:00Z"));
        refused(
                "commitment",
                json -> external(json).getAsJsonObject("parameters").addProperty("commitment", "AAAA"));
        refused(
                "without its digest",
                json -> dependencies(json).get(1).getAsJsonObject().remove("digest"));
    }
}
