package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.store.minio.ObjectStore;
import dev.husk.store.minio.StoreLocation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class S3ServerIT {
    private static final Installation HOME = new Installation(Path.of(".."));
    private static final StoreLocation OBJECT = new StoreLocation(S3Server.BUCKET, "heart-risk/anna-2025");

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private StateFolder state;

    @BeforeEach
    void open() throws Exception {
        state = StateFolder.open(folder.resolve("state"));
    }

    @AfterEach
    void close() throws Exception {
        state.close();
    }

    @Test
    void objectsComeBackAlsoAfterARestartUnderTheSameKeys() throws Exception {
        String secret;
        try (var server = start()) {
            secret = server.secretKey();
            try (var store = connect(server)) {
                var put = store.presignPut(OBJECT, Duration.ofMinutes(1));
                assertThat(client.send(
                                        HttpRequest.newBuilder(put)
                                                .PUT(HttpRequest.BodyPublishers.ofString("sealed"))
                                                .build(),
                                        HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(200);
            }
        }
        try (var server = start();
                var store = connect(server)) {
            assertThat(server.secretKey()).isEqualTo(secret);
            assertThat(store.size(OBJECT)).isEqualTo(6);
            assertThat(get(store.presignGet(OBJECT, Duration.ofMinutes(1))).body())
                    .isEqualTo("sealed");
            assertThat(get(server.endpoint().resolve("/husk/" + OBJECT.key())).statusCode())
                    .isEqualTo(403);
        }
        assertThat(Files.getPosixFilePermissions(state.path().resolve("s3/s3proxy.conf")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void whoHasNoKeyIsRefused() throws Exception {
        try (var server = start();
                var store = ObjectStore.connect(server.endpoint(), server.accessKey(), "not the secret")) {
            assertThat(get(server.endpoint().resolve("/husk")).statusCode()).isEqualTo(403);
            assertThatThrownBy(() -> store.size(OBJECT)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void aTakenPortIsNamedBeforeAnythingStarts() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> new Ports(0, 0, port, 0).chosen())
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("port " + port + ", wanted for the S3 store, is taken");
        }
    }

    private S3Server start() throws Exception {
        return S3Server.start(HOME.s3ClassPath(), state, Ports.ANY.chosen().s3());
    }

    private static ObjectStore connect(S3Server server) {
        return ObjectStore.connect(server.endpoint(), server.accessKey(), server.secretKey());
    }

    private HttpResponse<String> get(URI address) throws Exception {
        return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }
}
