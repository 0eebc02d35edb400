package dev.husk.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.husk.actions.Functions;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.snp.Allowed;
import dev.husk.snp.Bytes;
import dev.husk.snp.Expectations;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.PlatformRules;
import dev.husk.snp.PolicyRules;
import dev.husk.snp.Product;
import dev.husk.snp.RequiredBit;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TcbVersion;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import dev.husk.snp.guest.EvidenceSource;
import dev.husk.snp.guest.ImpatientAgent;
import dev.husk.snp.simulator.EvidenceServer;
import dev.husk.snp.simulator.SimulatedProcessor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code --evidence agent:URL} in a Kata guest: the Attestation Agent's REST API as {@code specs/kata-coco.md} 4.5
 * describes it, played by the simulator, and an agent that does everything else.
 */
@Timeout(300)
class GuestEvidenceTest {
    private static final String UNBOUND =
            "The sandbox was not bound, so nothing was loaded: the evidence source (agent) ";
    private static final String START =
            "; a Kata guest serves it with agent.guest_components_rest_api=all among its kernel parameters";
    private static final String LOG = "; the log of the guest's Attestation Agent says more";

    private static SimulatedProcessor processor;

    @TempDir
    private Path folder;

    @TempDir
    static Path hardware;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private FakeGateway gateway;
    private EvidenceServer evidence;
    private HttpServer agent;
    private volatile HttpHandler answer = exchange -> {};

    /** Makes the hardware's keys, which takes a while. */
    @BeforeAll
    static void open() throws IOException {
        processor = SimulatedProcessor.open(hardware);
    }

    @BeforeEach
    void start() throws IOException {
        System.clearProperty("husk.test.loaded");
        gateway = FakeGateway.start();
        evidence = EvidenceServer.start();
        agent = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        agent.setExecutor(threads);
        agent.createContext("/", exchange -> {
            try (exchange) {
                answer.handle(exchange);
            }
        });
        agent.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        agent.stop(0);
        threads.shutdownNow();
        evidence.close();
        gateway.close();
    }

    private String agentUrl() {
        return "http://127.0.0.1:" + agent.getAddress().getPort();
    }

    private TestRuntime runtime(EvidenceSource source) throws IOException {
        return TestRuntime.of(gateway, gateway.logKey(), source, Environment.ofProcess(), folder);
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    /** What the simulator's agent at that address says. */
    private static void healthy(HttpExchange exchange, URI address) throws IOException {
        var query = exchange.getRequestURI().getQuery();
        byte[] data = Base64.getUrlDecoder().decode(query.substring(query.indexOf("runtime_data=") + 13));
        var evidence = EvidenceSource.of("agent:" + address).evidence(data);
        answer(exchange, 200, evidence.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void theGatewayGetsAReportThatCanBeWrittenAgainAndVerified() throws Exception {
        var address = evidence.add(processor.launch(new byte[48], new byte[32], 0x30000));
        try (var runtime = runtime(EvidenceSource.of("agent:" + address))) {
            assertThat(runtime.init(Functions.Echo.class).status()).isEqualTo(200);
            assertThat(runtime.run().text()).isEqualTo("{\"epochs\":3}");
        }

        var shown = KbsEvidence.parse(gateway.primaryEvidence);
        var ark = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(hardware.resolve("ark.der"))));
        var verifier = new SnpVerifier(
                TrustAnchors.amd().andSimulated(ark, Product.GENOA), Revocation.lists(Map.of()), Clock.systemUTC());
        assertThat(verifier.verify(
                        shown.report(),
                        shown.certificates(),
                        expected(shown.report().slice(0x50, 64))))
                .isInstanceOf(Verdict.Trusted.class);
        assertThat(gateway.stated().by().evidence())
                .isEqualTo(Digests.sha256(CanonicalJson.encode(gateway.primaryEvidence)));
    }

    /** The gateway has compared the report's data with nonce, key and code; the rest is the simulator's. */
    private Expectations expected(Bytes reportData) {
        var zeros = Allowed.only(Set.of(Bytes.copyOf(new byte[48])));
        return Expectations.builder()
                .simulated(true)
                .reportData(Allowed.only(Set.of(reportData)))
                .products(Allowed.only(Set.of(Product.GENOA)))
                .measurements(zeros)
                .hostData(Allowed.only(Set.of(Bytes.copyOf(new byte[32]))))
                .minimumTcb(Map.of(Product.GENOA, new TcbVersion(0, 9, 0, 23, 72)))
                .policy(new PolicyRules(false, false, RequiredBit.SET, RequiredBit.CLEAR, RequiredBit.CLEAR))
                .platformInfo(new PlatformRules(
                        RequiredBit.SET,
                        RequiredBit.CLEAR,
                        RequiredBit.SET,
                        RequiredBit.CLEAR,
                        RequiredBit.CLEAR,
                        RequiredBit.SET,
                        RequiredBit.CLEAR))
                .idKeys(zeros)
                .authorKeys(zeros)
                .chips(Allowed.only(Set.of(Bytes.copyOf(processor.chipId()))))
                .vmpl(Allowed.only(Set.of(0)))
                .providers(Set.of())
                .build();
    }

    /** One error, nothing loaded, nothing sent, and the next {@code /init} may find the agent well. */
    private void failsAndMayBeTriedAgain(EvidenceSource source, String error) throws IOException {
        var healthy = evidence.add(processor.launch(new byte[48], new byte[32], 0x30000));
        try (var runtime = runtime(source)) {
            var reply = runtime.init(Functions.Echo.class);

            assertThat(reply.status()).isEqualTo(502);
            assertThat(reply.error()).startsWith(UNBOUND + error);
            assertThat(runtime.log()).startsWith(UNBOUND + error).doesNotContain("\tat ");
            assertThat(System.getProperty("husk.test.loaded")).isNull();
            assertThat(folder).isEmptyDirectory();
            assertThat(gateway.calls).containsExactly("auth");
            assertThat(runtime.run().error()).isEqualTo("Cannot invoke an uninitialized action.");

            answer = exchange -> healthy(exchange, healthy);
            assertThat(runtime.init(Functions.Echo.class).status()).isEqualTo(200);
        }
    }

    private void failsAndMayBeTriedAgain(String error) throws IOException {
        failsAndMayBeTriedAgain(EvidenceSource.of("agent:" + agentUrl()), error);
    }

    @ParameterizedTest
    @CsvSource({
        "404, Attestation Feature Not Enabled, " + START,
        "400, runtime_data is missing, " + LOG,
        "403, Forbidden, " + LOG,
        "500, SNP Attester: Report data must be no more than 64 bytes, " + LOG,
        "503, no, " + LOG
    })
    void whatTheAgentRefusesIsSaid(int status, String text, String advice) throws IOException {
        answer = exchange -> answer(exchange, status, text.getBytes(StandardCharsets.UTF_8));

        failsAndMayBeTriedAgain("answered %d: %s%s".formatted(status, text, advice));
    }

    @Test
    void anAgentThatDoesNotAnswerIsGivenUp() throws IOException {
        answer = exchange -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };

        failsAndMayBeTriedAgain(
                ImpatientAgent.of(agentUrl(), Duration.ofMillis(500)), "did not answer within 500 ms" + LOG);
    }

