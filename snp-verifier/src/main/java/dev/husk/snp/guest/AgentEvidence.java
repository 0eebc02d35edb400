package dev.husk.snp.guest;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The Attestation Agent's REST API, or a simulator that speaks it. */
final class AgentEvidence implements EvidenceSource {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_EVIDENCE = 1 << 20;
    private static final int MAX_TEXT = 200;
    private static final String START =
            "a Kata guest serves it with agent.guest_components_rest_api=all among its" + " kernel parameters";
    private static final String LOG = "the log of the guest's Attestation Agent says more";

    private final String name;
    private final URI base;
    private final Duration timeout;
    private volatile Optional<HttpClient> client = Optional.empty();

    private AgentEvidence(String name, URI base, Duration timeout) {
        this.name = name;
        this.base = base;
        this.timeout = timeout;
    }

    static AgentEvidence of(String text) {
        return of(text, TIMEOUT);
    }

    /** @param timeout for the whole answer, so that one that trickles in does not hold the caller */
    static AgentEvidence of(String text, Duration timeout) {
        if (text.startsWith("agent:")) {
            return new AgentEvidence("agent", loopback(text.substring("agent:".length())), timeout);
        }
        if (text.startsWith("simulator:")) {
            return new AgentEvidence("SIMULATED", loopback(text.substring("simulator:".length())), timeout);
        }
        throw new IllegalArgumentException("evidence comes from agent:URL or simulator:URL, not from " + text);
    }

    /** The agent lives in the guest: an address elsewhere would be a mistake. */
    private static URI loopback(String text) {
        var uri = URI.create(text.endsWith("/") ? text : text + "/");
        if (!"http".equals(uri.getScheme()) || !LOOPBACK.contains(String.valueOf(uri.getHost()))) {
            throw new IllegalArgumentException("the evidence source must be http on this machine: " + text);
        }
        return uri;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String evidence(byte[] reportData) throws IOException {
        if (reportData.length != 64) {
            throw new IllegalArgumentException("report data has 64 bytes, not " + reportData.length);
        }
        var query = "aa/evidence?encoding=base64&runtime_data="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(reportData);
        var response = answer(HttpRequest.newBuilder(base.resolve(query)).build());
        int status = response.statusCode();
        if (status != 200) {
            var advice =
                    status == 404 ? START : status / 100 == 3 ? "name the agent itself, not what redirects to it" : LOG;
            throw new IOException("the evidence source (%s) answered %d%s%s"
                    .formatted(name, status, text(response.body()), advice(advice)));
        }
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    /** Made on first use. */
    private HttpClient http() {
        var made = client;
        return made.isPresent() ? made.get() : make();
    }

    private synchronized HttpClient make() {
        if (client.isEmpty()) {
            client = Optional.of(HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(5))
                    .sslContext(PlainHttp.believesNobody())
                    .build());
        }
        return client.orElseThrow();
    }

    private HttpResponse<byte[]> answer(HttpRequest request) throws IOException {
        var answer = http().sendAsync(request, response -> new BoundedBody(MAX_EVIDENCE));
        try {
            return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for evidence (" + name + ")", e);
        } catch (TimeoutException e) {
            throw new IOException(
                    "the evidence source (%s) did not answer within %d ms%s"
                            .formatted(name, timeout.toMillis(), advice(LOG)),
                    e);
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            var why = cause instanceof ConnectException || cause.getMessage() == null
                    ? "no connection to " + base + advice(START)
                    : cause.getMessage() + advice(LOG);
            throw new IOException("the evidence source (%s) does not answer: %s".formatted(name, why), cause);
        } finally {
            answer.cancel(true);
        }
    }

    /** Whoever runs a simulator knows where it is. */
    private String advice(String text) {
        return name.equals("agent") ? "; " + text : "";
    }

    /** What the agent says of its refusal, short and on one line. */
    private static String text(byte[] body) {
        var text = new String(body, 0, Math.min(body.length, MAX_TEXT), StandardCharsets.UTF_8)
                .replaceAll("[^\\x20-\\x7e]+", " ")
                .strip();
        return text.isEmpty() ? "" : ": " + text;
    }
}
