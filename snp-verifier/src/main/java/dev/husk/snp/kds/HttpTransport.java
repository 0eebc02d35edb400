package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The JDK's client, with a bound on time and length that holds for the body too. */
final class HttpTransport implements Transport {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    private final Duration timeout;
    private final HttpClient http;

    HttpTransport(Duration timeout) {
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    @Override
    public Response get(URI address, int limit) throws IOException, InterruptedException {
        if (!"https".equals(address.getScheme()) && !LOOPBACK.contains(String.valueOf(address.getHost()))) {
            throw new IOException("only https leaves this machine, not " + address);
        }
        var request = HttpRequest.newBuilder(address).timeout(timeout).build();
        var answer = http.sendAsync(request, head -> new BoundedBody(limit));
        try {
            // The timeout of the request ends with the answer's headers.
            var response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Response(
                    response.statusCode(), response.headers().firstValue("Retry-After"), Bytes.copyOf(response.body()));
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer in " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw new IOException(
                        problem.getMessage() == null ? problem.getClass().getSimpleName() : problem.getMessage(),
                        problem);
            }
            throw new IllegalStateException("the HTTP client failed", e.getCause());
        } finally {
            answer.cancel(true);
        }
    }
}
