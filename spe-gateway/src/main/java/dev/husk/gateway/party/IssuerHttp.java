package dev.husk.gateway.party;

import dev.husk.gateway.BoundedBody;
import dev.husk.gateway.SafeAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** Fetches what an issuer publishes: no redirects, and a bound on time and length that holds for the body too. */
final class IssuerHttp {
    private final Duration timeout;
    private final HttpClient http;

    IssuerHttp(SSLContext trust, Duration timeout) {
        this.timeout = timeout;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .connectTimeout(timeout)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** @throws IOException naming the address, for every answer but a whole one with status 200 */
    byte[] get(URI address, int limit) throws IOException, InterruptedException {
        try {
            return fetch(address, limit);
        } catch (SSLException e) {
            throw new IOException(
                    address + ": its certificate is not accepted, is HUSK_ISSUER_CA the authority? " + e.getMessage(),
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(
                    address + ": " + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()), e);
        }
    }

    private byte[] fetch(URI address, int limit) throws IOException, InterruptedException {
        if (!SafeAddress.holds(address)) {
            throw new IOException("neither https nor http of this machine");
        }
        var request = HttpRequest.newBuilder(address).timeout(timeout).build();
        var answer = http.sendAsync(request, head -> new BoundedBody(limit));
        try {
            // The timeout of the request ends with the answer's headers.
            var response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode());
            }
            return response.body();
        } catch (TimeoutException e) {
            throw new HttpTimeoutException("no whole answer in " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException problem) {
                throw problem;
            }
            throw new IOException("the HTTP client failed", e.getCause());
        } finally {
            answer.cancel(true);
        }
    }
}