    @Test
    void anAgentThatIsSlowIsWaitedFor() throws Exception {
        var address = evidence.add(processor.launch(new byte[48], new byte[32], 0x30000));
        var asked = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        answer = exchange -> {
            asked.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            healthy(exchange, address);
        };
        try (var runtime = runtime(ImpatientAgent.of(agentUrl(), Duration.ofMinutes(4)))) {
            var init = threads.submit(() -> runtime.init(Functions.Echo.class));
            asked.await();
            assertThat(System.getProperty("husk.test.loaded")).isNull();
            go.countDown();
            assertThat(init.get().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "{\"attestation_report\":{\"version\":", "{} {}", "[1]", "\"report\""})
    void whatIsNoJsonObjectIsSaid(String text) throws IOException {
        answer = exchange -> answer(exchange, 200, text.getBytes(StandardCharsets.UTF_8));

        failsAndMayBeTriedAgain("gave no JSON");
    }

    @Test
    void anAnswerWithoutEndIsGivenUp() throws IOException {
        answer = exchange -> answer(exchange, 200, new byte[(1 << 20) + 1]);

        failsAndMayBeTriedAgain("does not answer: more than 1048576 bytes" + LOG);
    }

    @Test
    void anAnswerThatBreaksOffIsSaid() throws IOException {
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            throw new IOException("the agent has gone");
        };

        failsAndMayBeTriedAgain("does not answer: ");
    }

    @Test
    void aRedirectIsNotFollowed() throws IOException {
        answer = exchange -> {
            exchange.getResponseHeaders().set("Location", gateway.url() + "aa/evidence");
            answer(exchange, 302, new byte[0]);
        };

        failsAndMayBeTriedAgain("answered 302; name the agent itself, not what redirects to it");
    }

    @Test
    void nobodyThereIsSaid() throws IOException {
        agent.stop(0);
        try (var runtime = runtime(EvidenceSource.of("agent:" + agentUrl()))) {
            assertThat(runtime.init(Functions.Echo.class).error())
                    .isEqualTo(UNBOUND + "does not answer: no connection to " + agentUrl() + "/" + START);
        }
    }

    @Test
    void anotherSandboxesEvidenceIsRefusedForGood() throws IOException {
        var other = evidence.add(processor.launch(new byte[48], new byte[32], 0x30000));
        answer = exchange -> answer(
                exchange,
                200,
                EvidenceSource.of("agent:" + other).evidence(new byte[64]).getBytes(StandardCharsets.UTF_8));
        try (var runtime = runtime(EvidenceSource.of("agent:" + agentUrl()))) {
            assertThat(runtime.init(Functions.Echo.class).error())
                    .contains("refused: AttestationFailed: REPORT_DATA is another's");
            assertThat(System.getProperty("husk.test.loaded")).isNull();
            assertThat(runtime.init(Functions.Echo.class).error())
                    .isEqualTo("Cannot initialize the action more than once.");
        }
    }
}
