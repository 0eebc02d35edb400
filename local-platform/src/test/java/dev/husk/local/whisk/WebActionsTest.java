package dev.husk.local.whisk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Web actions, called without a key. The action is an echo, so that a request's parameters choose the answer. */
@Timeout(300)
class WebActionsTest {
    private static final String WEB = "/api/v1/web/guest/default/";

    @TempDir
    static Path folder;

    static WhiskServer server;
    static Client client;

    @BeforeAll
    static void start() throws Exception {
        server = Servers.start(folder, Servers.limits(6));
        client = new Client(server);
        client.create("private", "echo");
        client.create("web", "echo", "{\"annotations\":[{\"key\":\"web-export\",\"value\":true}]}");
        client.create("raw", "echo", """
                {"annotations":[{"key":"web-export","value":true},{"key":"raw-http","value":true},
                  {"key":"final","value":true}],"parameters":[{"key":"a","value":"fixed"}]}""");
        client.create("secret", "echo", """
                {"annotations":[{"key":"web-export","value":true},{"key":"require-whisk-auth","value":"word"}]}""");
        client.create("members", "echo", """
                {"annotations":[{"key":"web-export","value":true},{"key":"require-whisk-auth","value":true}]}""");
        client.create("options", "echo", """
                {"annotations":[{"key":"web-export","value":true},{"key":"web-custom-options","value":true}]}""");
        client.create("failing", "refuses", "{\"annotations\":[{\"key\":\"web-export\",\"value\":true}]}");
        client.create("throwing", "throws", "{\"annotations\":[{\"key\":\"web-export\",\"value\":true}]}");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void onlyAnExportedActionIsThere() throws Exception {
        get("private.json").is(404);
        get("none.json").is(404);
        client.send(client.request("GET", "/api/v1/web/other/default/web.json", ""))
                .is(404);
        get("web.json").is(200);
    }

    @Test
    void theActionSeesTheRequest() throws Exception {
        var seen = client.send(
                        client.request("POST", WEB + "web.json/more/p%20q?a=1&b=two%20words", "{\"b\":2,\"c\":[]}")
                                .header("Content-Type", "application/json")
                                .header("X-Given", "yes"))
                .is(200)
                .object();
        assertThat(seen.get("a").getAsString()).isEqualTo("1");
        assertThat(seen.get("b").getAsInt()).isEqualTo(2);
        assertThat(seen.get("c")).hasToString("[]");
        assertThat(seen.get("__ow_method").getAsString()).isEqualTo("post");
        assertThat(seen.get("__ow_path").getAsString()).isEqualTo("/more/p%20q");
        assertThat(seen.getAsJsonObject("__ow_headers").get("x-given").getAsString())
                .isEqualTo("yes");
        assertThat(seen.has("__ow_user")).isFalse();
        var known = client.send(
                client.request("GET", WEB + "web.json", "").header("Authorization", client.authorization()));
        assertThat(known.object().get("__ow_user").getAsString()).isEqualTo("guest");
    }

    @Test
    void formsAreMergedAndOtherBodiesComeAsText() throws Exception {
        assertThat(post("web.json", "application/x-www-form-urlencoded", "a=1&b=x+y")
                        .object()
                        .get("b")
                        .getAsString())
                .isEqualTo("x y");
        assertThat(post("web.json", "text/plain", "some text")
                        .object()
                        .get("__ow_body")
                        .getAsString())
                .isEqualTo("some text");
        assertThat(post("web.json", "application/octet-stream", "abc")
                        .object()
                        .get("__ow_body")
                        .getAsString())
                .isEqualTo("YWJj");
        post("web.json", "application/json", "{broken").is(400);
        get("web.json?__ow_path=x").is(400);
    }

    @Test
    void aRawActionGetsQueryAndBodyUnparsedAndItsFinalParametersStay() throws Exception {
        var seen = post("raw.json?a=1&b=%20", "application/json", "{\"a\":2}")
                .is(200)
                .object();
        assertThat(seen.get("__ow_query").getAsString()).isEqualTo("a=1&b=%20");
        assertThat(seen.get("__ow_body").getAsString())
                .isEqualTo(Base64.getEncoder().encodeToString("{\"a\":2}".getBytes(StandardCharsets.UTF_8)));
        assertThat(seen.get("a").getAsString()).isEqualTo("fixed");
        assertThat(get("raw.json").object().get("__ow_body").getAsString()).isEmpty();
    }

    @Test
    void aSecretOrTheKeyIsAskedForWhereTheActionSaysSo() throws Exception {
        get("secret.json").is(401);
        client.send(client.request("GET", WEB + "secret.json", "").header("X-Require-Whisk-Auth", "wrong"))
                .is(401);
        client.send(client.request("GET", WEB + "secret.json", "").header("X-Require-Whisk-Auth", "word"))
                .is(200);
        get("members.json").is(401);
        client.send(client.request("GET", WEB + "members.json", "").header("Authorization", client.authorization()))
                .is(200);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            web      | {"body":"<p>"}                                             | 200 | text/html; charset=UTF-8 | <p>
            web.http | {"body":{"a":1},"statusCode":201}                          | 201 | application/json         | {"a":1}
            web.http | {"body":"a,b","headers":{"Content-Type":"text/csv"}}       | 200 | text/csv; charset=UTF-8  | a,b
            web.http | {"body":"aGk=","headers":{"content-type":"image/png"}}     | 200 | image/png                | hi
            web.http | {"body":"%%%","headers":{"content-type":"image/png"}}      | 400 | application/json         |
            web.http | {"body":{},"headers":{"content-type":"image/png"}}         | 400 | application/json         |
            web.http | {"statusCode":"302","headers":{"Location":"/x"}}           | 302 |                          | ''
            web.http | {}                                                         | 204 |                          | ''
            web.http | {"statusCode":99}                                          | 400 | application/json         |
            web.http | {"headers":{"X":"a\\r\\nY: b"},"body":"x"}                 | 400 | application/json         |
            web.http | {"headers":[],"body":"x"}                                  | 400 | application/json         |
            web.html | {"html":"<b>"}                                             | 200 | text/html; charset=UTF-8 | <b>
            web.html | {"html":1}                                                 | 400 | application/json         |
            web.svg  | {"svg":"<svg/>"}                                           | 200 | image/svg+xml            | <svg/>
            web.text | {"text":"plain"}                                           | 200 | text/plain; charset=UTF-8 | plain
            web.text | {"text":7}                                                 | 200 | text/plain; charset=UTF-8 | 7
            web.text | {}                                                         | 404 | application/json         |
            """)
    void theExtensionDecidesTheAnswer(String name, String result, int status, String type, String body)
            throws Exception {
        var reply = post(name, "application/json", result).is(status);
        assertThat(reply.header("Content-Type")).isEqualTo(type == null ? "" : type);
        if (body != null) {
            assertThat(reply.body()).isEqualTo(body);
        } else {
            assertThat(reply.object().keySet()).containsExactly("error", "code");
        }
    }

    @Test
    void anErrorIsShownByItsKind() throws Exception {
        assertThat(get("failing.text").is(200).body()).isEqualTo("not today");
        get("failing.json").is(400);
        assertThat(get("throwing.json").is(400).object().get("error").getAsString())
                .isEqualTo("There was an error processing your request.");
    }

    @Test
    void browsersOfAnyOriginMayCallUnlessTheActionAnswersOptionsItself() throws Exception {
        var preflight = client.send(
                        client.request("OPTIONS", WEB + "web", "").header("Access-Control-Request-Headers", "X-Own"))
                .is(200);
        assertThat(preflight.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(preflight.header("Access-Control-Allow-Headers")).isEqualTo("X-Own");
        assertThat(get("web.json").header("Access-Control-Allow-Methods")).contains("PATCH");
        var own =
                client.send(client.request("OPTIONS", WEB + "options.json", "")).is(200);
        assertThat(own.object().get("__ow_method").getAsString()).isEqualTo("options");
        assertThat(own.header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void headHasNoBody() throws Exception {
        assertThat(client.send(client.request("HEAD", WEB + "web.json", ""))
                        .is(200)
                        .body())
                .isEmpty();
    }

    private static Client.Reply get(String path) throws IOException, InterruptedException {
        return client.send(client.request("GET", WEB + path, ""));
    }

    private static Client.Reply post(String path, String type, String body) throws IOException, InterruptedException {
        return client.send(client.request("POST", WEB + path, body).header("Content-Type", type));
    }
}
