package dev.husk.snp.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AgentEvidenceTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch done = new CountDownLatch(1);
    private final AtomicReference<HttpHandler> handler = new AtomicReference<>();
    private HttpServer server;

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                Objects.requireNonNull(handler.get()).handle(exchange);
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        done.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private AgentEvidence agent(Duration timeout) {
        return AgentEvidence.of("agent:http://127.0.0.1:" + server.getAddress().getPort(), timeout);
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    @Test
    void theAnswerIsTakenAsItIsAndTheDataSentAsTheAgentReadsIt() throws Exception {
        var asked = new AtomicReference<String>();
        handler.set(exchange -> {
            asked.set(exchange.getRequestURI().toString());
            answer(exchange, 200, "{\"x\":1}".getBytes());
        });
        byte[] data = new byte[64];
        data[0] = -1;
        assertThat(agent(Duration.ofMinutes(1)).evidence(data)).isEqualTo("{\"x\":1}");
        assertThat(asked.get()).isEqualTo("/aa/evidence?encoding=base64&runtime_data=_w" + "A".repeat(84));
    }

    @Test
    void theLargestAnswerIsReadWholeAndALargerOneNotAtAll() throws Exception {
        byte[] largest = new byte[1 << 20];
        handler.set(exchange -> answer(exchange, 200, largest));
        assertThat(agent(Duration.ofMinutes(1)).evidence(new byte[64])).hasSize(1 << 20);
        handler.set(exchange -> answer(exchange, 200, new byte[(1 << 20) + 1]));
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than 1048576 bytes");
    }

    @Test
    void anEndlessAnswerIsGivenUp() {
        var sent = new AtomicLong();
        handler.set(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] piece = new byte[1 << 16];
            // Ends with the connection.
            while (true) {
                exchange.getResponseBody().write(piece);
                sent.addAndGet(piece.length);
            }
        });
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("more than 1048576 bytes");
        assertThat(sent.get()).isGreaterThan(1 << 19);
    }

    @Test
    void anAnswerThatTricklesDoesNotHoldTheCaller() {
        handler.set(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThatThrownBy(() -> agent(Duration.ofMillis(300)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "the evidence source (agent) did not answer within 300 ms; the log of the guest's Attestation"
                                + " Agent says more");
    }

    @Test
    void aRefusalIsNamed() {
        handler.set(exchange -> answer(exchange, 404, "Attestation Feature Not Enabled".getBytes()));
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessage("the evidence source (agent) answered 404: Attestation Feature Not Enabled; a Kata guest"
                        + " serves it with agent.guest_components_rest_api=all among its kernel parameters");
    }

    @Test
    void whatARefusalSaysStaysShortAndOnOneLine() {
        var text = "SNP Attester: broken\r\nX-Other: 1\u001b[2J" + "a".repeat(10_000);
        handler.set(exchange -> answer(exchange, 500, text.getBytes()));
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "the evidence source (agent) answered 500: SNP Attester: broken X-Other: 1 [2Jaa")
                .hasMessageEndingWith("aa; the log of the guest's Attestation Agent says more")
                .satisfies(
                        e -> assertThat(String.valueOf(e.getMessage()).length()).isLessThan(320));
    }

    @Test
    void aRedirectIsNotFollowed() {
        var asked = new AtomicLong();
        handler.set(exchange -> {
            asked.incrementAndGet();
            exchange.getResponseHeaders().set("Location", "/elsewhere");
            answer(exchange, 302, new byte[0]);
        });
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "the evidence source (agent) answered 302; name the agent itself, not what redirects to it");
        assertThat(asked).hasValue(1);
    }

    @Test
    void anAnswerThatBreaksOffIsNone() {
        handler.set(exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            throw new IOException("the agent has gone");
        });
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("the evidence source (agent) does not answer: ");
    }

    @Test
    void nobodyThereIsNamed() {
        server.stop(0);
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "the evidence source (agent) does not answer: no connection to http://127.0.0.1:");
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[65]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anInterruptedThreadStopsWaiting() {
        handler.set(exchange -> answer(exchange, 200, new byte[0]));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> agent(Duration.ofMinutes(1)).evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }
}
