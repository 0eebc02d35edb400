package dev.husk.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.husk.store.minio.ObjectStore;
import dev.husk.store.minio.StoreLocation;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole platform; here because this module is built after all that it starts. */
class LocalPlatformIT {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @TempDir
    Path folder;

    private Options options;

    @BeforeEach
    void findTheInstallation() throws Exception {
        options = new Options(
                folder.resolve("state"), Path.of("target/cache").toAbsolutePath(), Installation.find(), Ports.ANY);
    }

    @Test
    void everythingStartsAnswersStopsAndStartsAgain() throws Exception {
        var started = new ArrayList<String>();
        List<ProcessMemory> memory;
        String logKey;
        try (var platform = LocalPlatform.start(options, recording(started))) {
            assertThat(started)
                    .containsExactlyInAnyOrder(
                            "PostgreSQL", "S3 store", "simulated hardware", "gateway", "OpenWhisk API");
            logKey = platform.logKey();
            assertThat(logKey).startsWith("husk.local/gateway+");
            assertThat(platform.measurements()).containsKeys("java-husk:default", "java-husk-djl:default");
            assertThat(platform.simulatedRoot()).exists();

            var contracts = platform.gatewayUrl().resolve("v1/contracts");
            assertThat(get(contracts, "Bearer " + platform.issuer().token("anna"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(get(contracts, "Bearer none").statusCode()).isEqualTo(401);
            var basic = Base64.getEncoder().encodeToString(platform.whiskAuth().getBytes(StandardCharsets.UTF_8));
            assertThat(get(platform.whiskUrl().resolve("/api/v1/namespaces"), "Basic " + basic)
                            .body())
                    .isEqualTo("[\"guest\"]");
            try (var store =
                    ObjectStore.connect(platform.s3Endpoint(), platform.s3AccessKey(), platform.s3SecretKey())) {
                assertThat(store.presignGet(
                                new StoreLocation(platform.s3Bucket(), "heart-risk/anna-2025"), Duration.ofMinutes(1)))
                        .isNotNull();
            }
            memory = platform.memory();
            assertThat(memory)
                    .extracting(ProcessMemory::part)
                    .contains("platform", "PostgreSQL", "S3 store", "gateway");
            assertThat(memory)
                    .allSatisfy(process -> assertThat(process.residentBytes()).isPositive());

            assertThatThrownBy(() -> LocalPlatform.start(options, StartListener.silent()))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("already runs on");
        }
        for (var process : memory.subList(1, memory.size())) {
            var handle = ProcessHandle.of(process.pid());
            if (handle.isPresent()) {
                handle.get().onExit().get(2, TimeUnit.MINUTES);
            }
        }
        try (var platform = LocalPlatform.start(options, StartListener.silent())) {
            assertThat(platform.logKey()).isEqualTo(logKey);
        }
    }

    @Test
    void aTakenPortStopsTheStartBeforeAnyPartAndLeavesTheFolderFree() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            var started = new ArrayList<String>();
            assertThatThrownBy(
                            () -> LocalPlatform.start(options.withPorts(new Ports(0, port, 0, 0)), recording(started)))
                    .isInstanceOf(StartFailedException.class)
                    .hasMessageContaining("port " + port + ", wanted for the OpenWhisk API, is taken");
            assertThat(started).isEmpty();
        }
        StateFolder.open(options.state()).close();
    }

    private HttpResponse<String> get(URI address, String authorization) throws Exception {
        var request = HttpRequest.newBuilder(address)
                .header("Authorization", authorization)
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static StartListener recording(List<String> started) {
        return new StartListener() {
            @Override
            public void starting(String part) {}

            @Override
            public void started(String part, long milliseconds) {
                started.add(part);
            }
        };
    }
}
