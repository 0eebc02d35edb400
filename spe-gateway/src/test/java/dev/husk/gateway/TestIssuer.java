package dev.husk.gateway;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * An OpenID provider as far as tokens go: discovery document, JWKS endpoint, keys that rotate. On 127.0.0.1, by plain
 * HTTP or, with an authority, by HTTPS.
 */
public final class TestIssuer implements AutoCloseable {
    private final HttpServer server;
    private final String scheme;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<JWK> published = new CopyOnWriteArrayList<>();
    private volatile String keysPath = "/keys";
    private volatile HttpHandler discovery = exchange -> answer(exchange, document());
    private volatile HttpHandler keySet = exchange -> answer(exchange, new JWKSet(published).toString(true));

    public TestIssuer() throws IOException {
        this(HttpServer.create(anyPort(), 0), "http");
    }

    public TestIssuer(TestAuthority authority) throws Exception {
        this(https(authority), "https");
    }

    private TestIssuer(HttpServer server, String scheme) {
        this.server = server;
        this.scheme = scheme;
        server.createContext("/", exchange -> {
            var path = exchange.getRequestURI().getPath();
            if (path.equals("/.well-known/openid-configuration")) {
                discovery.handle(exchange);
            } else if (path.equals(keysPath)) {
                keySet.handle(exchange);
            } else {
                exchange.sendResponseHeaders(404, -1);
                exchange.close();
            }
        });
        server.setExecutor(executor);
        server.start();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static HttpServer https(TestAuthority authority) throws Exception {
        var server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(authority.serving()));
        return server;
    }

    public static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String document() {
        return "{\"issuer\":\"%s\",\"jwks_uri\":\"%s\",\"id_token_signing_alg_values_supported\":[\"ES256\",\"RS256\"]}"
                .formatted(issuer(), keys());
    }

    /** How the discovery document is answered from now on. */
    public void discovery(HttpHandler handler) {
        discovery = handler;
    }

    /** How the key set is answered from now on. */
    public void keySet(HttpHandler handler) {
        keySet = handler;
    }

    /** Moves the key set: only the discovery document says where to. */
    public void moveKeys(String path) {
        keysPath = path;
    }

    public String issuer() {
        return scheme + "://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Where the discovery document says that the keys are. */
    public URI keys() {
        return URI.create(issuer() + keysPath);
    }

    public ECKey publishEc(String id) throws JOSEException {
        return publishEc(id, Curve.P_256, JWSAlgorithm.ES256);
    }

    public ECKey publishEc(String id, Curve curve, JWSAlgorithm algorithm) throws JOSEException {
        var key = new ECKeyGenerator(curve).keyID(id).algorithm(algorithm).generate();
        published.add(key);
        return key;
    }

    public RSAKey publishRsa(String id) throws JOSEException {
        return publishRsa(id, JWSAlgorithm.RS256);
    }

    public RSAKey publishRsa(String id, JWSAlgorithm algorithm) throws JOSEException {
        var key = new RSAKeyGenerator(2048).keyID(id).algorithm(algorithm).generate();
        published.add(key);
        return key;
    }

    public void withdraw(String id) {
        published.removeIf(key -> id.equals(key.getKeyID()));
    }

    public JWTClaimsSet claims(UnaryOperator<JWTClaimsSet.Builder> change) {
        var now = Instant.now();
        return change.apply(new JWTClaimsSet.Builder()
                        .issuer(issuer())
                        .audience("husk-gateway")
                        .subject("hospital-a")
                        .claim("upn", "hospital-a")
                        .claim("groups", List.of("party"))
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plusSeconds(600))))
                .build();
    }

    /** By the algorithm that the key names. */
    public static String sign(JWK key, JWTClaimsSet claims) throws JOSEException {
        return sign(key, JWSAlgorithm.parse(key.getAlgorithm().getName()), claims);
    }

    public static String sign(JWK key, JWSAlgorithm algorithm, JWTClaimsSet claims) throws JOSEException {
        var token = new SignedJWT(
                new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
        token.sign(key instanceof RSAKey rsa ? new RSASSASigner(rsa) : new ECDSASigner((ECKey) key));
        return token.serialize();
    }

    public static String unsigned(JWTClaimsSet claims) {
        return new PlainJWT(claims).serialize();
    }

    /** What a naive verifier takes: an HMAC keyed by the public key that everyone can fetch. */
    public static String hmac(JWK key, JWTClaimsSet claims) throws JOSEException {
        var token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(key.getKeyID()).build(), claims);
        token.sign(new MACSigner(key.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8)));
        return token.serialize();
    }

    public static Map<String, String> bearer(String token) {
        return Map.of("Authorization", "Bearer " + token);
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
