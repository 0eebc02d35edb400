package dev.husk.gateway.party;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.TestIssuer;
import dev.husk.gateway.tls.ServerTrust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartyTokensTest {
    @TempDir
    Path folder;

    private TestIssuer issuer;
    private PartyTokens tokens;

    @BeforeEach
    void start() throws Exception {
        issuer = new TestIssuer();
        tokens = tokens();
    }

    private PartyTokens tokens() {
        var http = new IssuerHttp(ServerTrust.of("HUSK_ISSUER_CA", Optional.empty()), Duration.ofMinutes(2));
        var keys = new IssuerKeys(issuer.issuer(), Optional.empty(), http, folder.resolve("keys.json"));
        return new PartyTokens(issuer.issuer(), keys, Duration.ofMinutes(5));
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    @Test
    void tokensByTheAlgorithmsOfTheListNameTheirParty() throws Exception {
        var es256 = issuer.publishEc("es256");
        var es384 = issuer.publishEc("es384", Curve.P_384, JWSAlgorithm.ES384);
        var rs256 = issuer.publishRsa("rs256");
        for (JWK key : List.of(es256, es384, rs256)) {
            assertThat(tokens.party(token(key, JWSAlgorithm.parse(key.getKeyID().toUpperCase(Locale.ROOT)))))
                    .isEqualTo("hospital-a");
        }
    }

    @Test
    void tokensByOtherAlgorithmsAreRefusedThoughTheIssuerPublishesTheirKeys() throws Exception {
        var rsa = issuer.publishRsa("rsa", JWSAlgorithm.PS256);
        var p521 = issuer.publishEc("p521", Curve.P_521, JWSAlgorithm.ES512);
        for (var algorithm : List.of(
                JWSAlgorithm.PS256, JWSAlgorithm.PS384, JWSAlgorithm.PS512, JWSAlgorithm.RS384, JWSAlgorithm.RS512)) {
            refused(token(rsa, algorithm), 401);
        }
        refused(token(p521, JWSAlgorithm.ES512), 401);
    }

    @Test
    void withoutTheDocumentNobodyIsLetIn() throws Exception {
        var key = issuer.publishEc("first");
        issuer.discovery(exchange -> {
            exchange.sendResponseHeaders(500, -1);
            exchange.close();
        });
        refused(token(key, JWSAlgorithm.ES256), 503);
    }

    @Test
    void whileTheKeysCannotBeHadEveryAnswerSaysSoHoweverOftenOneAsks() throws Exception {
        var key = issuer.publishEc("first");
        var stranger = new ECKeyGenerator(Curve.P_256)
                .keyID("stranger")
                .algorithm(JWSAlgorithm.ES256)
                .generate();
        var away = new AtomicBoolean(true);
        issuer.discovery(exchange -> {
            if (away.get()) {
                exchange.sendResponseHeaders(500, -1);
                exchange.close();
            } else {
                TestIssuer.answer(
                        exchange, "{\"issuer\":\"" + issuer.issuer() + "\",\"jwks_uri\":\"" + issuer.keys() + "\"}");
            }
        });
        // More than are fetched for in the time between two fetches.
        for (int i = 0; i < 6; i++) {
            refused(token(key, JWSAlgorithm.ES256), 503);
        }
        // What was learned once holds; of other keys nobody knows.
        tokens = tokens();
        away.set(false);
        assertThat(tokens.party(token(key, JWSAlgorithm.ES256))).isEqualTo("hospital-a");
        away.set(true);
        for (int i = 0; i < 6; i++) {
            refused(token(stranger, JWSAlgorithm.ES256), 503);
        }
        assertThat(tokens.party(token(key, JWSAlgorithm.ES256))).isEqualTo("hospital-a");
        tokens = tokens();
        away.set(false);
        for (int i = 0; i < 6; i++) {
            refused(token(stranger, JWSAlgorithm.ES256), 401);
        }
    }

    @Test
    void aDocumentOfAnotherIssuerLetsNobodyIn() throws Exception {
        var key = issuer.publishEc("first");
        issuer.discovery(exchange -> TestIssuer.answer(
                exchange, "{\"issuer\":\"https://another.example\",\"jwks_uri\":\"" + issuer.keys() + "\"}"));
        refused(token(key, JWSAlgorithm.ES256), 503);
    }

    private String token(JWK key, JWSAlgorithm algorithm) throws Exception {
        return TestIssuer.sign(key, algorithm, issuer.claims(UnaryOperator.identity()));
    }

    private void refused(String token, int status) {
        assertThatThrownBy(() -> tokens.party(token))
                .isInstanceOfSatisfying(
                        RequestRefused.class,
                        refused -> assertThat(refused.status()).isEqualTo(status));
    }
}
