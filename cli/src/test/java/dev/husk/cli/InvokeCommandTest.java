package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.cli.terminal.ProgressBar;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Digests;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code husk invoke --plain} and {@code husk action}: calls that the caller signed, and what comes of them. */
class InvokeCommandTest {
    @TempDir
    Path folder;

    private Desk desk;
    private FakeWhisk whisk;

    @BeforeEach
    void start() throws Exception {
        desk = new Desk(folder);
        whisk = new FakeWhisk();
        desk.set("HUSK_WHISK_URL", whisk.url());
        desk.set("HUSK_WHISK_AUTH", "uuid:key");
        whisk.actions.put("train", new JsonObject());
    }

    @AfterEach
    void stop() {
        whisk.close();
    }

    private Desk.Outcome invoke(String... more) {
        var arguments =
                new ArrayList<>(List.of("invoke", "train", "--contract", "heart-risk", "--as", "anna", "--plain"));
        arguments.addAll(List.of(more));
        return desk.husk(arguments.toArray(String[]::new));
    }

    private static JsonObject json(String text) {
        return JsonParser.parseString(text).getAsJsonObject();
    }

    @Test
    void aCallCarriesTheCallersSignatureOverExactlyItsParameters() throws Exception {
        whisk.result = json("{\"accuracy\":0.97}");
        invoke("-p", "epochs=60", "-p", "name=first try").succeeds("\"accuracy\": 0.97");
        var statement = SignedStatement.verify(whisk.invoked.get("invocation").getAsString(), desk.anna.key());
        assertThat(statement.get("action").getAsString()).isEqualTo("invoke");
        assertThat(statement.get("contract").getAsString()).isEqualTo("heart-risk");
        assertThat(statement.get("function").getAsString()).isEqualTo("train");
        assertThat(statement.getAsJsonObject("parameters")).isEqualTo(json("{\"epochs\":60,\"name\":\"first try\"}"));
        assertThat(whisk.invoked.get("epochs").getAsInt()).isEqualTo(60);
        assertThat(whisk.invoked.get("name").getAsString()).isEqualTo("first try");
    }

    @Test
    void twoCallsAreNeverTheSame() {
        invoke().succeeds();
        var first = whisk.invoked.get("invocation").getAsString();
        invoke().succeeds();
        assertThat(whisk.invoked.get("invocation").getAsString()).isNotEqualTo(first);
    }

    @Test
    void parametersComeFromAFileAndSingleOnesWin() throws Exception {
        var file = Files.writeString(folder.resolve("p.json"), "{\"rows\":[[1,2]],\"epochs\":5}");
        invoke("-P", file.toString(), "-p", "epochs=7").succeeds();
        assertThat(whisk.invoked.get("rows").toString()).isEqualTo("[[1,2]]");
        assertThat(whisk.invoked.get("epochs").getAsInt()).isEqualTo(7);
    }

    @Test
    void aLongCallIsWaitedFor() {
        whisk.blocks = false;
        whisk.looks = 2;
        whisk.result = json("{\"ok\":true}");
        invoke("--json").succeeds("{\"ok\":true}");
        assertThat(whisk.seen).contains("GET /api/v1/namespaces/_/activations/" + FakeWhisk.ID + "/logs");
    }

    @Test
    void aCallThatDoesNotEndIsLeftWithItsName() {
        whisk.blocks = false;
        whisk.looks = 1000;
        invoke("--wait", "0").failsWith(3, "has not ended after 0 s", FakeWhisk.ID);
    }

    @Test
    void withoutWaitingTheActivationIsNamed() {
        invoke("--no-wait").succeeds("started activation " + FakeWhisk.ID);
        invoke("--no-wait", "--json").succeeds("{\"activationId\":\"" + FakeWhisk.ID + "\"}");
    }

    @Test
    void aRefusalGivesEachReasonALine() {
        whisk.success = false;
        whisk.result =
                json("{\"error\":\"refused: CALLER_DENIED: lab may not call train; BUDGET_SPENT: 10 of 10 runs\"}");
        invoke().failsWith(
                        1,
                        "train (activation",
                        "refused\n  - CALLER_DENIED: lab may not call train\n  - BUDGET_SPENT: 10 of 10 runs\n");
        whisk.result = json("{\"error\":\"no\",\"reasons\":[{\"code\":\"A\",\"detail\":\"b\"}]}");
        invoke().failsWith(1, "no\n  - A: b");
        whisk.result = json("{\"error\":{\"detail\":\"no\",\"reasons\":[{\"code\":\"A\",\"detail\":\"b\"}]}}");
        invoke().failsWith(1, "no\n  - A: b");
    }

