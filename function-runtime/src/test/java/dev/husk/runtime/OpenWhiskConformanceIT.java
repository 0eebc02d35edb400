package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import example.HelloWhisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The black-box suites of OpenWhisk ({@code BasicActionRunnerTests}, {@code JavaActionContainerTests}), told again for
 * a process instead of a container. The numbers are those of {@code specs/openwhisk.md} 1.3.
 */
@Timeout(600)
class OpenWhiskConformanceIT {
    private RuntimeProcess runtime;

    @BeforeEach
    void start() {
        runtime = RuntimeProcess.start(Map.of("__OW_API_HOST", "xyz"), "--plain");
    }

    @AfterEach
    void stop() {
        runtime.close();
    }

    private static void sentinels(RuntimeProcess.Logs logs, int expected) {
        assertThat(logs.outSentinels()).as("sentinels on stdout").isEqualTo(expected);
        assertThat(logs.errSentinels()).as("sentinels on stderr").isEqualTo(expected);
    }

    private static void silent(RuntimeProcess.Logs logs) {
        assertThat(logs.outText()).isEmpty();
        assertThat(logs.errText()).isEmpty();
    }

    /** How an action gets into the runtime: as a jar, or as source that {@code /init} compiles. */
    enum Flavour {
        JAR,
        SOURCE
    }

    private RuntimeProcess.Reply init(Flavour flavour, Class<?> action) {
        return init(flavour, action.getName(), action, Optional.empty());
    }

    private RuntimeProcess.Reply init(Flavour flavour, String main, Class<?> action, Optional<JsonObject> env) {
        return flavour == Flavour.JAR
                ? runtime.init(main, ActionJar.base64(HelloWhisk.class, HelloWhisk.Dynamic.class, action), env)
                : runtime.init(main, source(), false, env);
    }

