package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.gateway.Mutations.Kind;
import dev.husk.gateway.TestGuest.Keys;
import dev.husk.protocol.json.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Whatever is wrong with a handshake, the running gateway answers with a 4xx and a KBS error, and never gives a token. */
@ArquillianTest
@RunAsClient
class KbsNegativeIT {
    private static final String ERRORS = "https://github.com/confidential-containers/kbs/errors/";

    @Deployment(testable = false)
    static WebArchive nothing() {
        return ServerUnderTest.nothing("nothing.war");
    }

    @BeforeAll
    static void awaitTheGateway() throws Exception {
        ServerUnderTest.awaitReady();
    }

    @Test
    void everyMemberOfAuthGoneTwiceOrOfAnotherKindIsACleanRefusal() throws Exception {
        var body = new JsonObject();
        body.addProperty("version", "0.4.0");
        body.addProperty("tee", "snp");
        body.add("extra-params", new JsonObject());
        int tried = 0;
        for (var member : List.of("version", "tee", "extra-params")) {
            for (var kind : Kind.values()) {
                var mutated = Mutations.of(body, member, kind);
                // Parameters may be a text or an object of any kind.
                if (mutated.isEmpty()
                        || member.equals("extra-params")
                                && List.of(Kind.TEXT, Kind.EMPTY_TEXT, Kind.OBJECT)
                                        .contains(kind)) {
                    continue;
                }
                assertRefused(
                        member + " " + kind, Http.post("kbs/v0/auth", "application/json", mutated.get(), Map.of()));
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(50);
        assertThat(Http.post(
                                "kbs/v0/auth",
                                "application/json",
                                Mutations.reversed(body).toString(),
                                Map.of())
                        .status())
                .isEqualTo(200);
    }

    @Test
    void everyMemberOfARuntimesAttestationGoneTwiceOrOfAnotherKindIsACleanRefusal() throws Exception {
        var sandbox = new TestSandbox();
        assertEveryMutationRefused(nonce -> sandbox.body(nonce, TestContract.CODE));
        var session = TestSandbox.auth();
        var body = Mutations.reversed(sandbox.body(session.nonce(), TestContract.CODE))
                .getAsJsonObject();
        // No attempt has bound the sandbox, and the order of members says nothing.
        assertThat(sandbox.send(session, body).status()).isEqualTo(200);
    }

    @Test
    void everyMemberOfAStockGuestsAttestationGoneTwiceOrOfAnotherKindIsACleanRefusal() throws Exception {
        var guest = new TestGuest(TestGuest.toml("sha256", UUID.randomUUID().toString()));
        var keys = Keys.rsa();
        assertEveryMutationRefused(nonce -> guest.body(nonce, keys, guest.initData(), ""));
        var session = TestSandbox.auth();
        var body = Mutations.reversed(guest.body(session.nonce(), keys, guest.initData(), ""))
                .getAsJsonObject();
        assertThat(guest.send(session, body).status()).isEqualTo(200);
    }

    @Test
    void everyMemberOfAzuresEvidenceGoneTwiceOrOfAnotherKindIsACleanRefusal() throws Exception {
        var azure = new TestAzureGuest();
        var keys = Keys.p256();
        assertEveryMutationRefused("az-snp-vtpm", nonce -> azure.body(nonce, keys, azure.initData()));
        var session = TestSandbox.auth("az-snp-vtpm");
        assertThat(azure.send(session, azure.body(session.nonce(), keys, azure.initData()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theBytesOfEvidenceChangedSwappedOrCutAreACleanRefusal() throws Exception {
        var guest = new TestGuest(TestGuest.toml("sha256", UUID.randomUUID().toString()));
        var keys = Keys.p256();
        for (var name : List.of("report_data", "measurement", "host_data", "report_id", "chip_id", "family_id")) {
            for (int how = 0; how < 5; how++) {
                var session = TestSandbox.auth();
                var body = guest.body(session.nonce(), keys, guest.initData(), "");
                var report = body.getAsJsonObject("tee-evidence")
                        .getAsJsonObject("primary_evidence")
                        .getAsJsonObject("attestation_report");
                var bytes = report.getAsJsonArray(name);
                switch (how) {
                    case 0 ->
                        bytes.set(
                                0,
                                new com.google.gson.JsonPrimitive(bytes.get(0).getAsInt() ^ 1));
                    case 1 -> bytes.remove(0);
                    case 2 -> bytes.add(0);
                    case 3 -> bytes.set(1, new com.google.gson.JsonPrimitive(256));
                    default -> bytes.set(2, com.google.gson.JsonNull.INSTANCE);
                }
                assertRefused(name + " " + how, guest.send(session, body));
            }
        }
        var session = TestSandbox.auth();
        var body = guest.body(session.nonce(), keys, guest.initData(), "");
        var signature = body.getAsJsonObject("tee-evidence")
                .getAsJsonObject("primary_evidence")
                .getAsJsonObject("attestation_report")
                .getAsJsonObject("signature");
        for (var half : List.of("r", "s")) {
            var zeros = new com.google.gson.JsonArray();
            for (int i = 0; i < 72; i++) {
                zeros.add(0);
            }
            signature.add(half, zeros);
        }
        assertRefused("zero signature", guest.send(session, body));
    }

    @Test
    void cookiesThatAreNoneAreACleanRefusal() throws Exception {
        var guest = new TestGuest(TestGuest.toml("sha256", UUID.randomUUID().toString()));
        for (var cookie : List.of(
                "kbs-session-id=",
                "kbs-session-id",
                "kbs-session-id=\"quoted\"",
                "kbs-session-id=" + "0".repeat(5000),
                "kbs-session-id=../../x",
                "kbs-session-id=%00",
                "other=1",
                "=",
                ";;;")) {
            var session = new TestSandbox.Session(cookie, "nonce");
            assertRefused(cookie, guest.send(session, guest.body("nonce", Keys.p256(), guest.initData(), "")));
            assertRefused(cookie, Http.get("kbs/v0/resource/a/b/key", Map.of("Cookie", cookie)));
        }
    }

    @Test
    void tokensThatAreNoneAreACleanRefusal() throws Exception {
        for (var authorization : List.of(
                "",
                "Bearer",
                "Bearer ",
                "Bearer .",
                "Bearer ..",
                "Bearer " + "x".repeat(5000),
                "Basic eA==",
                "Bearer a.b.c.d")) {
            assertRefused(authorization, Http.get("kbs/v0/resource/a/b/key", Map.of("Authorization", authorization)));
            assertRefused(
                    authorization,
                    Http.post("kbs/v0/husk/release", "text/plain", "x", Map.of("Authorization", authorization)));
            assertRefused(
                    authorization,
                    Http.post("kbs/v0/husk/run", "application/json", "{}", Map.of("Authorization", authorization)));
        }
    }

    @Test
    void whatIsNotTheProtocolComesWithAKbsErrorToo() throws Exception {
        assertRefused("a GET", Http.get("kbs/v0/auth", Map.of()));
        assertRefused("no such path", Http.get("kbs/v0/nothing", Map.of()));
        assertRefused("another version", Http.post("kbs/v1/auth", "application/json", "{}", Map.of()));
        assertRefused("another type", Http.post("kbs/v0/auth", "text/plain", "{}", Map.of()));
        assertRefused("another plugin", Http.get("kbs/v0/nebula-ca/credential", Map.of()));
        assertRefused("no body", Http.post("kbs/v0/auth", "application/json", new byte[0], Map.of()));
        for (var path : List.of("%ff/b/key", "a/%c0%af/key", "%F0%9F%98%80/b/key")) {
            assertRefused(path, raw("kbs/v0/resource/" + path));
        }
        // The server itself refuses an encoded slash or zero byte, in its own words.
        for (var path : List.of("a%2Fb/c/key", "a/b/key%00")) {
            assertThat(raw("kbs/v0/resource/" + path).status()).isBetween(400, 499);
        }
    }

    /** Makes a body for a nonce. */
    private interface Body {
        JsonObject of(String nonce) throws Exception;
    }

    private static void assertEveryMutationRefused(Body maker) throws Exception {
        assertEveryMutationRefused("snp", maker);
    }

    private static void assertEveryMutationRefused(String tee, Body maker) throws Exception {
        var statuses = new HashSet<Integer>();
        int tried = 0;
        for (var member : Mutations.members(maker.of("nonce"))) {
            for (var kind : Kind.values()) {
                var session = TestSandbox.auth(tee);
                var mutated = Mutations.of(maker.of(session.nonce()), member, kind);
                // What older firmware does not report may be absent or null.
                boolean optional = member.matches(".*/(fmc|launch_mit_vector|current_mit_vector)");
                if (mutated.isEmpty() || optional && (kind == Kind.DROPPED || kind == Kind.NULL)) {
                    continue;
                }
                var answer = Http.post(
                        "kbs/v0/attest", "application/json", mutated.get(), Map.of("Cookie", session.cookie()));
                assertRefused(member + " " + kind, answer);
                statuses.add(answer.status());
                tried++;
            }
        }
        assertThat(tried).isGreaterThan(200);
        assertThat(statuses).contains(400, 401);
    }

    private static void assertRefused(String what, Http.Answer answer) throws Exception {
        assertThat(answer.status()).as("%s: %s", what, answer.body()).isBetween(400, 499);
        assertThat(answer.contentType()).as(what).startsWith("application/json");
        var json = Json.parse(answer.body().getBytes(StandardCharsets.UTF_8), 1 << 20)
                .getAsJsonObject();
        assertThat(json.get("type").getAsString()).as(what).startsWith(ERRORS);
        assertThat(json.get("detail").getAsString()).as(what).isNotEmpty();
        assertThat(json.has("token")).isFalse();
    }

    /** A GET whose path is sent as it stands. */
    private static Http.Answer raw(String path) throws Exception {
        var response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(ServerUnderTest.base() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new Http.Answer(
                response.statusCode(),
                response.body(),
                new java.util.HashMap<>(response.headers().map()));
    }
}
