package dev.husk.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A party's machine for one test: a folder with anna's key and token, and the settings to reach fake servers. */
final class Desk {
    static final String PASSPHRASE = "correct horse";

    record Outcome(int exit, String out, String err) {
        /** What a failure must look like: one exit code, a first line that starts with husk:, no stack trace. */
        Outcome failsWith(int code, String... words) {
            assertThat(exit).as(out + err).isEqualTo(code);
            assertThat(err).startsWith("husk: ").contains(words).doesNotContain("Exception", "\tat ", "a bug in husk");
            return this;
        }

        Outcome succeeds(String... words) {
            assertThat(exit).as(out + err).isZero();
            for (var word : words) {
                assertThat(out).contains(word);
            }
            return this;
        }
    }

    final Path folder;
    final PartySigner anna;
    final PartySigner lab = PartySigner.generate();
    private final Map<String, String> environment = new HashMap<>();

    /** What waiting does: nothing, until a test says more. */
    Pause pause = duration -> {};

    Desk(Path folder) throws Exception {
        this(folder, PartySigner.generate());
    }

    /** @param anna her key */
    Desk(Path folder, PartySigner anna) throws Exception {
        this.anna = anna;
        this.folder = folder;
        set("HUSK_HOME", folder.toString());
        set("HUSK_PASSPHRASE", PASSPHRASE);
        settings().key("anna").create(anna, PASSPHRASE.toCharArray());
        settings().saveToken("anna", "token");
    }

    void set(String name, String value) {
        environment.put(name, value);
    }

    Settings settings() {
        return Settings.of(environment).pausing(pause);
    }

    Outcome husk(String... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int exit = Main.commandLine(settings())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        assertThat(err.toString()).doesNotContain("\tat ");
        return new Outcome(exit, out.toString(), err.toString());
    }

    void pinAndVerify() {
        husk("gateway", "pin", "--simulated-root", FakeGateway.Simulator.ROOT.toString())
                .succeeds();
        husk("gateway", "verify").succeeds("verified");
    }

    Contract contract() throws Exception {
        return Contract.parse(Json.parse(
                """
                {"husk":1,"name":"heart-risk","version":1,
                 "parties":[{"name":"anna","key":"%s"},{"name":"lab","key":"%s"}],
                 "datasets":[{"name":"anna-2025","owner":"anna","store":"s3://husk/anna-2025"},
                             {"name":"lab-2025","owner":"lab","store":"s3://husk/lab-2025"}],
                 "platforms":[{"name":"sim","tee":"simulated","binding":"sandbox","products":"any","measurements":"any",
                   "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any","authorKeys":"any","providers":"none",
                   "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}],
                 "functions":[{"name":"train","owner":"lab","code":"sha256:%s","entry":"dev.husk.train.TrainAction","platform":"sim"}],
                 "results":[{"name":"risk-model","readers":{"parties":["lab"],"functions":[]},"store":"s3://husk/risk-model"}],
                 "grants":[{"function":"train","reads":["anna-2025"],"writes":["risk-model"],
                   "parameters":{"epochs":{"type":"integer","min":1,"max":100}},"callers":["anna"],
                   "limits":{"runs":10,"perDay":5,"until":"2027-12-31T00:00:00Z"}}],
                 "witnesses":"none"}""".formatted(anna.key().text(), lab.key().text(), "0".repeat(64))
                        .getBytes(StandardCharsets.UTF_8),
                1 << 16));
    }
}
