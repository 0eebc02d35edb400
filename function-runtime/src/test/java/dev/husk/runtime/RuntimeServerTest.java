package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.husk.actions.Functions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the server does with bodies that no platform sends. */
@Timeout(600)
class RuntimeServerTest {
    @TempDir
    private Path folder;

    private TestRuntime runtime;

    @BeforeEach
    void start() throws IOException {
        runtime = TestRuntime.plain(folder);
    }

    @AfterEach
    void stop() {
        runtime.close();
    }

    @Test
    void anInitBeyondTheLimitIsRefusedAndTheNextOneServed() {
        var reply = runtime.post("/init", new byte[RuntimeServer.MAX_INIT + 1]);

        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.error()).contains("longer than");
        assertThat(runtime.init(Functions.Echo.class).status()).isEqualTo(200);
    }

    @Test
    void aRunBeyondTheLimitIsRefused() {
        runtime.init(Functions.Echo.class);

        assertThat(runtime.post("/run", new byte[RuntimeServer.MAX_RUN + 1]).status())
                .isEqualTo(413);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "[]", "7", "null", "{", "{}x", "{\"value\":1}", "{\"value\":null}", "{\"value\":\"x\"}"})
    void garbageIsAnsweredInJson(String body) {
        for (var path : new String[] {"/init", "/run"}) {
            var reply = runtime.post(path, body.getBytes(StandardCharsets.UTF_8));

            assertThat(reply.status()).isBetween(400, 502);
            assertThat(reply.error()).isNotEmpty();
        }
    }

    @Test
    void otherPathsAndMethodsAreAnsweredInJson() {
        assertThat(runtime.post("/", new byte[0]).status()).isEqualTo(404);
        assertThat(runtime.post("/initial", new byte[0]).status()).isEqualTo(404);
        assertThat(runtime.post("/run/../etc", new byte[0]).status()).isEqualTo(404);
    }

    @Test
    void randomBodiesGetCleanAnswersAndDoNotStopTheAction() {
        runtime.init(Functions.Echo.class);
        var random = new Random(42);
        var seed =
                "{\"value\":{\"main\":\"a.B#c\",\"code\":\"QUJD\",\"contract\":\"x\",\"env\":{\"A\":\"b\"}},\"activation_id\":\"7\"}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 600; i++) {
            var body = seed.clone();
            for (int flips = random.nextInt(6); flips >= 0; flips--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            var reply = runtime.post(i % 2 == 0 ? "/run" : "/init", body);

            assertThat(reply.status()).isIn(200, 400, 502);
            assertThat(JsonParser.parseString(reply.text()).isJsonObject()).isTrue();
        }
        var value = new JsonObject();
        value.addProperty("still", "here");
        assertThat(runtime.run(value).json()).isEqualTo(value);
    }

    @Test
    void randomInitsGetCleanAnswersAndNothingIsInitialized() {
        var random = new Random(43);
        var seed = "{\"value\":{\"main\":\"a.B#c\",\"code\":\"QUJD\",\"binary\":true,\"env\":{\"A=\":\"b\",\"\":1}}}"
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 300; i++) {
            var body = seed.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                body[random.nextInt(body.length)] = (byte) (32 + random.nextInt(96));
            }
            var reply = runtime.post("/init", body);

            assertThat(reply.status()).isIn(400, 502);
            assertThat(reply.error()).isNotEmpty();
        }
        assertThat(runtime.run(new JsonObject()).error()).isEqualTo("Cannot invoke an uninitialized action.");
    }

    @Test
    void anEnvironmentThatNoProcessCanHaveIsLeftOut() {
        var env = new JsonObject();
        env.addProperty("A=B", "c");
        env.addProperty("", "c");
        env.addProperty("HUSK_TEST_NUMBER", 7);
        Environment.ofProcess().export(env, name -> true);

        assertThat(System.getenv("HUSK_TEST_NUMBER")).isEqualTo("7");
        assertThat(System.getenv()).doesNotContainKeys("A=B", "");
    }
}
