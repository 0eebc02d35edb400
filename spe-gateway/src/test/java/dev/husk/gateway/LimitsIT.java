package dev.husk.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.husk.local.Backing;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Every limit, with small numbers; in an order, since a limit that is used up stays so for a while. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LimitsIT {
    private static final String AUTH = "{\"version\":\"0.4.0\",\"tee\":\"snp\",\"extra-params\":{}}";

    private static final String PROXY = "127.0.2.1";

    private static final String BUSY = "HTTP/1.1 503";

    private static Backing backing;
    private static GatewayServer server;
    private static TestContract heart;
    private static TestSandbox sandbox;

    @BeforeAll
    static void start() throws Exception {
        var folder = GatewayServer.fresh("limits");
        backing = Backing.start(folder.resolve("state"), folder.resolveSibling("cache"));
        var settings = GatewayServer.settings(folder, backing.databasePort(), backing.databasePassword());
        settings.put("HUSK_LIMIT_HANDSHAKES", "30");
        settings.put("HUSK_LIMIT_PUBLIC", "40");
        settings.put("HUSK_LIMIT_PARTY", "30");
        settings.put("HUSK_LIMIT_SANDBOX", "12");
        settings.put("HUSK_LIMIT_STRANGERS", "8");
        settings.put("HUSK_TRUSTED_PROXIES", "192.0.2.0/24, " + PROXY);
        server = GatewayServer.start(folder, settings);
        heart = TestContract.named("limits").active();
        sandbox = new TestSandbox();
        assertThat(sandbox.attest(TestContract.CODE).status()).isEqualTo(200);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        backing.close();
    }

    @Test
    @Order(2)
    void slowStrangersUseUpTheirOwnPlacesAndNoSandboxWaits() throws Exception {
        var slow = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 60; i++) {
                slow.add(stalled());
            }
            awaitBusy(slow);
            var answer = sandbox.release("limits", "train", heart.invocation("algo-lab", new JsonObject()));
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(heart.state("suspend", "hospital-b").status()).isEqualTo(200);
            for (var party : List.of("hospital-a", "hospital-b", "algo-lab")) {
                heart.state("resume", party);
            }
        } finally {
            for (var socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    @Order(3)
    void aTrustedProxySaysWhomALimitCountsAndNobodyElseDoes() throws Exception {
        assertThat(reaches429(PROXY, "203.0.113.5")).isTrue();
        assertThat(exchange(PROXY, "203.0.113.6")).isEqualTo(200);
        // What the client wrote itself stands left of what the proxy adds.
        assertThat(exchange(PROXY, "198.51.100.1, 203.0.113.5")).isEqualTo(429);
        assertThat(reaches429("127.0.2.2", "203.0.113.7")).isTrue();
        assertThat(exchange("127.0.2.2", "203.0.113.8")).isEqualTo(429);
    }

    @Test
    @Order(4)
    void oneAddressMakesSoManyHandshakeRequestsAMinute() throws Exception {
        var statuses = new ArrayList<Integer>();
        for (int i = 0; i < 60; i++) {
            statuses.add(auth().status());
        }
        assertThat(statuses.subList(40, 60)).contains(429);
        var answer = until429(() -> Http.post("kbs/v0/attest", "application/json", "{}", Map.of()));
        assertThat(answer.json().get("type").getAsString()).contains("kbs/errors/");
        assertThat(answer.contentType()).isEqualTo("application/json");
        // The sandbox that was attested before goes on.
        assertThat(sandbox.release("limits", "train", heart.invocation("algo-lab", new JsonObject()))
                        .status())
                .isEqualTo(200);
    }

    @Test
    @Order(5)
    void aForgedTokenCountsForTheAddress() throws Exception {
        var answer = until429(
                () -> Http.post("kbs/v0/husk/release", "text/plain", "x", Map.of("Authorization", "Bearer forged")));
        assertThat(answer.contentType()).isEqualTo("application/json");
        assertThat(until429(() -> Http.get("log/checkpoint", Map.of())).contentType())
                .isEqualTo("application/problem+json");
        assertThat(sandbox.key("limits", "anna-2025").status()).isEqualTo(200);
    }

    @Test
    @Order(6)
    void oneSandboxAsksSoOftenAMinute() throws Exception {
        var answer = until429(() -> sandbox.key("limits", "anna-2025"));
        assertThat(answer.json().get("detail").getAsString()).contains("this sandbox");
        assertThat(answer.headers()).containsKey("retry-after");
    }

    @Test
    @Order(7)
    void onePartyAsksSoOftenAMinuteAndOthersGoOn() throws Exception {
        var answer = until429(() -> Http.get("v1/contracts", TestContract.bearer("hospital-b")));
        assertThat(answer.contentType()).isEqualTo("application/problem+json");
        assertThat(answer.json().get("code").getAsString()).isEqualTo("TOO_MANY_REQUESTS");
        assertThat(Http.get("v1/contracts", TestContract.bearer("eve")).status())
                .isEqualTo(200);
    }

    private interface Call {
        Http.Answer make() throws Exception;
    }

    private static Http.Answer until429(Call call) throws Exception {
        var seen = new ArrayList<Integer>();
        for (int i = 0; i < 100; i++) {
            var answer = call.make();
            if (answer.status() == 429) {
                return answer;
            }
            seen.add(answer.status());
        }
        throw new AssertionError("no 429 among " + List.copyOf(seen));
    }

    private static Http.Answer auth() throws Exception {
        return Http.post("kbs/v0/auth", "application/json", AUTH, Map.of());
    }

    private static boolean reaches429(String source, String forwarded) throws IOException {
        for (int i = 0; i < 100; i++) {
            if (exchange(source, forwarded) == 429) {
                return true;
            }
        }
        return false;
    }

    /** The status of an answer to an address, which says for whom it asks. */
    private static int exchange(String source, String forwarded) throws IOException {
        try (var socket = new Socket("127.0.0.1", server.port, InetAddress.getByName(source), 0)) {
            var request = "GET /log/checkpoint HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Forwarded-For: "
                    + forwarded + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(120_000);
            var line = new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            assertThat(line).startsWith("HTTP/1.1 ");
            return Integer.parseInt(line.substring(9));
        }
    }

    /** Waits until the gateway has told one of them that too many are being answered. */
    private static void awaitBusy(List<Socket> sockets) throws Exception {
        var deadline = Instant.now().plus(Duration.ofSeconds(120));
        while (true) {
            for (var socket : sockets) {
                if (socket.getInputStream().available() >= BUSY.length()) {
                    var status =
                            new String(socket.getInputStream().readNBytes(BUSY.length()), StandardCharsets.US_ASCII);
                    if (status.equals(BUSY)) {
                        return;
                    }
                }
            }
            assertThat(Instant.now()).as("nobody was told to come back").isBefore(deadline);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    /** A request whose body never comes. */
    private static Socket stalled() throws IOException {
        var socket = new Socket("127.0.0.1", server.port);
        var head = "POST /kbs/v0/auth HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100\r\n\r\n{";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }
}
