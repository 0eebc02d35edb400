package dev.husk.gateway.self;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.husk.gateway.Configuration;
import dev.husk.gateway.TestAuthority;
import dev.husk.gateway.attest.SimulatedVerifier;
import dev.husk.gateway.tls.ServerTrust;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.seal.Hpke;
import dev.husk.snp.simulator.EvidenceServer;
import dev.husk.snp.simulator.SimulatedProcessor;
import dev.husk.snp.simulator.SimulatedSandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A newcomer asks for the state key, and whoever answers is not what it should be. */
class PeerStateKeyTest {
    private static final byte[] MEASUREMENT = filled(48, 7);
    private static final byte[] KEY = filled(32, 5);

    @TempDir
    static Path folder;

    private static SimulatedProcessor processor;
    private static SimulatedSandbox giver;
    private static EvidenceServer evidence;

    /** What a peer answers to a request for the key. */
    @FunctionalInterface
    private interface Peer {
        JsonObject answer(JsonObject asked) throws Exception;
    }

    private final String peerNonce = Base64Url.random(32);
    private final AtomicReference<Peer> peer = new AtomicReference<>(asked -> honest(asked, giver, KEY));
    private HttpServer server;
    private String scheme = "http";
    private SSLContext trust = ServerTrust.of("HUSK_PEER_CA", Optional.empty());

