package dev.husk.snp.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonParser;
import dev.husk.snp.Bytes;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.Product;
import dev.husk.snp.Revocation;
import dev.husk.snp.SnpVerifier;
import dev.husk.snp.TrustAnchors;
import dev.husk.snp.Verdict;
import dev.husk.snp.guest.EvidenceSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvidenceServerTest {
    @TempDir
    static Path folder;

    private static SimulatedProcessor processor;
    private static EvidenceServer server;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeAll
    static void start() throws IOException {
        processor = SimulatedProcessor.open(folder);
        server = EvidenceServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void evidenceOfASandboxIsTrustedAsSimulatedAllTheWay() throws Exception {
        var sandbox = processor.launch(new byte[48], new byte[32], 0x30000);
        byte[] reportData = new byte[64];
        Arrays.fill(reportData, (byte) 0xfb);
        var source = EvidenceSource.of("simulator:" + server.add(sandbox));
        assertThat(source.name()).isEqualTo("SIMULATED");

        var evidence = KbsEvidence.parse(
                JsonParser.parseString(source.evidence(reportData)).getAsJsonObject());
        assertThat(evidence.certificates())
                .containsExactlyElementsOf(
                        processor.certificates().stream().map(Bytes::copyOf).toList());
        var verdict =
                verifier().verify(evidence.report(), evidence.certificates(), Expected.of(true, processor, reportData));
        assertThat(verdict).isInstanceOf(Verdict.Trusted.class).hasToString("trusted (SIMULATED)");
        assertThat(((Verdict.Trusted) verdict).report().reportId()).isEqualTo(Bytes.copyOf(sandbox.reportId()));
    }

    @Test
    void eachSandboxHasAnAddressOfItsOwnUntilItIsRemoved() throws Exception {
        var one = server.add(processor.launch(new byte[48], new byte[32], 0));
        var two = server.add(processor.launch(new byte[48], new byte[32], 0));
        assertThat(one).isNotEqualTo(two);
        assertThat(get(one + "/aa/evidence?runtime_data=x").statusCode()).isEqualTo(200);
        server.remove(one);
        assertThat(get(one + "/aa/evidence?runtime_data=x").statusCode()).isEqualTo(404);
        assertThat(get(two + "/aa/evidence?runtime_data=x").statusCode()).isEqualTo(200);
        var source = EvidenceSource.of("simulator:" + one);
        assertThatThrownBy(() -> source.evidence(new byte[64]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("404");
    }

    @Test
    void withoutAnEncodingTheTextItselfIsPaddedWithZeros() throws Exception {
        var base = server.add(processor.launch(new byte[48], new byte[32], 0));
        var expected = Arrays.copyOf("a&b+c".getBytes(), 64);
        for (var query : new String[] {"runtime_data=a%26b%2Bc", "encoding=base64&runtime_data=YSZiK2M"}) {
            var answer = get(base + "/aa/evidence?" + query);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("content-type")).contains("application/octet-stream");
            var report = KbsEvidence.parse(JsonParser.parseString(answer.body()).getAsJsonObject())
                    .report();
            assertThat(report.slice(0x50, 64)).isEqualTo(Bytes.copyOf(expected));
        }
    }

    @Test
    void badRequestsGetWhatTheAgentAnswers() throws Exception {
        var base = server.add(processor.launch(new byte[48], new byte[32], 0));
        assertThat(get(base + "/aa/evidence").statusCode()).isEqualTo(400);
        assertThat(get(base + "/aa/evidence?runtime=x").statusCode()).isEqualTo(400);
        assertThat(get(base + "/aa/evidence?encoding=base64&runtime_data=*").statusCode())
                .isEqualTo(400);
        assertThat(get(base + "/aa/evidence?encoding=hex&runtime_data=00").statusCode())
                .isEqualTo(400);
        assertThat(get(base + "/aa/evidence?runtime_data=" + "a".repeat(64)).statusCode())
                .isEqualTo(200);
        var long65 = get(base + "/aa/evidence?runtime_data=" + "a".repeat(65));
        assertThat(long65.statusCode()).isEqualTo(500);
        assertThat(long65.body()).contains("no more than 64 bytes");
        assertThat(get(base + "/aa/token").statusCode()).isEqualTo(404);
        assertThat(get(base.resolve("/aa/evidence?runtime_data=x").toString()).statusCode())
                .isEqualTo(404);
        var post = HttpRequest.newBuilder(URI.create(base + "/aa/evidence?runtime_data=x"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(http.send(post, HttpResponse.BodyHandlers.discarding()).statusCode())
                .isEqualTo(405);
    }

    private HttpResponse<String> get(String url) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static SnpVerifier verifier() throws Exception {
        var ark = (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("ark.der"))));
        return new SnpVerifier(
                TrustAnchors.amd().andSimulated(ark, Product.GENOA), Revocation.lists(Map.of()), Clock.systemUTC());
    }
}
