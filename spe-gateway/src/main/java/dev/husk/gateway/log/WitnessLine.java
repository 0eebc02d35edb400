package dev.husk.gateway.log;

import dev.husk.gateway.BoundedBody;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.log.AddCheckpoint;
import dev.husk.protocol.log.WitnessPolicy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The line to one witness: one request at a time, and what it is known to have cosigned. Safe to share between threads.
 */
final class WitnessLine {
    private static final int MAX_ANSWER = 1 << 18;
    private static final Duration PROMPT = Duration.ofSeconds(1);

    private final WitnessPolicy.Witness witness;
    private final String prefix;
    private final HttpClient http;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean busy;
    private long start;
    private long cosigned;
    private long sent;
    private volatile boolean prompt = true;

    /** @throws IllegalArgumentException if the policy does not say where the witness is */
    WitnessLine(WitnessPolicy.Witness witness, HttpClient http) {
        this.witness = witness;
        this.http = http;
        this.prefix = prefix(witness);
    }

    /** @throws IllegalArgumentException if the policy does not say where the witness is */
    static String prefix(WitnessPolicy.Witness witness) {
        var url = witness.url()
                .filter(given -> given.getHost() != null
                        && given.getRawQuery() == null
                        && given.getRawFragment() == null
                        && ("https".equals(given.getScheme()) || "http".equals(given.getScheme())))
                .orElseThrow(() ->
                        new IllegalArgumentException("the witness " + witness.name() + " needs an http or https URL"))
                .toString();
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    WitnessPolicy.Witness witness() {
        return witness;
    }

    /** Takes the line; where somebody has it, {@code later} runs once it is free, on whatever thread. */
    synchronized boolean take(Runnable later) {
        if (busy) {
            waiting.add(later);
            return false;
        }
        busy = true;
        return true;
    }

    /** Whether it is worth waiting for: it was not late, or has answered quickly since. */
    boolean isPrompt() {
        return prompt;
    }

    /** It was waited for in vain. */
    void late() {
        prompt = false;
    }

    void free() {
        List<Runnable> next;
        synchronized (this) {
            busy = false;
            next = List.copyOf(waiting);
            waiting.clear();
        }
        next.forEach(Runnable::run);
    }

    /** The size that a request about so many entries starts from; above it only where more was verified. */
    synchronized long start(long entries) {
        return start > entries ? cosigned : start;
    }

    /** It said so, which proves nothing. Whether that is less than what it did cosign. */
    synchronized boolean told(long size) {
        start = size;
        return size < cosigned;
    }

    /** Its cosignature of that size was verified. */
    synchronized void cosigned(long size) {
        prompt = prompt || System.nanoTime() - sent < PROMPT.toNanos();
        cosigned = Math.max(cosigned, size);
        start = Math.max(start, size);
    }

    CompletableFuture<HttpResponse<String>> add(AddCheckpoint request, long nanos) {
        synchronized (this) {
            sent = System.nanoTime();
        }
        return send(
                HttpRequest.newBuilder(URI.create(prefix + AddCheckpoint.PATH))
                        .header("Content-Type", "text/plain; charset=utf-8")
                        .POST(HttpRequest.BodyPublishers.ofString(request.text())),
                nanos);
    }

    CompletableFuture<HttpResponse<String>> newest(String origin, long nanos) {
        var hash = HexFormat.of().formatHex(Digests.sha256().digest(origin.getBytes(StandardCharsets.UTF_8)));
        return send(HttpRequest.newBuilder(URI.create(prefix + "/" + hash + "/checkpoint")), nanos);
    }

    /** The client's own timeout ends with the headers; a body may stall as well. */
    private CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request, long nanos) {
        var exchange = http.sendAsync(
                request.timeout(Duration.ofNanos(nanos)).build(),
                info -> BodySubscribers.mapping(
                        new BoundedBody(MAX_ANSWER), bytes -> new String(bytes, StandardCharsets.UTF_8)));
        return exchange.copy().orTimeout(nanos, TimeUnit.NANOSECONDS).whenComplete((response, e) -> {
            if (e instanceof TimeoutException) {
                exchange.cancel(true);
            }
        });
    }
}
