package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import dev.husk.local.Backing;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Parties' tokens of an OpenID provider that has a certificate of an authority of its own, says where its keys are by
 * discovery alone, and rotates them; the gateway has TLS on, with a certificate of another authority.
 */
class IssuerIT {
    private static Backing backing;
    private static TestIssuer issuer;
    private static JWK first;
    private static JWK pss;
    private static JWK p521;
    private static GatewayServer server;

    @BeforeAll
    static void start() throws Exception {
        var folder = GatewayServer.fresh("issuer");
        backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        var authority = new TestAuthority();
        issuer = new TestIssuer(authority);
        first = issuer.publishEc("first");
        pss = issuer.publishRsa("pss", JWSAlgorithm.PS256);
        p521 = issuer.publishEc("p521", Curve.P_521, JWSAlgorithm.ES512);
        var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
        settings.remove("HUSK_JWKS");
        settings.put("HUSK_ISSUER", issuer.issuer());
        settings.put("HUSK_ISSUER_CA", folder.resolve("issuer-ca.pem").toString());
        settings.put("HUSK_JWKS_CACHE_SECONDS", "2");
        TestAuthority.write(folder.resolve("issuer-ca.pem"), authority.certificate);
        new TestAuthority().issue(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        settings.put("HUSK_TLS", "on");
        settings.put("HUSK_HOST", "127.0.0.1");
        settings.put("HUSK_HTTPS_PORT", "" + Backing.freePort());
        settings.put("HUSK_TLS_CERTIFICATE", folder.resolve("tls.crt").toString());
        settings.put("HUSK_TLS_KEY", folder.resolve("tls.key").toString());
        server = GatewayServer.start(folder, settings);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        issuer.close();
        backing.close();
    }

    @Test
    void aTokenOfTheIssuerOpensTheInterface() throws Exception {
        assertThat(list(TestIssuer.sign(first, claims(UnaryOperator.identity())))
                        .status())
                .isEqualTo(200);
        assertThat(list(TestIssuer.sign(first, claims(claims -> claims.claim("groups", java.util.List.of("guest")))))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void whateverIsWrongWithATokenIsAProblemAndNeverAFailure() throws Exception {
        var stranger = new ECKeyGenerator(Curve.P_256)
                .keyID("of-another-issuer")
                .algorithm(JWSAlgorithm.ES256)
                .generate();
        var impostor = new ECKeyGenerator(Curve.P_256)
                .keyID("first")
                .algorithm(JWSAlgorithm.ES256)
                .generate();
        var wrong = new LinkedHashMap<String, String>();
        wrong.put("issuer", TestIssuer.sign(first, claims(claims -> claims.issuer("http://127.0.0.1:1"))));
        wrong.put("audience", TestIssuer.sign(first, claims(claims -> claims.audience("another"))));
        wrong.put("no audience", TestIssuer.sign(first, claims(claims -> claims.audience((String) null))));
        wrong.put("expired", TestIssuer.sign(first, claims(claims -> claims.expirationTime(seconds(-120)))));
        wrong.put("no expiry", TestIssuer.sign(first, claims(claims -> claims.expirationTime(null))));
        wrong.put("not yet", TestIssuer.sign(first, claims(claims -> claims.notBeforeTime(seconds(300)))));
        wrong.put("nobody", TestIssuer.sign(first, claims(claims -> claims.claim("upn", null))));
        wrong.put("none", TestIssuer.unsigned(claims(UnaryOperator.identity())));
        wrong.put("HMAC", TestIssuer.hmac(first, claims(UnaryOperator.identity())));
        wrong.put("PS256", TestIssuer.sign(pss, claims(UnaryOperator.identity())));
        wrong.put("ES512", TestIssuer.sign(p521, claims(UnaryOperator.identity())));
        wrong.put("another's key", TestIssuer.sign(stranger, claims(UnaryOperator.identity())));
        wrong.put("another's key under a known id", TestIssuer.sign(impostor, claims(UnaryOperator.identity())));
        wrong.put("garbage", "a.b.c");
        wrong.put("empty", " ");
        wrong.put("huge", "a".repeat(6000));
        for (var entry : wrong.entrySet()) {
            var answer = list(entry.getValue());
            assertThat(answer.status()).as(entry.getKey()).isEqualTo(401);
            assertThat(answer.contentType()).as(entry.getKey()).isEqualTo("application/problem+json");
            assertThat(answer.json().get("status").getAsInt()).isEqualTo(401);
            assertThat(answer.json().get("code").getAsString()).isIn("TOKEN_INVALID", "UNAUTHENTICATED");
            assertThat(answer.headers()).containsKey("www-authenticate");
        }
        var without = Http.get("v1/contracts", Map.of());
        assertThat(without.status()).isEqualTo(401);
        assertThat(without.contentType()).isEqualTo("application/problem+json");
        // The server behind has nothing to say about them.
        assertThat(server.console()).doesNotContainPattern("CWWKS55\\d\\dE");
        assertThat(server.failureReports()).isEmpty();
    }

    @Test
    void aNewKeyIsTakenAndAWithdrawnOneRefusedWithoutARestart() throws Exception {
        var second = issuer.publishRsa("second");
        var byFirst = TestIssuer.sign(first, claims(UnaryOperator.identity()));
        var bySecond = TestIssuer.sign(second, claims(UnaryOperator.identity()));
        await(bySecond, 200);
        assertThat(list(byFirst).status()).isEqualTo(200);
        issuer.moveKeys("/elsewhere");
        var third = issuer.publishEc("third");
        issuer.withdraw("second");
        await(bySecond, 401);
        await(TestIssuer.sign(third, claims(UnaryOperator.identity())), 200);
        assertThat(list(byFirst).status()).isEqualTo(200);
    }

    private static void await(String token, int status) throws Exception {
        var deadline = Instant.now().plus(Duration.ofSeconds(120));
        while (list(token).status() != status) {
            assertThat(Instant.now()).isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    private static Http.Answer list(String token) throws Exception {
        return Http.get("v1/contracts", TestIssuer.bearer(token));
    }

    private static JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        return issuer.claims(change);
    }

    private static Date seconds(long fromNow) {
        return Date.from(Instant.now().plusSeconds(fromNow));
    }
}
