package dev.husk.snp.kds;

import dev.husk.snp.Bytes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How a server is asked: one GET, one answer. Implementations are safe to share between threads. */
@FunctionalInterface
public interface Transport {

    /**
     * What a server answered.
     *
     * @param status the HTTP status
     * @param retryAfter the header {@code Retry-After} as it came
     * @param body what was read of the body
     */
    record Response(int status, Optional<String> retryAfter, Bytes body) {}

    /**
     * Asks, and follows no redirect.
     *
     * @param limit how many bytes of the body are read at most; what comes after them is dropped, and the caller takes a
     *     body of this length for too long
     * @throws IOException if there is no whole answer in time
     */
    Response get(URI address, int limit) throws IOException, InterruptedException;

    /**
     * Over HTTPS, or HTTP to this very machine; other addresses fail. Through the proxy of the JVM, where it has one.
     *
     * @param timeout for one whole answer, from connecting to the last byte
     */
    static Transport https(Duration timeout) {
        return new HttpTransport(timeout);
    }
}
