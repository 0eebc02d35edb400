package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.gateway.TestGuest.Keys;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.kbs.InitData;
import dev.husk.snp.Bytes;
import dev.husk.snp.CertificateTable;
import dev.husk.snp.KbsEvidence;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.container.annotation.ArquillianTest;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The black-box checklist of KBS protocol 0.4.0, (a) to (m), against the running gateway. What takes five minutes, a
 * session that expires, is in {@code SessionsTest}.
 */
@ArquillianTest
@RunAsClient
class KbsConformanceIT {
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
    void a_aStockGuestWithTheKnownKeyGetsTheSecretThatWasDeposited() throws Exception {
        var toml = toml();
        TestGuest.contract("kbs-a", toml).active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.known()).status()).isEqualTo(200);
        var answer = guest.get("kbs-a/anna-2025/key");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("application/json");
        byte[] key = TestGuest.open(Keys.known(), answer);
        assertThat(key).hasSize(32).startsWith(42);
    }

    @Test
    void a_evidenceOfTheSampleTeeIsRefusedAndSaysWhy() throws Exception {
        var answer = auth("{\"version\":\"0.4.0\",\"tee\":\"sample\",\"extra-params\":\"\"}");
        assertRefused(answer, 401, "TeeUnsupported");
        assertThat(answer.json().get("detail").getAsString()).contains("signed by nobody");
    }

    @Test
    void a_theTokenIsWhatTheGuestReads() throws Exception {
        var toml = toml();
        TestGuest.contract("kbs-token", toml).active();
        var guest = new TestGuest(toml);
        var keys = Keys.known();
        var session = TestSandbox.auth();
        assertThat(guest.send(session, guest.body(session.nonce(), keys, guest.initData(), ""))
                        .status())
                .isEqualTo(200);
        assertThat(guest.token).hasSizeLessThan(8192);
        var claims = guest.claims();
        assertThat(claims.get("exp").getAsLong() - claims.get("iat").getAsLong())
                .isEqualTo(300);
        assertThat(claims.get("eat_profile").getAsString())
                .isEqualTo("tag:github.com,2024:confidential-containers/Trustee");
        var cpu = claims.getAsJsonObject("submods").getAsJsonObject("cpu0");
        assertThat(cpu.get("ear.status").getAsString()).isEqualTo("contraindicated");
        var evidence = cpu.getAsJsonObject("ear.veraison.annotated-evidence");
        var runtime = evidence.getAsJsonObject("runtime_data_claims");
        assertThat(runtime.get("nonce").getAsString()).isEqualTo(session.nonce());
        assertThat(runtime.getAsJsonObject("tee-pubkey")).isEqualTo(keys.tee().jwk());
        assertThat(evidence.get("init_data").getAsString())
                .isEqualTo(HexFormat.of().formatHex(InitData.ofToml(toml).digest()));
        assertThat(evidence.getAsJsonObject("snp").get("measurement").getAsString())
                .isEqualTo("0".repeat(96));
    }

    @Test
    void b_genuineReportsAreWrittenAnewFromJsonAndTheirSignaturesHold() throws Exception {
        int tried = 0;
        for (var folder : reports()) {
            var vcek = folder.resolve("vcek.der");
            if (Files.notExists(vcek)) {
                continue;
            }
            var evidence = new KbsEvidence(
                    Bytes.copyOf(Files.readAllBytes(folder.resolve("report.bin"))),
                    new CertificateTable(Map.of(CertificateTable.Kind.VCEK, Bytes.copyOf(Files.readAllBytes(vcek)))));
            JsonObject primary;
            try {
                primary = evidence.toJson();
            } catch (dev.husk.snp.MalformedReportException e) {
                continue; // What JSON cannot carry, no guest can send.
            }
            var reasons = reasons(primary);
            if (!reasons.contains("REPORT_DATA_MISMATCH")) {
                continue; // Its chain or signature does not hold: some of the vectors are foreign or damaged.
            }
            assertThat(reasons).as(folder.toString()).doesNotContain("SIGNATURE_INVALID", "CHAIN_UNTRUSTED");
            var changed = primary.deepCopy();
            var measurement = changed.getAsJsonObject("attestation_report").getAsJsonArray("measurement");
            measurement.set(
                    0, new com.google.gson.JsonPrimitive(measurement.get(0).getAsInt() ^ 1));
            assertThat(reasons(changed)).as(folder.toString()).containsExactly("SIGNATURE_INVALID");
            tried++;
        }
        assertThat(tried).isGreaterThanOrEqualTo(5);
    }

    @Test
    void c_aWrongNonceAnUnknownCookieAndAnothersNonceAreRefused() throws Exception {
        var guest = new TestGuest(toml());
        var keys = Keys.p256();
        var session = TestSandbox.auth();
        var wrong = guest.body("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", keys, guest.initData(), "");
        assertRefused(guest.send(session, wrong), 401, "NonceMismatch");
        // By that failure it is spent.
        assertRefused(
                guest.send(session, guest.body(session.nonce(), keys, guest.initData(), "")), 401, "InvalidSession");

        var mine = TestSandbox.auth();
        var other = TestSandbox.auth();
        assertRefused(guest.send(mine, guest.body(other.nonce(), keys, guest.initData(), "")), 401, "NonceMismatch");
        var unknown = new TestSandbox.Session("kbs-session-id=" + "0".repeat(32), other.nonce());
        assertRefused(
                guest.send(unknown, guest.body(other.nonce(), keys, guest.initData(), "")), 401, "InvalidSession");
        // A body that cannot be read spends it as well.
        assertThat(Http.post("kbs/v0/attest", "application/json", "{", Map.of("Cookie", other.cookie()))
                        .status())
                .isEqualTo(400);
        assertRefused(guest.send(other, guest.body(other.nonce(), keys, guest.initData(), "")), 401, "InvalidSession");
    }

    @Test
    void c_aSecondAttestationOnOneSessionIsRefusedAlsoWhenBothComeAtOnce() throws Exception {
        var guest = new TestGuest(toml());
        var session = TestSandbox.auth();
        var body = guest.body(session.nonce(), Keys.p256(), guest.initData(), "");
        var pool = Executors.newFixedThreadPool(8);
        try {
            var calls = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < 8; i++) {
                calls.add(() -> guest.send(session, body).status());
            }
            var statuses = new ArrayList<Integer>();
            for (var call : pool.invokeAll(calls)) {
                statuses.add(call.get());
            }
            assertThat(statuses).filteredOn(status -> status == 200).hasSize(1);
            assertThat(statuses).filteredOn(status -> status == 401).hasSize(7);
        } finally {
            pool.shutdownNow();
        }
        assertRefused(guest.send(session, body), 401, "InvalidSession");
    }

    @Test
    void d_anotherVersionIsRefusedWithTheTextThatClientsLookFor() throws Exception {
        var answer = auth("{\"version\":\"0.3.9\",\"tee\":\"snp\",\"extra-params\":\"\"}");
        assertRefused(answer, 401, "ProtocolVersion");
        assertThat(answer.json().get("detail").getAsString())
                .isEqualTo("KBS Client Protocol Version Mismatch: expect =0.4.0 while the request is 0.3.9");
    }

    @Test
    void d_theAnswerToAuthIsWhatTheGuestReads() throws Exception {
        var answer = auth("{\"version\":\"0.4.0\",\"tee\":\"snp\",\"extra-params\":"
                + "{\"supported-hash-algorithms\":[\"sha256\",\"sha384\",\"sha512\",\"sm3\"]}}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(java.util.Base64.getDecoder()
                        .decode(answer.json().get("nonce").getAsString()))
                .hasSize(32);
        assertThat(answer.json().get("extra-params").getAsString()).isEmpty();
        assertThat(answer.headers().getOrDefault("set-cookie", List.of()))
                .singleElement()
                .asString()
                .matches("kbs-session-id=[A-Za-z0-9_-]{96}; Path=/kbs/v0; HttpOnly; Expires=.* GMT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"note\":\"a \\\"quote\\\", a \\\\ and \\u00e9\\n\"}",
                "{ \"spaced\" : [ 1 , 2 ] }",
                "{\"control\":\"\\u0001\\u001f\\t\\b\",\"snow\":\"\u2603\uD83D\uDE00\",\"slash\":\"\\/\"}"
            })
    void e_additionalEvidenceIsHashedAsItWasReceived(String additional) throws Exception {
        var toml = toml();
        var guest = new TestGuest(toml);
        var answer = guest.attest(Keys.p256(), additional);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        // The same in other words is not what the hardware signed.
        var other = new TestGuest(toml);
        var session = TestSandbox.auth();
        var body = other.body(session.nonce(), Keys.p256(), other.initData(), additional);
        body.getAsJsonObject("tee-evidence").addProperty("additional_evidence", additional + " ");
        assertThat(other.send(session, body).body()).contains("REPORT_DATA_MISMATCH");
    }

    @Test
    void f_secretsAreWrappedToKeysOnP521() throws Exception {
        assertWrappedTo("kbs-f-p521", Keys.p521());
    }

    @Test
    void f_secretsAreWrappedToRsaKeys() throws Exception {
        assertWrappedTo("kbs-f-rsa", Keys.rsa());
    }

    @Test
    void g_theHeaderIsTheTemplateToTheByte() throws Exception {
        var toml = toml();
        TestGuest.contract("kbs-g", toml).active();
        for (var keys : List.of(Keys.p256(), Keys.p521(), Keys.rsa())) {
            var guest = new TestGuest(toml);
            assertThat(guest.attest(keys).status()).isEqualTo(200);
            var jwe = guest.get("kbs-g/anna-2025/key").json();
            assertThat(jwe.keySet()).containsExactlyInAnyOrder("protected", "encrypted_key", "iv", "ciphertext", "tag");
            var header = new String(Base64Url.decode(jwe.get("protected").getAsString()), StandardCharsets.US_ASCII);
            var json =
                    Json.parse(header.getBytes(StandardCharsets.US_ASCII), 4096).getAsJsonObject();
            if (!json.has("epk")) {
                assertThat(header).isEqualTo("{\"alg\":\"RSA-OAEP-256\",\"enc\":\"A256GCM\"}");
                continue;
            }
            var epk = json.getAsJsonObject("epk");
            assertThat(header)
                    .isEqualTo(
                            "{\"alg\":\"ECDH-ES+A256KW\",\"enc\":\"A256GCM\",\"epk\":{\"crv\":%s,\"kty\":\"EC\",\"x\":%s,\"y\":%s}}"
                                    .formatted(keys.tee().jwk().get("crv"), epk.get("x"), epk.get("y")));
        }
    }

    @Test
    void h_aTokenIsEnoughWithoutACookie() throws Exception {
        var toml = toml();
        TestGuest.contract("kbs-h", toml).active();
        var guest = new TestGuest(toml);
        var keys = Keys.p256();
        assertThat(guest.attest(keys).status()).isEqualTo(200);
        assertThat(TestGuest.open(keys, guest.get("kbs-h/anna-2025/key"))).startsWith(42);
        assertRefused(Http.get("kbs/v0/resource/kbs-h/anna-2025/key", Map.of()), 401, "TokenMissing");
        assertRefused(
                Http.get("kbs/v0/resource/kbs-h/anna-2025/key", Map.of("Authorization", "Bearer x.y.z")),
                401,
                "TokenInvalid");
        // A bad token is not made good by a cookie.
        assertRefused(
                Http.get(
                        "kbs/v0/resource/kbs-h/anna-2025/key",
                        Map.of("Authorization", "Bearer x.y.z", "Cookie", guest.cookie)),
                401,
                "TokenInvalid");
    }

    @Test
    void h_whatATokenGetsIsWrappedToItsOwnKeyAndToNoOther() throws Exception {
        var toml = toml();
        TestGuest.contract("kbs-h-keys", toml).active();
        var guest = new TestGuest(toml);
        var first = Keys.p256();
        var second = Keys.p256();
        assertThat(guest.attest(first).status()).isEqualTo(200);
        var firstToken = guest.token;
        assertThat(guest.attest(second).status()).isEqualTo(200);
        assertThat(TestGuest.open(second, guest.get("kbs-h-keys/anna-2025/key")))
                .startsWith(42);
        guest.token = firstToken;
        assertThat(TestGuest.open(first, guest.get("kbs-h-keys/anna-2025/key"))).startsWith(42);
    }

    @Test
    void i_aCookieIsEnoughWithoutAToken() throws Exception {
        var toml = toml();
        TestGuest.contract("kbs-i", toml).active();
        var guest = new TestGuest(toml);
        var keys = Keys.p256();
        assertThat(guest.attest(keys).status()).isEqualTo(200);
        assertThat(TestGuest.open(keys, guest.getByCookie("kbs-i/anna-2025/key")))
                .startsWith(42);
        // The cookie that stood for the open session is spent.
        assertThat(guest.cookie).isEqualTo("kbs-session-id=" + guest.token);
        guest.cookie = TestSandbox.auth().cookie();
        assertRefused(guest.getByCookie("kbs-i/anna-2025/key"), 401, "InvalidSession");
        guest.cookie = "kbs-session-id=" + "0".repeat(32);
        assertRefused(guest.getByCookie("kbs-i/anna-2025/key"), 401, "InvalidSession");
    }

    @Test
    void j_whatIsNotThereAndWhatIsDeniedComeWithAKbsError() throws Exception {
        var toml = toml();
        TestGuest.contract("kbs-j", toml).active();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(Keys.p256()).status()).isEqualTo(200);
        assertRefused(guest.get("no-such-contract/anna-2025/key"), 404, "NOT_FOUND");
        assertRefused(guest.get("kbs-j/anna-2025/no-such-tag"), 404, "NOT_FOUND");
        assertRefused(guest.get("kbs-j/no-such-dataset/key"), 403, "PolicyDeny");
        var tooShort = Http.get("kbs/v0/resource/kbs-j/key", Map.of("Authorization", "Bearer " + guest.token));
        assertThat(tooShort.status()).isEqualTo(404);
        assertThat(tooShort.json().get("type").getAsString()).startsWith(ERRORS);
    }

    @Test
    void k_aBodyOfTwoMebibytesIsReadAndOneByteMoreIsNot() throws Exception {
        var guest = new TestGuest(toml());
        var tooLong = TestSandbox.auth();
        var refused = Http.post(
                "kbs/v0/attest",
                "application/json",
                padded(guest.body(tooLong.nonce(), Keys.p256(), guest.initData(), ""), (2 << 20) + 1),
                Map.of("Cookie", tooLong.cookie()));
        assertRefused(refused, 413, "TOO_LARGE");
        var session = TestSandbox.auth();
        var taken = Http.post(
                "kbs/v0/attest",
                "application/json",
                padded(guest.body(session.nonce(), Keys.p256(), guest.initData(), ""), 2 << 20),
                Map.of("Cookie", session.cookie()));
        assertThat(taken.status()).as(taken.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256", "sha384", "sha512"})
    void l_initDataAreHeldAgainstHostDataByTheHashThatTheyName(String algorithm) throws Exception {
        var toml = TestGuest.toml(algorithm, UUID.randomUUID().toString());
        var name = "kbs-l-" + algorithm;
        TestGuest.contract(name, toml).active();
        var keys = Keys.p256();
        var guest = new TestGuest(toml);
        assertThat(guest.attest(keys).status()).isEqualTo(200);
        assertThat(TestGuest.open(keys, guest.get(name + "/anna-2025/key"))).startsWith(42);

        var liar = new TestGuest(
                toml, InitData.ofToml(TestGuest.toml(algorithm, "other")).hostData());
        var answer = liar.attest(keys);
        assertRefused(answer, 401, "AttestationFailed");
        assertThat(answer.body()).contains("INIT_DATA_MISMATCH");
    }

    @Test
    void m_aGuestWhoseHostDataAreAbsentIsRefused() throws Exception {
        var toml = toml();
        var guest = new TestGuest(toml, new byte[32]);
        var answer = guest.attest(Keys.p256());
        assertRefused(answer, 403, "PolicyDeny");
        assertThat(answer.body()).contains("HOST_DATA_ABSENT");
        // Not even where a contract lists zeros.
        var zeros = TestGuest.contract("kbs-m", toml, text -> text.replace(TestGuest.hostData(toml), "0".repeat(64)));
        zeros.active();
        assertThat(guest.attest(Keys.p256()).body()).contains("HOST_DATA_ABSENT");
    }

    @Test
    void m_aGuestThatSaysNothingOfWhatRunsThereIsRefused() throws Exception {
        var guest = new TestGuest(toml());
        var session = TestSandbox.auth();
        var answer = guest.send(session, guest.bodyWithoutInitData(session.nonce(), Keys.p256()));
        assertRefused(answer, 403, "PolicyDeny");
        assertThat(answer.body()).contains("INIT_DATA_MISSING");
    }

    private static void assertWrappedTo(String contract, Keys keys) throws Exception {
        var toml = toml();
        TestGuest.contract(contract, toml).active();
        var guest = new TestGuest(toml);
        var answer = guest.attest(keys);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(TestGuest.open(keys, guest.get(contract + "/anna-2025/key")))
                .hasSize(32)
                .startsWith(42);
        assertThat(TestGuest.open(keys, guest.getByCookie(contract + "/berta-2025/key")))
                .hasSize(32);
    }

    private static void assertRefused(Http.Answer answer, int status, String variant) throws Exception {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.contentType()).startsWith("application/json");
        assertThat(answer.json().get("type").getAsString()).isEqualTo(ERRORS + variant);
        assertThat(answer.json().get("detail").getAsString()).isNotEmpty();
    }

    private static Http.Answer auth(String body) throws Exception {
        return Http.post("kbs/v0/auth", "application/json", body, Map.of());
    }

    /** The codes of what speaks against this evidence. */
    private static List<String> reasons(JsonObject primary) throws Exception {
        var guest = new TestGuest(toml());
        var session = TestSandbox.auth();
        var body = guest.body(session.nonce(), Keys.p256(), guest.initData(), "");
        body.getAsJsonObject("tee-evidence").add("primary_evidence", primary);
        var answer = guest.send(session, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(401);
        var codes = new ArrayList<String>();
        if (answer.json().get("reasons") instanceof com.google.gson.JsonArray reasons) {
            reasons.forEach(
                    reason -> codes.add(reason.getAsJsonObject().get("code").getAsString()));
        }
        return codes;
    }

    private static List<Path> reports() throws Exception {
        var folder = Path.of(System.getProperty("husk.vectors"), "snp/reports");
        assertThat(folder)
                .as("test vectors (name their folder with -Dhusk.vectors=)")
                .exists();
        try (var folders = Files.list(folder)) {
            return folders.filter(Files::isDirectory).sorted().toList();
        }
    }

    private static String padded(JsonObject body, int length) {
        var text = body.toString();
        return text + " ".repeat(length - text.getBytes(StandardCharsets.UTF_8).length);
    }

    private static String toml() {
        return TestGuest.toml("sha384", UUID.randomUUID().toString());
    }
}