    private static byte[] filled(int size, int value) {
        byte[] bytes = new byte[size];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    @BeforeAll
    static void launch() throws Exception {
        processor = SimulatedProcessor.open(folder.resolve("sp"));
        giver = processor.launch(MEASUREMENT, new byte[32], 0x30000);
        evidence = EvidenceServer.start();
    }

    @AfterAll
    static void close() throws Exception {
        evidence.close();
    }

    @BeforeEach
    void serve() throws IOException {
        serve(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
    }

    private void serve(HttpServer fresh) {
        server = fresh;
        server.createContext("/v1/gateway/handover/challenge", exchange -> {
            var answer = new JsonObject();
            answer.addProperty("challenge", "challenge");
            answer.addProperty("nonce", peerNonce);
            send(exchange, 200, answer.toString());
        });
        server.createContext("/v1/gateway/handover", exchange -> {
            try {
                var asked = Json.parse(exchange.getRequestBody().readAllBytes(), 1 << 20)
                        .getAsJsonObject();
                send(
                        exchange,
                        200,
                        Objects.requireNonNull(peer.get()).answer(asked).toString());
            } catch (Exception e) {
                send(exchange, 500, e.toString());
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static void send(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static JsonObject json(String text) throws Exception {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8), 1 << 20).getAsJsonObject();
    }

    private static JsonObject evidence(SimulatedSandbox of, JsonObject bound) throws Exception {
        return json(of.evidence(OwnEvidence.reportData(bound).toArray()));
    }

    private JsonObject request(JsonObject asked) {
        return HandoverWords.request(
                asked.get("key").getAsString(),
                asked.get("nonce").getAsString(),
                peerNonce,
                asked.getAsJsonObject("stateKey"));
    }

    private JsonObject honest(JsonObject asked, SimulatedSandbox machine, byte[] key) throws Exception {
        return saying(asked, machine, key, said("file", platform("simulated")));
    }

    private JsonObject saying(JsonObject asked, SimulatedSandbox machine, byte[] key, JsonObject stateKey)
            throws Exception {
        var request = request(asked);
        var answer = envelope(request, key);
        answer.add("stateKey", stateKey);
        answer.add(
                "evidence",
                evidence(
                        machine,
                        HandoverWords.answer(
                                request,
                                answer.getAsJsonObject("stateKey"),
                                answer.get("enc").getAsString(),
                                answer.get("ciphertext").getAsString())));
        return answer;
    }

    /** What a gateway says of its state key. */
    private static JsonObject said(String source, String peers) throws Exception {
        var said = new JsonObject();
        said.addProperty("source", source);
        said.add("peers", json(peers));
        return said;
    }

    private static JsonObject envelope(JsonObject request, byte[] key) throws Exception {
        var sealed = Hpke.seal(
                Base64Url.decode(request.get("key").getAsString()),
                HandoverWords.INFO,
                CanonicalJson.encode(request),
                key);
        var answer = new JsonObject();
        answer.add("stateKey", said("file", platform("simulated")));
        answer.addProperty("enc", Base64Url.encode(sealed.enc()));
        answer.addProperty("ciphertext", Base64Url.encode(sealed.ciphertext()));
        return answer;
    }

    private static String platform(String tee) {
        return """
                {"name":"gateway","tee":"%s","binding":"sandbox","products":"any","measurements":["%s"],
                 "hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],"platformInfo":"any","idKeys":"any",
                 "authorKeys":"any","providers":"none",
                 "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any","ciphertextHiding":"any"}}
                """.formatted(tee, HexFormat.of().formatHex(MEASUREMENT));
    }

    private PeerStateKey newcomer() throws Exception {
        return newcomer("simulated", "yes");
    }

    private PeerStateKey newcomer(String tee, String simulatedPeers) throws Exception {
        var settings = new HashMap<String, String>();
        settings.put(
                "HUSK_PEER_PLATFORM",
                Files.writeString(folder.resolve("peers-" + tee + ".json"), platform(tee))
                        .toString());
        settings.put("HUSK_STATE_KEY_SOURCE", "peer:http://127.0.0.1/");
        settings.put("HUSK_SIMULATED_PEERS", simulatedPeers);
        settings.put(
                "HUSK_EVIDENCE", "simulator:" + evidence.add(processor.launch(MEASUREMENT, new byte[32], 0x30000)));
        var configuration = new Configuration(new MapConfig(settings));
        var own = new OwnEvidence(configuration);
        var judge = new PeerJudge(configuration, SimulatedVerifier.of(processor), own);
        return new PeerStateKey(
                URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort() + "/"),
                own,
                new StateKeyOrigin(configuration, judge),
                judge,
                trust);
    }

    private static void refused(PeerStateKey newcomer, String why) {
        assertThatThrownBy(newcomer::obtain).isInstanceOf(IOException.class).hasMessageContaining(why);
    }

    @Test
    void aPeerThatProvesWhatItIsIsBelieved() throws Exception {
        assertThat(newcomer().obtain().orElseThrow()).isEqualTo(KEY);
    }

    @Test
    void theNewcomersOwnEvidenceSentBackIsNoPeers() throws Exception {
        peer.set(asked -> {
            var answer = envelope(request(asked), KEY);
            answer.add("evidence", asked.get("evidence"));
            return answer;
        });
        refused(newcomer(), "REPORT_DATA_MISMATCH");
    }

    @Test
    void aGenuineMachinesEvidenceForSomethingElseIsNone() throws Exception {
        // For a request of its own, for its identity, for no purpose at all.
        var other = new JsonObject();
        other.addProperty("nonce", Base64Url.random(32));
        for (var bound : List.<JsonObject>of(other, new JsonObject())) {
            peer.set(asked -> {
                var answer = envelope(request(asked), KEY);
                answer.add("evidence", evidence(giver, bound));
                return answer;
            });
            refused(newcomer(), "REPORT_DATA_MISMATCH");
        }
        peer.set(asked -> {
            var answer = envelope(request(asked), KEY);
            answer.add("evidence", evidence(giver, request(asked)));
            return answer;
        });
        refused(newcomer(), "REPORT_DATA_MISMATCH");
    }

    @Test
    void anAnswerToAnotherNewcomerIsNoAnswer() throws Exception {
        var recorded = new AtomicReference<JsonObject>();
        peer.set(asked -> {
            var honest = honest(asked, giver, KEY);
            recorded.set(honest);
            return honest;
        });
        assertThat(newcomer().obtain()).isPresent();
        peer.set(asked -> Objects.requireNonNull(recorded.get()));
        refused(newcomer(), "REPORT_DATA_MISMATCH");
    }

    @Test
    void anEnvelopeThatSomebodyElsePutInIsNotOpened() throws Exception {
        peer.set(asked -> {
            var answer = envelope(request(asked), filled(32, 6));
            answer.add("evidence", honest(asked, giver, KEY).get("evidence"));
            return answer;
        });
        refused(newcomer(), "REPORT_DATA_MISMATCH");
    }

    @Test
    void anEnvelopeToAnotherKeyAndAKeyOfAnotherSizeAreErrors() throws Exception {
        peer.set(asked -> {
            var elsewhere = asked.deepCopy();
            elsewhere.addProperty("key", Base64Url.encode(filled(32, 9)));
            var answer = envelope(request(elsewhere), KEY);
            answer.add(
                    "evidence",
                    evidence(
                            giver,
                            HandoverWords.answer(
                                    request(asked),
                                    answer.getAsJsonObject("stateKey"),
                                    answer.get("enc").getAsString(),
                                    answer.get("ciphertext").getAsString())));
            return answer;
        });
        refused(newcomer(), "does not open");
        peer.set(asked -> honest(asked, giver, new byte[31]));
        refused(newcomer(), "is no state key");
    }

    @Test
    void aPeerWithAnOlderMeasurementIsNone() throws Exception {
        var older = processor.launch(filled(48, 6), new byte[32], 0x30000);
        peer.set(asked -> honest(asked, older, KEY));
        refused(newcomer(), "MEASUREMENT_UNKNOWN");
    }

    @Test
    void aPeerThatCanBeDebuggedIsNone() throws Exception {
        var debugged = processor.launch(MEASUREMENT, new byte[32], 0xB0000);
        peer.set(asked -> honest(asked, debugged, KEY));
        refused(newcomer(), "DEBUG_ALLOWED");
    }

    @Test
    void aSimulatedPeerIsNoneWhereThePlatformIsRealOrTheFlagIsMissing() throws Exception {
        refused(newcomer("snp", "yes"), "SIMULATION_DENIED");
        refused(newcomer("simulated", "no"), "SIMULATION_DENIED");
    }

    @Test
    void aPeerUnderAnotherRootIsNone() throws Exception {
        var foreign = SimulatedProcessor.open(folder.resolve("foreign")).launch(MEASUREMENT, new byte[32], 0x30000);
        peer.set(asked -> honest(asked, foreign, KEY));
        refused(newcomer(), "CHAIN_UNTRUSTED");
    }

    @Test
    void aPeerThatWouldHandTheKeyToOtherMachinesIsNone() throws Exception {
        var lax = platform("simulated").replaceFirst("\\[\"0707\\w+\"\\]", "\"any\"");
        assertThat(lax).contains("\"measurements\":\"any\"");
        for (var stateKey : List.of(said("snp", lax), said("snp", "{}"), json("{\"source\":\"snp\",\"peers\":null}"))) {
            peer.set(asked -> saying(asked, giver, KEY, stateKey));
            refused(newcomer(), "PEERS_DIFFER");
        }
        var renamed = platform("simulated").replace("\"name\":\"gateway\"", "\"name\":\"peers\"");
        peer.set(asked -> saying(asked, giver, KEY, said("snp", renamed)));
        assertThat(newcomer().obtain()).as("called otherwise, and the same").isPresent();
    }

    @Test
    void aPeerWhoseKeyComesFromElsewhereIsNone() throws Exception {
        for (var source : List.of("", "unknown", "vault")) {
            peer.set(asked -> saying(asked, giver, KEY, said(source, platform("simulated"))));
            refused(newcomer(), "STATE_KEY_UNPROTECTED");
        }
    }

    @Test
    void whatAPeerSaysOfItsStateKeyIsCoveredByItsEvidence() throws Exception {
        peer.set(asked -> {
            var answer = saying(asked, giver, KEY, said("vault", platform("simulated")));
            answer.add("stateKey", said("snp", platform("simulated")));
            return answer;
        });
        refused(newcomer(), "REPORT_DATA_MISMATCH");
    }

    @Test
    void anAnswerThatLacksSomethingOrIsTooLongIsAnError() throws Exception {
        for (var member : List.of("enc", "ciphertext", "stateKey", "evidence")) {
            peer.set(asked -> {
                var answer = honest(asked, giver, KEY);
                answer.remove(member);
                return answer;
            });
            refused(newcomer(), "peer");
        }
        peer.set(asked -> {
            var answer = honest(asked, giver, KEY);
            answer.addProperty("padding", "A".repeat(1 << 20));
            return answer;
        });
        refused(newcomer(), "is not JSON");
    }

    @Test
    void aPeerIsAskedOverTlsOfItsOwnAuthorityAlone() throws Exception {
        var authority = new TestAuthority();
        server.stop(0);
        var tls = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        tls.setHttpsConfigurator(new HttpsConfigurator(authority.serving()));
        serve(tls);
        scheme = "https";
        refused(newcomer(), "is not accepted, is HUSK_PEER_CA its authority?");
        var file = folder.resolve("peer-ca.pem");
        TestAuthority.write(file, new TestAuthority().certificate);
        trust = ServerTrust.of("HUSK_PEER_CA", Optional.of(file));
        refused(newcomer(), "is not accepted, is HUSK_PEER_CA its authority?");
        TestAuthority.write(file, authority.certificate);
        trust = ServerTrust.of("HUSK_PEER_CA", Optional.of(file));
        assertThat(newcomer().obtain().orElseThrow()).isEqualTo(KEY);
    }

    @Test
    void aPeerThatSendsElsewhereIsNotFollowed() throws Exception {
        server.removeContext("/v1/gateway/handover/challenge");
        server.createContext("/v1/gateway/handover/challenge", exchange -> {
            exchange.getResponseHeaders().add("Location", "/elsewhere");
            send(exchange, 307, "");
        });
        server.createContext("/elsewhere", exchange -> send(exchange, 200, "{}"));
        refused(newcomer(), "with 307");
    }

    @Test
    void aPeerOffThisMachineIsAskedOverTlsAlone() {
        for (var text : List.of("http://gateway.example/", "http://10.0.0.1/", "ftp://127.0.0.1/", "https:/x")) {
            var configuration = new Configuration(new MapConfig(new HashMap<>()));
            var own = new OwnEvidence(configuration);
            assertThatThrownBy(
                            () -> new PeerStateKey(URI.create(text), own, new StateKeyOrigin(), new PeerJudge(), trust))
                    .as(text)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("must be https");
        }
    }
}
