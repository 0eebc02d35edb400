package dev.husk.snp.kds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The default transport, against a server that does not want to come to an end. */
@Timeout(60)
class HttpTransportTest {
    private final CountDownLatch over = new CountDownLatch(1);
    private final Transport hasty = Transport.https(Duration.ofMillis(300));
    private FakeKds kds;
    private URI address;

    @BeforeEach
    void start() throws Exception {
        kds = new FakeKds();
        address = kds.uri().resolve("vcek/v1/Milan/crl");
    }

    @AfterEach
    void stop() {
        over.countDown();
        kds.close();
    }

    @Test
    void aWholeAnswerComesWithItsStatusAndRetryAfter() throws Exception {
        var transport = Transport.https(Duration.ofSeconds(20));
        var answer = transport.get(address, 1 << 20);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Vectors.milanList());
        assertThat(answer.retryAfter()).isEmpty();
        kds.does(FakeKds.limiting("9"));
        assertThat(transport.get(address, 10).retryAfter()).contains("9");
    }

    @Test
    void noMoreThanTheLimitIsRead() throws Exception {
        var transport = Transport.https(Duration.ofSeconds(20));
        assertThat(transport.get(address, 100).body())
                .isEqualTo(Vectors.milanList().slice(0, 100));
        assertThat(transport.get(address, Vectors.milanList().length()).body()).isEqualTo(Vectors.milanList());
        assertThat(transport.get(kds.uri().resolve("none"), 10).body().length()).isZero();
    }

    @Test
    void aServerThatDoesNotAnswerIsGivenUp() {
        kds.does(exchange -> over.await());
        assertThatThrownBy(() -> hasty.get(address, 100)).isInstanceOf(IOException.class);
    }

    @Test
    void aBodyThatDripsIsGivenUpAndTheConnectionClosed() throws Exception {
        var hungUp = new CountDownLatch(1);
        kds.does(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) {
                    exchange.getResponseBody().write(0);
                    exchange.getResponseBody().flush();
                    over.await(10, java.util.concurrent.TimeUnit.MILLISECONDS);
                }
            } finally {
                hungUp.countDown();
            }
        });
        assertThatThrownBy(() -> hasty.get(address, 1 << 30))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no whole answer in 300 ms");
        hungUp.await();
    }

    @Test
    void onlyThisMachineIsAskedWithoutTls() {
        assertThatThrownBy(() -> hasty.get(URI.create("http://kds.example/vcek/v1/Milan/crl"), 100))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("https");
    }
}