    /** The source of {@link HelloWhisk}, whose nested classes are the actions. */
    private static String source() {
        try {
            return Files.readString(Path.of("src", "test", "java", "example", "HelloWhisk.java"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void case1NoCodeIsAnInitError(boolean binary) {
        assertThat(runtime.init("", "", binary, Optional.empty()).status()).isNotEqualTo(200);
    }

    @Test
    void case2NoContentIsTheExactInitError() {
        var reply = runtime.post("/init", "{}");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.text()).isEqualTo("{\"error\":\"Missing main/no code to execute.\"}");
    }

    @ParameterizedTest
    @EnumSource
    void case4ASecondInitIsRefusedWithTheExactErrorAndNoSentinel(Flavour flavour) {
        assertThat(init(flavour, HelloWhisk.Echo.class).status()).isEqualTo(200);
        var second = init(flavour, HelloWhisk.Echo.class);

        assertThat(second.status()).isNotEqualTo(200);
        assertThat(second.text()).isEqualTo("{\"error\":\"Cannot initialize the action more than once.\"}");
        var logs = runtime.stop();
        assertThat(logs.out() + logs.err()).contains("Cannot initialize the action more than once.");
        sentinels(logs, 0);
    }

    @ParameterizedTest
    @EnumSource
    void case5AnEntryPointMayHaveAnotherName(Flavour flavour) {
        assertThat(init(flavour, "example.HelloWhisk#naim", HelloWhisk.Echo.class, Optional.empty())
                        .status())
                .isEqualTo(200);

        assertThat(runtime.run("{\"string\":\"hello\"}").text()).isEqualTo("{\"string\":\"hello\"}");
        var logs = runtime.stop();
        silent(logs);
        sentinels(logs, 1);
    }

    @ParameterizedTest
    @EnumSource
    void case6ArgumentsAreEchoedAndBothStreamsCollected(Flavour flavour) {
        init(flavour, HelloWhisk.Echo.class);
        for (var value : new String[] {
            "{\"string\":\"hello\"}", "{\"string\":\"❄ ☃ ❄\"}", "{\"numbers\":[42,1]}", "{\"object\":{\"a\":\"A\"}}"
        }) {
            var reply = runtime.run(value);
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).isEqualTo(value);
        }
        var logs = runtime.stop();
        assertThat(logs.out()).contains("hello stdout");
        assertThat(logs.err()).contains("hello stderr");
        sentinels(logs, 4);
    }

    @ParameterizedTest
    @EnumSource
    void case7UnicodeSurvivesEverywhereWhateverTheLocale(Flavour flavour) {
        init(flavour, HelloWhisk.Unicode.class);

        assertThat(runtime.run("{\"delimiter\":\"❄\"}").text()).isEqualTo("{\"winter\":\"❄ ☃ ❄\"}");
        var logs = runtime.stop();
        assertThat(logs.out()).contains("❄ ☃ ❄");
        sentinels(logs, 1);
    }

    @ParameterizedTest
    @EnumSource
    void case8VariablesOfInitAreExported(Flavour flavour) {
        var env = new JsonObject();
        env.addProperty("SOME_VAR", "xyz");
        env.addProperty("ANOTHER_VAR", "");
        init(flavour, HelloWhisk.Variables.class.getName(), HelloWhisk.Variables.class, Optional.of(env));

        assertThat(runtime.run("{\"a\":\"SOME_VAR\",\"b\":\"ANOTHER_VAR\"}").text())
                .isEqualTo("{\"a\":\"xyz\",\"a-in-map\":\"xyz\",\"b\":\"\",\"b-in-map\":\"\"}");
    }

    @ParameterizedTest
    @EnumSource
    void case9VariablesOfEachRunAreExported(Flavour flavour) {
        init(flavour, HelloWhisk.Variables.class);
        for (var activation : new String[] {"iii", "jjj"}) {
            var reply = runtime.post("/run", """
                    {"value":{"h":"__OW_API_HOST","k":"__OW_API_KEY","n":"__OW_NAMESPACE","a":"__OW_ACTION_NAME",
                     "v":"__OW_ACTION_VERSION","i":"__OW_ACTIVATION_ID","d":"__OW_DEADLINE"},"api_key":"abc",
                     "namespace":"zzz","action_name":"xxx","action_version":"0.0.1","activation_id":"%s","deadline":"123"}""".formatted(activation));
            var json = JsonParser.parseString(reply.text()).getAsJsonObject();
            Map.of("h", "xyz", "k", "abc", "n", "zzz", "a", "xxx", "v", "0.0.1", "i", activation, "d", "123")
                    .forEach((name, value) -> {
                        assertThat(json.get(name).getAsString()).isEqualTo(value);
                        assertThat(json.get(name + "-in-map").getAsString()).isEqualTo(value);
                    });
        }
        var logs = runtime.stop();
        silent(logs);
        sentinels(logs, 2);
    }

    @ParameterizedTest
    @EnumSource
    void cases8And9HoldOnJava25AsWell(Flavour flavour) throws IOException {
        var java = java25();
        if (java.isEmpty()) {
            System.err.println("NOT RUN: variables on Java 25: there is none in /usr/lib/jvm");
            return;
        }
        for (Consumer<Flavour> check : List.<Consumer<Flavour>>of(
                this::case8VariablesOfInitAreExported, this::case9VariablesOfEachRunAreExported)) {
            runtime.close();
            runtime = RuntimeProcess.start(java.get(), List.of(), Map.of("__OW_API_HOST", "xyz"), "--plain");
            check.accept(flavour);
        }
    }

    private static Optional<Path> java25() throws IOException {
        var folder = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (var homes = Files.newDirectoryStream(folder)) {
            for (var home : homes) {
                var release = home.resolve("release");
                if (Files.isRegularFile(release)
                        && Files.isExecutable(home.resolve("bin/javac"))
                        && Files.readString(release).contains("JAVA_VERSION=\"25")) {
                    return Optional.of(home.resolve("bin/java"));
                }
            }
        }
        return Optional.empty();
    }

    @ParameterizedTest
    @EnumSource
    void case10ALargeInputComesBackUnchanged(Flavour flavour) {
        init(flavour, "example.HelloWhisk#naim", HelloWhisk.Echo.class, Optional.empty());
        var large = "{\"arg\":\"" + "a".repeat(1_048_561) + "\"}";

        assertThat(runtime.run(large).text()).isEqualTo(large);
    }

    @ParameterizedTest(name = "example.HelloWhisk{0}")
    @CsvSource({
        "'', NoSuchMethodException",
        "x, ClassNotFoundException: example.HelloWhiskx",
        "!, ClassNotFoundException: example.HelloWhisk!",
        "#, NoSuchMethodException",
        "#main, NoSuchMethodException",
        "#bogus, NoSuchMethodException"
    })
    void cases11To16AMissingEntryPointIsNamed(String suffix, String exception) {
        var reply = runtime.init("example.HelloWhisk" + suffix, ActionJar.base64(HelloWhisk.class));

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).startsWith("An error has occurred (see logs for details): java.lang." + exception);
        var logs = runtime.stop();
        assertThat(logs.outText()).isEmpty();
        assertThat(logs.errText()).isNotEmpty();
        sentinels(logs, 1);
    }

    @Test
    void case17CodeThatIsNoJarIsAnInitError() {
        var zip = Base64.getEncoder().encodeToString("PK\5\6, a zip of sorts".getBytes(StandardCharsets.ISO_8859_1));

        assertThat(runtime.init("example.HelloWhisk", zip).status()).isNotEqualTo(200);
        var logs = runtime.stop();
        assertThat((logs.out() + logs.err()).toLowerCase(Locale.ROOT)).contains("exception");
        sentinels(logs, 1);
    }

    @Test
    void codeThatIsNotBase64IsAnInitError() {
        var reply = runtime.init("example.HelloWhisk", "public class HelloWhisk {}");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("java.lang.IllegalArgumentException");
        sentinels(runtime.stop(), 1);
    }

    @Test
    void sourceWithoutAMainIsTheClassMainAsInOpenWhisksRuntimes() {
        var source = """
                import com.google.gson.JsonObject;

                public class Main {
                    public static JsonObject main(JsonObject request) {
                        return request;
                    }
                }
                """;

        assertThat(runtime.init("main", source.replace("Main", "Other"), false, Optional.empty())
                        .error())
                .contains("ClassNotFoundException: Main (the source has no such class: name the one to call");
        assertThat(runtime.init("main", source, false, Optional.empty()).status())
                .isEqualTo(200);
        assertThat(runtime.run("{\"a\":1}").text()).isEqualTo("{\"a\":1}");
        sentinels(runtime.stop(), 2);
    }

    @Test
    void sourceThatDoesNotCompileIsAnInitErrorWithItsLinesInTheLog() {
        var reply = runtime.init(
                "Main", "class Main {\n  int a = b;\n  void c() { return 1; }\n}", false, Optional.empty());

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("the source does not compile: line 2: cannot find symbol");
        var logs = runtime.stop();
        assertThat(logs.errText()).contains("line 2: cannot find symbol").contains("line 3: incompatible types");
        assertThat(logs.outText()).isEmpty();
        sentinels(logs, 1);
    }

    @Test
    void aRuntimeWithoutACompilerSaysThatItTakesJarsAlone() {
        runtime.close();
        runtime = RuntimeProcess.start(
                RuntimeProcess.java(),
                List.of(
                        "--limit-modules",
                        "java.base,java.logging,java.net.http,java.sql,jdk.httpserver,jdk.unsupported"),
                Map.of(),
                "--plain");

        assertThat(runtime.init("Main", "class Main {}", false, Optional.empty())
                        .error())
                .contains("this runtime has no Java compiler: compile the action and send its jar");
        assertThat(runtime.init(HelloWhisk.Echo.class).status()).isEqualTo(200);
    }

    @Test
    void case18AnExceptionIsAnError() {
        runtime.init(HelloWhisk.Thrower.class);
        var reply = runtime.run("{}");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("java.lang.IllegalStateException: noooooooo");
        var logs = runtime.stop();
        assertThat((logs.out() + logs.err()).toLowerCase(Locale.ROOT)).contains("exception");
        sentinels(logs, 1);
    }

    @Test
    void anErrorIsAnErrorToo() {
        runtime.init(HelloWhisk.Deep.class);

        assertThat(runtime.run("{}").error()).contains("java.lang.StackOverflowError");
        sentinels(runtime.stop(), 1);
    }

    @Test
    void case19AnApplicationErrorIsAnAnswer() {
        runtime.init(HelloWhisk.ApplicationError.class);
        var reply = runtime.run("{}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("{\"error\":\"This action is unhappy.\"}");
        var logs = runtime.stop();
        silent(logs);
        sentinels(logs, 1);
    }

    @Test
    void case20AnActionMayHaveNoPackage() throws ClassNotFoundException {
        assertThat(runtime.init("InDefaultPackage", ActionJar.base64(Class.forName("InDefaultPackage")))
                        .status())
                .isEqualTo(200);

        assertThat(runtime.run("{\"a\":1}").text()).isEqualTo("{\"a\":1}");
    }

    @Test
    void case21AnActionMayReturnAnArray() {
        runtime.init(HelloWhisk.ReturnsArray.class);

        assertThat(runtime.run("{}").text()).isEqualTo("[\"a\",\"b\"]");
    }

    @Test
    void case22AnActionMayTakeAnArray() {
        runtime.init(HelloWhisk.TakesArray.class);

        assertThat(runtime.run("[\"a\",\"b\"]").text()).isEqualTo("[\"a\",\"b\"]");
        assertThat(runtime.run("{}").error()).contains("NoSuchMethodException");
    }

    @Test
    void case23SystemExitGivesACleanError() {
        runtime.init(HelloWhisk.Exits.class);
        var reply = runtime.run("{}");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("system.exit");
        var logs = runtime.exited();
        assertThat((logs.out() + logs.err()).toLowerCase(Locale.ROOT)).contains("system.exit");
        sentinels(logs, 1);
    }

    @Test
    void case24NullIsAnError() {
        runtime.init(HelloWhisk.ReturnsNull.class);
        var reply = runtime.run("{}");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error()).contains("the action returned null");
        var logs = runtime.stop();
        assertThat(logs.out() + logs.err()).contains("the action returned null");
        sentinels(logs, 1);
    }

    @Test
    void whatIsNoJsonIsAnError() {
        runtime.init(HelloWhisk.ReturnsText.class);

        assertThat(runtime.run("{}").text())
                .isEqualTo("{\"error\":\"The action did not return a dictionary or array.\"}");
    }

    @Test
    void aNumberThatJsonDoesNotHaveIsAnError() {
        runtime.init(HelloWhisk.ReturnsNaN.class);

        assertThat(runtime.run("{}").error()).contains("a number that JSON does not have");
    }

    @ParameterizedTest
    @ValueSource(classes = {HelloWhisk.OwnLoader.class, HelloWhisk.ThreadLoader.class})
    void cases25And26ClassesLoadByName(Class<?> action) {
        runtime.init(action);

        assertThat(runtime.run("{}").text()).isEqualTo("{\"message\":\"dynamic!\"}");
        var logs = runtime.stop();
        silent(logs);
        sentinels(logs, 1);
    }

    @Test
    void aRunBeforeInitIsAnErrorWithoutSentinels() {
        var reply = runtime.run("{}");

        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.text()).isEqualTo("{\"error\":\"Cannot invoke an uninitialized action.\"}");
        sentinels(runtime.stop(), 0);
    }

    @Test
    void aSentinelStandsOnALineOfItsOwn() {
        runtime.init(HelloWhisk.HalfLine.class);
        runtime.run("{}");

        var logs = runtime.stop();
        sentinels(logs, 1);
        assertThat(logs.outText()).isEqualTo("no end");
    }

    @Test
    void afterAFailedInitAnotherOneMayFollow() {
        runtime.init("example.Nothing", ActionJar.base64(HelloWhisk.class));

        assertThat(runtime.init(HelloWhisk.Echo.class).status()).isEqualTo(200);
    }

    @Test
    void stoppingTheProcessIsSaidToBeThat() {
        runtime.init(HelloWhisk.Echo.class);

        assertThat(runtime.stop().err()).doesNotContain("system.exit");
    }
}