    @Test
    void aFailureIsOneLineAndAScriptGetsTheAnswerToo() {
        whisk.success = false;
        whisk.result = json("{\"error\":\"out of memory\"}");
        var outcome = invoke("--json").failsWith(1, "out of memory");
        assertThat(outcome.out().strip()).isEqualTo("{\"error\":\"out of memory\"}");
        whisk.result = json("{}");
        invoke().failsWith(1, "failed without saying why");
    }

    @Test
    void whatCannotBeCalledIsSaidInOneLine() throws Exception {
        invoke("--action", "other").failsWith(2, "no action other", "husk action deploy");
        invoke("--action", "a/../b").failsWith(2, "cannot be an action's name");
        invoke("-p", "epochs").failsWith(2, "'epochs' is not name=value");
        invoke("-p", "contract=x").failsWith(2, "'contract' is Husk's own");
        invoke("-p", "sealed=x").failsWith(2, "'sealed' is Husk's own");
        invoke("-P", folder.resolve("none").toString()).failsWith(2, "no file");
        var list = Files.writeString(folder.resolve("list.json"), "[1]");
        invoke("-P", list.toString()).failsWith(2, "does not hold a JSON object");
        desk.set("HUSK_WHISK_AUTH", "other:key");
        invoke().failsWith(1, "HUSK_WHISK_AUTH");
        desk.set("HUSK_WHISK_URL", "http://127.0.0.1:1");
        invoke().failsWith(3, "OpenWhisk", "does not answer");
        desk.set("HUSK_WHISK_URL", "http://whisk.example");
        invoke().failsWith(2, "must be https");
        desk.set("HUSK_PASSPHRASE", "wrong");
        desk.set("HUSK_WHISK_URL", whisk.url());
        invoke().failsWith(2, "wrong passphrase");
    }

    @Test
    void aWatchedCallDoesNotBlockSoThatItsLogCanBeRead() throws Exception {
        whisk.looks = 1;
        var client = WhiskClient.of(desk.settings());
        var ended = new Invocation(client, Duration.ofSeconds(30))
                .run("train", new Call.Plain(new JsonObject()), ProgressBar.silent(), true);
        assertThat(ended.errors()).isEmpty();
        assertThat(whisk.seen).contains("GET /api/v1/namespaces/_/activations/" + FakeWhisk.ID + "/logs");
    }

    @Test
    void anActionIsDeployedWithTheContractAndTheFunctionAsItsParameters() throws Exception {
        var jar = Files.writeString(folder.resolve("train.jar"), "archive");
        desk.husk(
                        "action",
                        "deploy",
                        "my-train",
                        jar.toString(),
                        "--contract",
                        "heart-risk",
                        "--function",
                        "train",
                        "--main",
                        "dev.husk.train.TrainAction")
                .succeeds("deployed my-train, version 0.0.1", Digests.sha256("archive".getBytes()));
        var action = java.util.Objects.requireNonNull(whisk.actions.get("my-train"));
        assertThat(action.getAsJsonArray("parameters").toString())
                .isEqualTo(
                        "[{\"key\":\"contract\",\"value\":\"heart-risk\"},{\"key\":\"function\",\"value\":\"train\"}]");
        var exec = action.getAsJsonObject("exec");
        assertThat(exec.get("kind").getAsString()).isEqualTo("java-husk:default");
        assertThat(exec.get("main").getAsString()).isEqualTo("dev.husk.train.TrainAction");
        assertThat(Base64.getDecoder().decode(exec.get("code").getAsString()))
                .asString()
                .isEqualTo("archive");
    }

    @Test
    void sourceIsDeployedAsItStands() throws Exception {
        var text = "class Snow { /* ❄ */ }\r\n";
        var source = Files.writeString(folder.resolve("Snow.java"), text);
        desk.husk("action", "deploy", "snow", source.toString(), "--contract", "c", "--main", "Snow")
                .succeeds("deployed snow", Digests.sha256(text.getBytes(StandardCharsets.UTF_8)));
        var action = java.util.Objects.requireNonNull(whisk.actions.get("snow"));
        assertThat(action.getAsJsonObject("exec").get("code").getAsString()).isEqualTo(text);

        Files.write(source, new byte[] {(byte) 0xff});
        desk.husk("action", "deploy", "snow", source.toString(), "--contract", "c", "--main", "Snow")
                .failsWith(2, "Snow.java is not in UTF-8");
    }

    @Test
    void anArchiveThatIsMissingOrEmptyIsNamed() throws Exception {
        var none = folder.resolve("none.jar").toString();
        desk.husk("action", "deploy", "t", none, "--contract", "c", "--main", "M")
                .failsWith(2, "no file", "none.jar");
        var empty = Files.createFile(folder.resolve("empty.jar")).toString();
        desk.husk("action", "deploy", "t", empty, "--contract", "c", "--main", "M")
                .failsWith(2, "is empty");
    }
}
