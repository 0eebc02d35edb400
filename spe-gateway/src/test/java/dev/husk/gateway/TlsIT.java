package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.local.Backing;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The gateway over TLS, with certificates of a test's own authority. */
class TlsIT {
    private static Path folder;
    private static Backing backing;
    private static GatewayServer server;
    private static TestAuthority authority;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        folder = GatewayServer.fresh("tls");
        backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        authority = new TestAuthority();
        authority.issue(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        port = Backing.freePort();
        var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
        settings.put("HUSK_TLS", "on");
        settings.put("HUSK_HOST", "0.0.0.0");
        settings.put("HUSK_HTTPS_PORT", "" + port);
        settings.put("HUSK_TLS_CERTIFICATE", folder.resolve("tls.crt").toString());
        settings.put("HUSK_TLS_KEY", folder.resolve("tls.key").toString());
        settings.put("HUSK_PEER_PLATFORM", peers().toString());
        settings.put("HUSK_SIMULATED_PEERS", "yes");
        server = GatewayServer.start(folder, settings);
        awaitCertificate(certificate -> true);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        backing.close();
    }

    @Test
    void whoTrustsTheAuthorityReachesTheGatewayAndIsToldToStayWithTls() throws Exception {
        var answer = get();
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Strict-Transport-Security"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("max-age=31536000"));
    }

    private static Path peers() throws IOException {
        return Files.writeString(folder.resolve("peers.json"), """
                {"name":"gateway","tee":"simulated","binding":"sandbox","products":"any","measurements":["%s"],
                 "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any",
                 "authorKeys":"any","providers":"none",
                 "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}
                """.formatted("0".repeat(96)));
    }

    @Test
    void aReplicaWithTlsOfItsOwnGetsTheStateKeyOverTls() throws Exception {
        var beside = GatewayServer.fresh("tls-replica");
        authority.issue(beside.resolve("tls.crt"), beside.resolve("tls.key"));
        TestAuthority.write(beside.resolve("ca.pem"), authority.certificate);
        var settings = GatewayServer.settings(beside, backing.databasePort(), backing.databasePassword());
        settings.remove("HUSK_STATE_KEY_FILE");
        settings.put("HUSK_STATE_KEY_SOURCE", "peer:https://127.0.0.1:" + port);
        settings.put("HUSK_PEER_CA", beside.resolve("ca.pem").toString());
        settings.put("HUSK_PEER_PLATFORM", peers().toString());
        settings.put("HUSK_SIMULATED_PEERS", "yes");
        settings.put("HUSK_TLS", "on");
        settings.put("HUSK_HOST", "127.0.0.1");
        settings.put("HUSK_HTTPS_PORT", "" + Backing.freePort());
        settings.put("HUSK_TLS_CERTIFICATE", beside.resolve("tls.crt").toString());
        settings.put("HUSK_TLS_KEY", beside.resolve("tls.key").toString());
        try (var replica = GatewayServer.start(beside, settings)) {
            assertThat(replica.console()).doesNotContain("UNPROTECTED");
        }
    }

    @Test
    void whoTrustsOthersDoesNot() {
        var client = HttpClient.newHttpClient();
        assertThatThrownBy(() -> client.send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/log/checkpoint"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .isInstanceOf(SSLException.class);
    }

    @Test
    void olderTlsThanOneTwoIsRefused() throws Exception {
        assertThat(shown("TLSv1.2").getSubjectX500Principal().getName()).isEqualTo("CN=127.0.0.1");
        assertThatThrownBy(() -> shown("TLSv1.1")).isInstanceOf(SSLException.class);
    }

    @Test
    void aRenewedCertificateIsShownWithoutARestart() throws Exception {
        var before = shown("TLSv1.3");
        authority.issue(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        awaitCertificate(shown -> !shown.equals(before));
    }

    /** Waits until a certificate of this kind is shown; a server that takes over another one may refuse a handshake. */
    private static void awaitCertificate(Predicate<X509Certificate> kind) throws Exception {
        var deadline = Instant.now().plus(Duration.ofSeconds(180));
        while (true) {
            var last = "another certificate was shown";
            try {
                if (kind.test(shown("TLSv1.3"))) {
                    return;
                }
            } catch (IOException e) {
                last = e.toString();
            }
            assertThat(Instant.now()).as("%s:%n%s", last, server.console()).isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
        }
    }

    private static HttpResponse<String> get() throws Exception {
        return HttpClient.newBuilder()
                .sslContext(authority.trusting())
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/log/checkpoint"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The certificate that the server shows to a client of this version. */
    private static X509Certificate shown(String version) throws Exception {
        try (var socket = (SSLSocket) authority.trusting().getSocketFactory().createSocket("127.0.0.1", port)) {
            var parameters = new SSLParameters();
            parameters.setProtocols(new String[] {version});
            socket.setSSLParameters(parameters);
            socket.setSoTimeout(60_000);
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        }
    }
}
