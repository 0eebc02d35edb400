package dev.husk.gateway.party;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.proc.SimpleSecurityContext;
import com.sun.net.httpserver.HttpHandler;
import dev.husk.gateway.TestAuthority;
import dev.husk.gateway.TestIssuer;
import dev.husk.gateway.tls.ServerTrust;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the issuer's keys come from, and what is refused on the way. */
class IssuerKeysTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Map<String, HttpHandler> BAD = Map.of(
            "not JSON", exchange -> TestIssuer.answer(exchange, "<html>sign in</html>"),
            "no object", exchange -> TestIssuer.answer(exchange, "[]"),
            "empty", exchange -> TestIssuer.answer(exchange, ""),
            "another object", exchange -> TestIssuer.answer(exchange, "{\"keys\":7}"),
            "cut", exchange -> TestIssuer.answer(exchange, "{\"keys\":["),
            "too large", exchange -> TestIssuer.answer(exchange, " ".repeat(256 << 10) + "{\"keys\":[]}"),
            "redirect",
                    exchange -> {
                        exchange.getResponseHeaders().set("Location", "/keys");
                        exchange.sendResponseHeaders(302, -1);
                        exchange.close();
                    },
            "failure",
                    exchange -> {
                        exchange.sendResponseHeaders(500, -1);
                        exchange.close();
                    },
            "hung up",
                    exchange -> {
                        exchange.sendResponseHeaders(200, 1000);
                        exchange.close();
                    });

    @TempDir
    Path folder;

    private final CountDownLatch end = new CountDownLatch(1);
    private TestIssuer issuer;

    static List<String> bad() {
        return BAD.keySet().stream().sorted().toList();
    }

    @BeforeEach
    void start() throws Exception {
        issuer = new TestIssuer();
        issuer.publishEc("first");
    }

    @AfterEach
    void stop() {
        end.countDown();
        issuer.close();
    }

    @Test
    void discoveryAloneFindsTheKeys() throws Exception {
        assertThat(ids(discovered())).containsExactly("first");
        assertThat(ids(JWKSet.load(copy().toFile()))).containsExactly("first");
    }

    @Test
    void theDocumentIsReadAnewWithTheKeys() throws Exception {
        var keys = keys(Optional.empty(), ofTheJvm(), LONG);
        assertThat(ids(get(keys))).containsExactly("first");
        issuer.moveKeys("/elsewhere");
        issuer.publishRsa("second");
        issuer.withdraw("first");
        assertThat(ids(get(keys))).containsExactly("second");
        assertThat(ids(JWKSet.load(copy().toFile()))).containsExactly("second");
    }

    @Test
    void anIssuerWithAPathHasItsDocumentBelow() {
        assertThat(Discovery.address("https://issuer.example/realms/a/"))
                .isEqualTo(URI.create("https://issuer.example/realms/a/.well-known/openid-configuration"));
        assertThat(Discovery.address("https://issuer.example"))
                .isEqualTo(URI.create("https://issuer.example/.well-known/openid-configuration"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "x"})
    void theDocumentOfAnotherIssuerIsRefused(String suffix) {
        var other = suffix.isEmpty() ? "https://another.example" : issuer.issuer() + suffix;
        document(other, "\"" + issuer.keys() + "\"");
        refused("is not of the issuer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"http://issuer.example/keys\"",
                "\"http://127.0.0.1.issuer.example/keys\"",
                "\"http://[::ffff:8.8.8.8]/keys\"",
                "\"file:///etc/passwd\"",
                "\"/keys\"",
                "\"\"",
                "\"http://a b\"",
                "7",
                "null",
                "[\"https://issuer.example/keys\"]"
            })
    void keysOffThisMachineMustBeHttps(String address) {
        document(issuer.issuer(), address);
        refused("jwks_uri in the discovery document");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"https:keys\"", "\"https:///keys\"", "\"https://[::1]:99999/keys\""})
    void anAddressThatCannotBeAskedIsAFailureAsAnyOther(String address) {
        document(issuer.issuer(), address);
        refused("");
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadDocumentGivesNoKeys(String what) {
        issuer.discovery(Objects.requireNonNull(BAD.get(what)));
        refused("");
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadKeySetGivesNoKeys(String what) {
        issuer.keySet(Objects.requireNonNull(BAD.get(what)));
        refused("");
        assertThatThrownBy(() -> get(keys(Optional.of(issuer.keys()), ofTheJvm(), LONG)))
                .isInstanceOf(JWKSetUnavailableException.class);
    }

    @Test
    void aRedirectIsNotFollowed() {
        issuer.keySet(Objects.requireNonNull(BAD.get("redirect")));
        refused("status 302");
        issuer.discovery(Objects.requireNonNull(BAD.get("redirect")));
        refused("status 302");
    }

    @Test
    void whatIsTooLargeIsNotRead() {
        issuer.keySet(Objects.requireNonNull(BAD.get("too large")));
        refused("longer than 262144 bytes");
        issuer.discovery(Objects.requireNonNull(BAD.get("too large")));
        refused("longer than 262144 bytes");
    }

    @Test
    void aBodyThatNeverEndsIsGivenUp() {
        HttpHandler slow = exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        };
        issuer.discovery(slow);
        assertThatThrownBy(() -> get(keys(Optional.empty(), ofTheJvm(), Duration.ofSeconds(1))))
                .isInstanceOf(JWKSetUnavailableException.class);
        issuer.keySet(slow);
        assertThatThrownBy(() -> get(keys(Optional.of(issuer.keys()), ofTheJvm(), Duration.ofSeconds(1))))
                .isInstanceOf(JWKSetUnavailableException.class)
                .hasMessageContaining("no whole answer in 1000 ms");
    }

    @Test
    void aFailureLeavesWhatTheServerHasAsItWas() throws Exception {
        discovered();
        var before = Files.readString(copy());
        issuer.keySet(Objects.requireNonNull(BAD.get("not JSON")));
        refused("they are no JWK set");
        assertThat(Files.readString(copy())).isEqualTo(before);
    }

    @Test
    void keysThatTheServerCannotGetAreKeysOfNobody() throws Exception {
        Files.createDirectories(copy().resolve("in the way"));
        refused("");
    }

    @Test
    void aFileIsReadAndBounded() throws Exception {
        var file = Files.writeString(folder.resolve("jwks.json"), "{\"keys\":[]}");
        assertThat(get(keys(Optional.of(file.toUri()), ofTheJvm(), LONG)).getKeys())
                .isEmpty();
        Files.writeString(file, " ".repeat(256 << 10) + "{\"keys\":[]}");
        assertThatThrownBy(() -> get(keys(Optional.of(file.toUri()), ofTheJvm(), LONG)))
                .hasMessageContaining("longer than 262144 bytes");
    }

    @Test
    void theServersCopyHoldsNoPrivateAndNoSymmetricKeys() throws Exception {
        var key = issuer.publishEc("private");
        issuer.keySet(exchange -> TestIssuer.answer(
                exchange,
                "{\"keys\":[%s,{\"kty\":\"oct\",\"kid\":\"shared\",\"k\":\"AAAA\"}]}".formatted(key.toJSONString())));
        discovered();
        assertThat(Files.readString(copy()))
                .contains("\"private\"")
                .doesNotContain("\"d\"")
                .doesNotContain("shared");
    }

    @Test
    void anAuthorityOfTheIssuersOwnIsTrustedWhereItIsNamed() throws Exception {
        var authority = new TestAuthority();
        try (var https = new TestIssuer(authority)) {
            https.publishEc("first");
            var file = folder.resolve("ca.pem");
            TestAuthority.write(file, authority.certificate);
            var http = new IssuerHttp(ServerTrust.of("HUSK_ISSUER_CA", Optional.of(file)), LONG);
            assertThat(ids(get(new IssuerKeys(https.issuer(), Optional.empty(), http, copy()))))
                    .containsExactly("first");
            assertThat(ids(get(new IssuerKeys(https.issuer(), Optional.of(https.keys()), http, copy()))))
                    .containsExactly("first");
            // The certificate is for 127.0.0.1.
            var otherName = URI.create(https.keys().toString().replace("127.0.0.1", "localhost"));
            assertThatThrownBy(() -> get(new IssuerKeys(https.issuer(), Optional.of(otherName), http, copy())))
                    .hasMessageContaining("its certificate is not accepted");
        }
    }

    @Test
    void anAuthorityThatNobodyNamedIsNotTrustedAndTheSettingIsNamed() throws Exception {
        try (var https = new TestIssuer(new TestAuthority())) {
            for (var trust : List.of(ofTheJvm(), new TestAuthority().trusting())) {
                var keys = new IssuerKeys(https.issuer(), Optional.empty(), new IssuerHttp(trust, LONG), copy());
                assertThatThrownBy(() -> get(keys))
                        .isInstanceOf(JWKSetUnavailableException.class)
                        .hasMessageContaining(https.issuer())
                        .hasMessageContaining("HUSK_ISSUER_CA");
            }
        }
        assertThat(copy()).doesNotExist();
    }

    private void document(String of, String keys) {
        issuer.discovery(
                exchange -> TestIssuer.answer(exchange, "{\"issuer\":\"" + of + "\",\"jwks_uri\":" + keys + "}"));
    }

    private void refused(String why) {
        assertThatThrownBy(this::discovered)
                .isInstanceOf(JWKSetUnavailableException.class)
                .hasMessageContaining(why);
    }

    private JWKSet discovered() throws Exception {
        return get(keys(Optional.empty(), ofTheJvm(), LONG));
    }

    private IssuerKeys keys(Optional<URI> location, SSLContext trust, Duration timeout) {
        return new IssuerKeys(issuer.issuer(), location, new IssuerHttp(trust, timeout), copy());
    }

    private static JWKSet get(IssuerKeys keys) throws Exception {
        return keys.getJWKSet(JWKSetCacheRefreshEvaluator.forceRefresh(), 0, new SimpleSecurityContext());
    }

    private static List<String> ids(JWKSet keys) {
        return keys.getKeys().stream().map(JWK::getKeyID).toList();
    }

    private static SSLContext ofTheJvm() {
        return ServerTrust.of("HUSK_ISSUER_CA", Optional.empty());
    }

    private Path copy() {
        return folder.resolve("party-keys.json");
    }
}
