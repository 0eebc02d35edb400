package dev.husk.snp.guest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Set;

/** The Attestation Agent's REST API, or a simulator that speaks it. */
final class AgentEvidence implements EvidenceSource {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_EVIDENCE = 1 << 20;

    private final String name;
    private final URI base;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private AgentEvidence(String name, URI base) {
        this.name = name;
        this.base = base;
    }

    static AgentEvidence of(String text) {
        if (text.startsWith("agent:")) {
            return new AgentEvidence("agent", loopback(text.substring("agent:".length())));
        }
        if (text.startsWith("simulator:")) {
            return new AgentEvidence("SIMULATED", loopback(text.substring("simulator:".length())));
        }
        throw new IllegalArgumentException("evidence comes from agent:URL or simulator:URL, not " + text);
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
        var request =
                HttpRequest.newBuilder(base.resolve(query)).timeout(TIMEOUT).build();
        HttpResponse<byte[]> response;
        try {
            response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for evidence (" + name + ")", e);
        } catch (IOException e) {
            throw new IOException("the evidence source (" + name + ") does not answer: " + e.getMessage(), e);
        }
        if (response.statusCode() != 200 || response.body().length > MAX_EVIDENCE) {
            throw new IOException("the evidence source (%s) answered %d with %d bytes"
                    .formatted(name, response.statusCode(), response.body().length));
        }
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
