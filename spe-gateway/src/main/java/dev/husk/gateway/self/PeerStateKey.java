package dev.husk.gateway.self;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.husk.gateway.keys.StateKey;
import dev.husk.gateway.keys.StateKeySource;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.Hpke;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.Sealed;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * A state key from a running replica: this gateway proves to it what it is, and it proves the same back, before the key
 * counts. It is kept in memory alone, so each start asks again.
 */
final class PeerStateKey implements StateKeySource {
    private static final int TRIES = 30;
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final int LARGEST = 256 << 10;

    private final URI peer;
    private final OwnEvidence own;
    private final StateKeyOrigin origin;
    private final PeerJudge judge;
    private final HttpClient http;

    /** @param trust for the peer's host: the server's own default would trust the gateway's certificate alone */
    PeerStateKey(URI peer, OwnEvidence own, StateKeyOrigin origin, PeerJudge judge, SSLContext trust) {
        var host = peer.getHost();
        boolean loopback = "127.0.0.1".equals(host) || "localhost".equals(host) || "[::1]".equals(host);
        if (host == null || !("https".equals(peer.getScheme()) || "http".equals(peer.getScheme()) && loopback)) {
            throw new IllegalStateException("a peer's URL must be https (or http on this machine): " + peer);
        }
        this.peer = peer;
        this.own = own;
        this.origin = origin;
        this.judge = judge;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(trust)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    @Override
    public Optional<byte[]> obtain() throws IOException {
        var challenge = post("v1/gateway/handover/challenge", new JsonObject());
        try (var pair = HpkeKeyPair.generate()) {
            var request = HandoverWords.request(
                    Base64Url.encode(pair.publicKey()), Base64Url.random(32), text(challenge, "nonce"), origin.now());
            var asked = new JsonObject();
            asked.addProperty("challenge", text(challenge, "challenge"));
            asked.add("key", request.get("key"));
            asked.add("nonce", request.get("nonce"));
            asked.add("stateKey", request.get("stateKey"));
            asked.add("evidence", own.over(request));
            var answer = post("v1/gateway/handover", asked);
            return Optional.of(open(pair, request, answer));
        }
    }

    private byte[] open(HpkeKeyPair pair, JsonObject request, JsonObject answer) throws IOException {
        var enc = text(answer, "enc");
        var ciphertext = text(answer, "ciphertext");
        if (!(answer.get("evidence") instanceof JsonObject evidence)
                || !(answer.get("stateKey") instanceof JsonObject said)) {
            throw new IOException("the peer " + peer + " gives no evidence, or none of where its state key is from");
        }
        // A key from who knows whom would be a key that they know.
        var judgement = judge.judge(evidence, HandoverWords.answer(request, said, enc, ciphertext));
        if (judgement.trusted().isEmpty()) {
            throw new IOException(
                    "the peer " + peer + " is no gateway to take a state key from: " + judgement.reasons());
        }
        try {
            byte[] key = Hpke.open(
                    pair,
                    HandoverWords.INFO,
                    CanonicalJson.encode(request),
                    new Sealed(Base64Url.decode(enc), Base64Url.decode(ciphertext)));
            if (key.length != StateKey.SIZE) {
                Arrays.fill(key, (byte) 0);
                throw new IOException("what the peer gave is no state key");
            }
            return key;
        } catch (EnvelopeException | IllegalArgumentException e) {
            throw new IOException("the peer's state key does not open", e);
        }
    }

    /** Asks again while the peer is starting itself. */
    private JsonObject post(String path, JsonObject body) throws IOException {
        var request = HttpRequest.newBuilder(peer.resolve(path))
                .timeout(TIMEOUT)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build();
        try {
            for (int tries = 1; ; tries++) {
                try {
                    var response = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
                    // Before the application is there, its server answers 404.
                    boolean starting = response.statusCode() == 503 || response.statusCode() == 404;
                    try (var read = response.body()) {
                        if (!starting || tries == TRIES) {
                            return answer(path, response.statusCode(), read.readNBytes(LARGEST + 1));
                        }
                    }
                } catch (ConnectException | HttpConnectTimeoutException | SSLException e) {
                    if (unaccepted(e)) {
                        throw new IOException(
                                "the certificate of the peer " + peer
                                        + " is not accepted, is HUSK_PEER_CA its authority? " + e.getMessage(),
                                e);
                    }
                    if (tries == TRIES) {
                        throw new IOException("the peer " + peer + " does not answer: " + e.getMessage(), e);
                    }
                }
                Thread.sleep(PAUSE.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the peer " + peer, e);
        }
    }

    /** Unlike a handshake that a server refuses until it has its certificate, this does not pass. */
    private static boolean unaccepted(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private JsonObject answer(String path, int status, byte[] body) throws IOException {
        if (status != 200) {
            throw new IOException("the peer %s answers %s with %d: %s"
                    .formatted(peer, path, status, shown(new String(body, StandardCharsets.UTF_8))));
        }
        try {
            if (Json.parse(body, LARGEST) instanceof JsonObject object) {
                return object;
            }
            throw new IOException("the peer's answer to " + path + " is not an object");
        } catch (MalformedJsonException e) {
            throw new IOException("the peer's answer to " + path + " is not JSON", e);
        }
    }

    private static String shown(String text) {
        return (text.length() > 1000 ? text.substring(0, 1000) + ".." : text).replaceAll("\\p{Cntrl}", " ");
    }

    private static String text(JsonObject answer, String name) throws IOException {
        if (answer.get(name) instanceof JsonPrimitive value && value.isString()) {
            return value.getAsString();
        }
        throw new IOException("the peer's answer has no text '" + name + "'");
    }

    @Override
    public boolean keeps() {
        return false;
    }

    @Override
    public void keep(byte[] stateKey) {
        throw new IllegalStateException("a peer's state key is not kept");
    }

    @Override
    public void discard() {
        // Nothing is stored.
    }

    @Override
    public Optional<String> warning() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "PeerStateKey[" + peer + "]";
    }
}
