package dev.husk.store.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import dev.husk.store.minio.StoreException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said where there is no store, or one that fails. */
class NoStoreTest {
    private static final StoreLocation AT = StoreLocation.parse("s3://husk/x");

    @Test
    void anAddressWhereNothingListensIsNamed() throws Exception {
        var address = URI.create("http://127.0.0.1:" + StoreProcess.freePort());
        try (var store = ObjectStore.connect(address, "key", "hidden-word")) {
            var e = catchThrowableOfType(StoreException.class, () -> store.size(AT));
            assertThat(e.problem()).isEqualTo(Problem.NO_ANSWER);
            assertThat(e)
                    .hasMessageStartingWith(
                            "s3://husk/x: the store does not answer; check its address and that it runs (")
                    .hasMessageContaining(String.valueOf(address.getPort()));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "404, text/html, <html>not here</html>, NO_STORE",
        "507, application/xml, <Error><Code>XMinioStorageFull</Code><Message>full</Message></Error>, FULL",
        "403, application/xml, <Error><Code>RequestTimeTooSkewed</Code><Message>m</Message></Error>, CLOCK_WRONG",
        "403, application/xml, <Error><Code>SignatureDoesNotMatch</Code><Message>m</Message></Error>, ACCESS_DENIED",
        "400, application/xml, <Error><Code>Odd</Code><Message>odd</Message></Error>, FAILED",
        "400, application/xml, <Error, NO_STORE"
    })
    void whatAServerAnswersIsUnderstood(int status, String type, String body, Problem problem) throws Exception {
        try (var server = new Answering(status, type, body);
                var store = server.connect();
                var key = DataKey.generate()) {
            var e = catchThrowableOfType(
                    StoreException.class,
                    () -> store.putSealed(AT, new ByteArrayInputStream(new byte[3]), key, "x", n -> {}));
            assertThat(e.problem()).isEqualTo(problem);
            assertThat(e.getMessage()).startsWith("s3://husk/x: ").doesNotContain("\n", "hidden-word");
        }
    }

    @Test
    void aServerThatIsBusyIsAskedAgain() throws Exception {
        try (var server = new Answering(503, "application/xml", "<Error><Code>SlowDown</Code></Error>");
                var store = server.connect()) {
            var e = catchThrowableOfType(StoreException.class, () -> store.delete(AT));
            assertThat(e.problem()).isEqualTo(Problem.FAILED);
            assertThat(server.requests.get()).isGreaterThan(1);
        }
    }

    @Test
    void aRangeWhoseConnectionBreaksIsAskedForAgain() throws Exception {
        byte[] plain = new PseudoRandomStream(100_000).readAllBytes();
        var sealed = new ByteArrayOutputStream();
        try (var key = DataKey.generate()) {
            try (var out = SealedObject.writer(sealed, key, "x")) {
                out.write(plain);
            }
            for (int breaks : new int[] {1, 2, 3}) {
                try (var server = new Breaking(sealed.toByteArray(), "\"1\"", breaks);
                        var store = ObjectStore.connect(server.address(), "key", "hidden-word")) {
                    if (breaks < 3) {
                        assertThat(store.getSealed(AT, key, "x").readAllBytes()).isEqualTo(plain);
                    } else {
                        var e = catchThrowableOfType(StoreException.class, () -> store.getSealed(AT, key, "x"));
                        assertThat(e.problem()).isEqualTo(Problem.NO_ANSWER);
                    }
                }
            }
        }
    }

    @Test
    void anObjectWithoutATagIsReadAllTheSame() throws Exception {
        try (var server = new Breaking("sealed".getBytes(StandardCharsets.US_ASCII), "", 0);
                var store = ObjectStore.connect(server.address(), "key", "hidden-word")) {
            assertThat(store.head(AT, 6)).asString().isEqualTo("sealed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://host:1", "http:///x", "127.0.0.1:9000", "http://host:1/path"})
    void anAddressThatIsNoneIsRefused(String address) {
        assertThatThrownBy(() -> ObjectStore.connect(URI.create(address), "key", "hidden-word"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(address);
    }

    @Test
    void presigningNeedsNoStoreButALifetime() throws Exception {
        try (var store = ObjectStore.connect(URI.create("http://127.0.0.1:1/"), "key", "hidden-word")) {
            assertThat(store.presignGet(AT, Duration.ofMinutes(10)).toString())
                    .startsWith("http://127.0.0.1:1/husk/x?")
                    .contains("X-Amz-Expires=600")
                    .doesNotContain("hidden-word");
            assertThatThrownBy(() -> store.presignPut(AT, Duration.ofDays(8)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.presignPut(AT, Duration.ZERO)).isInstanceOf(IllegalArgumentException.class);
            assertThat(store).hasToString("ObjectStore[http://127.0.0.1:1/]");
        }
    }

    /** A server of one object that breaks off in the middle of it, so many times. */
    private static final class Breaking implements AutoCloseable {
        private final HttpServer server;

        Breaking(byte[] object, String etag, int breaks) throws Exception {
            var left = new AtomicInteger(breaks);
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                exchange.getResponseHeaders().set("ETag", etag);
                exchange.getResponseHeaders().set("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT");
                if (exchange.getRequestMethod().equals("HEAD")) {
                    exchange.getResponseHeaders().set("Content-Length", String.valueOf(object.length));
                    exchange.sendResponseHeaders(200, -1);
                } else {
                    exchange.sendResponseHeaders(206, object.length);
                    int length = left.getAndDecrement() > 0 ? object.length / 2 : object.length;
                    exchange.getResponseBody().write(object, 0, length);
                }
                exchange.close();
            });
            server.start();
        }

        URI address() {
            return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }

    /** A server that has one answer. */
    private static final class Answering implements AutoCloseable {
        private final AtomicInteger requests = new AtomicInteger();
        private final HttpServer server;

        Answering(int status, String type, String body) throws Exception {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                requests.incrementAndGet();
                exchange.getRequestBody().readAllBytes();
                exchange.getResponseHeaders().set("Content-Type", type);
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
        }

        ObjectStore connect() {
            return ObjectStore.connect(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "key", "hidden-word");
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
