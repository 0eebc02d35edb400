package dev.husk.runtime;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.contract.InvalidSignatureException;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.CodeClaim;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.KbsError;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.kbs.ReportData;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.protocol.log.Checkpoint;
import dev.husk.protocol.log.Details;
import dev.husk.protocol.log.Leaf;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.RightEdge;
import dev.husk.protocol.log.TileName;
import dev.husk.protocol.log.TileTree;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.MalformedRunException;
import dev.husk.protocol.run.RunStatement;
import dev.husk.protocol.seal.AnswerKey;
import dev.husk.protocol.seal.EnvelopeException;
import dev.husk.protocol.seal.HpkeKeyPair;
import dev.husk.protocol.seal.SealedRequest;
import dev.husk.snp.KbsEvidence;
import dev.husk.snp.MalformedEvidenceException;
import dev.husk.store.DataKey;
import dev.husk.store.SealedObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A gateway, an attestation agent and an object store in one small HTTP server: real tokens, JWE, releases, leaves,
 * checkpoints and receipts, and fields by which a test makes it refuse or lie.
 */
final class FakeGateway implements AutoCloseable {
    static final String CONTRACT = "heart-risk";
    static final String FUNCTION = "train";

    private static final String ORIGIN = "husk.test/log";

    private final HttpServer http;
    private final PartySigner logSigner = PartySigner.generate();
    private final RightEdge edge = new RightEdge();
    private final Map<TileName, byte[]> tiles = new HashMap<>();
    private final Map<String, String> sessions = new HashMap<>();
    private final byte[] tagKey = new byte[32];
    private final HpkeKeyPair invocationKey = HpkeKeyPair.generate();
    private final PartySigner caller = PartySigner.generate();
    private TeeKey tee =
            TeeKey.of((java.security.interfaces.ECPublicKey) TeeKey.generate().getPublic());
    private Optional<CodeClaim> claim = Optional.empty();
    private String previous = "";
    private long seq;

    /** What was asked, in order: {@code auth}, {@code attest}, {@code release}, {@code renew}, {@code run}, {@code key:name}. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    final List<JsonObject> statements = new CopyOnWriteArrayList<>();
    final List<RunStatement> runs = new CopyOnWriteArrayList<>();
    private String evidence = "";
    final Map<String, byte[]> objects = new java.util.concurrent.ConcurrentHashMap<>();
    final Map<String, byte[]> readKeys = new LinkedHashMap<>();
    final Map<String, byte[]> writeKeys = new LinkedHashMap<>();
    final Map<String, String> digests = new HashMap<>();
    volatile JsonObject primaryEvidence = new JsonObject();
    final CountDownLatch renewed = new CountDownLatch(1);
    volatile boolean plain;
    volatile String refuseBinding = "";
    volatile String refuseRelease = "";
    volatile String refuseRenewal = "";
    volatile boolean failRunLog;
    volatile Duration lease = Duration.ofMinutes(10);
    volatile Duration tokenLife = Duration.ofMinutes(5);
    volatile UnaryOperator<JsonObject> event = UnaryOperator.identity();
    volatile UnaryOperator<Receipt> receipt = UnaryOperator.identity();
    volatile UnaryOperator<JsonObject> jwe = UnaryOperator.identity();
    volatile String releasedActivation = "";
    volatile String releasedFunction = FUNCTION;
    volatile boolean otherParameters;
    volatile PartySigner checkpointSigner = logSigner;
    volatile Optional<Optional<AnswerKey>> otherAnswerKey = Optional.empty();
    volatile Contract contract = contract("\"none\"");
    volatile Optional<Contract> otherContract = Optional.empty();
    volatile int forgetSessions;
    volatile int unauthorized;

    private FakeGateway(HttpServer http) {
        this.http = http;
    }

    /** One function that reads one dataset, with the given member {@code witnesses}. */
    static Contract contract(String witnesses) {
        try {
            return Contract.parse(Json.parse(
                    """
                    {"husk":1,"name":"%s","version":1,"witnesses":%s,
                     "parties":[{"name":"anna","key":"ed25519:11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}],
                     "datasets":[{"name":"anna-2025","owner":"anna","store":"s3://store/anna-2025"}],
                     "platforms":[{"name":"sim","tee":"simulated","binding":"sandbox","products":"any",
                       "measurements":"any","hostData":"any","minimumTcb":"any","chips":"any","vmpl":["0"],
                       "platformInfo":"any","idKeys":"any","authorKeys":"any","providers":"none",
                       "policy":{"debug":false,"migrationAgent":false,"smt":"any","singleSocket":"any",
                         "ciphertextHiding":"any"}}],
                     "functions":[{"name":"%s","owner":"anna","code":"sha256:%s","entry":"a.B","platform":"sim"}],
                     "results":[],
                     "grants":[{"function":"%s","reads":["anna-2025"],"writes":[],"parameters":{},
                       "callers":"any","limits":{"runs":"any","perDay":"any","until":"any"}}]}
                    """.formatted(CONTRACT, witnesses, FUNCTION, "0".repeat(64), FUNCTION)
                            .getBytes(StandardCharsets.UTF_8),
                    1 << 16));
        } catch (MalformedJsonException | InvalidContractException e) {
            throw new AssertionError(e);
        }
    }

    static FakeGateway start() throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        var http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        var gateway = new FakeGateway(http);
        http.setExecutor(Executors.newCachedThreadPool(task -> {
            var thread = new Thread(task, "fake-gateway");
            thread.setDaemon(true);
            return thread;
        }));
        http.createContext("/", gateway::handle);
        http.start();
        return gateway;
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/";
    }

    String logKey() {
        return VerifierKey.of(ORIGIN, logSigner.key().raw()).text();
    }

    String sandbox() {
        return "sha256:" + "ab".repeat(32);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            var path = exchange.getRequestURI().getPath();
            if (path.startsWith("/store/")) {
                store(exchange, path.substring("/store/".length()), body);
            } else {
                api(exchange, path, body);
            }
        } catch (MalformedJsonException | MalformedRunException | InvalidSignatureException | RuntimeException e) {
            e.printStackTrace();
            throw new IOException(e);
        }
    }

    private synchronized void api(HttpExchange exchange, String path, byte[] body)
            throws IOException, MalformedJsonException, MalformedRunException, InvalidSignatureException {
        switch (path) {
            case "/aa/evidence" -> evidence(exchange);
            case "/kbs/v0/auth" -> auth(exchange, body);
            case "/kbs/v0/attest" -> attest(exchange, body);
            case "/kbs/v0/husk/release" -> release(exchange, body);
            case "/kbs/v0/husk/renew" -> renew(exchange, body);
            case "/kbs/v0/husk/run" -> run(exchange, body);
            default -> key(exchange, path);
        }
    }

    private static void evidence(HttpExchange exchange) throws IOException {
        var query = exchange.getRequestURI().getQuery();
        var reportData = Base64.getUrlDecoder().decode(query.substring(query.indexOf("runtime_data=") + 13));
        var json = new JsonObject();
        json.addProperty("fake-report", HexFormat.of().formatHex(reportData));
        answer(exchange, 200, json);
    }

    private void auth(HttpExchange exchange, byte[] body) throws IOException, MalformedJsonException {
        calls.add("auth");
        var request = Json.parse(body, 4096).getAsJsonObject();
        if (!request.get("version").getAsString().equals("0.4.0") || !request.has("extra-params")) {
            throw new IllegalArgumentException("not the protocol's auth");
        }
        byte[] random = new byte[32];
        new java.security.SecureRandom().nextBytes(random);
        var nonce = Base64.getEncoder().encodeToString(random);
        var id = HexFormat.of().formatHex(random, 0, 16);
        sessions.put(id, nonce);
        exchange.getResponseHeaders().add("Set-Cookie", "kbs-session-id=" + id + "; Path=/kbs/v0");
        var json = new JsonObject();
        json.addProperty("nonce", nonce);
        json.addProperty("extra-params", "");
        answer(exchange, 200, json);
    }

    private void attest(HttpExchange exchange, byte[] body) throws IOException, MalformedJsonException {
        calls.add("attest");
        var request = Json.parse(body, 1 << 20).getAsJsonObject();
        var runtime = request.getAsJsonObject("runtime-data");
        var evidence = request.getAsJsonObject("tee-evidence");
        var cookie = exchange.getRequestHeaders().getFirst("Cookie");
        var nonce = sessions.remove(cookie.replace("kbs-session-id=", ""));
        if (forgetSessions-- > 0
                || nonce == null
                || !nonce.equals(runtime.get("nonce").getAsString())) {
            answer(exchange, 401, KbsError.body("InvalidNonce", "no such session"));
            return;
        }
        var key = TeeKey.parse(runtime.getAsJsonObject("tee-pubkey"));
        var additional = evidence.get("additional_evidence").getAsString();
        var expected = HexFormat.of().formatHex(ReportData.of(nonce, key, additional));
        if (!reportData(evidence.getAsJsonObject("primary_evidence")).equals(expected)) {
            answer(exchange, 401, KbsError.body("AttestationFailed", "REPORT_DATA is another's"));
            return;
        }
        if (!refuseBinding.isEmpty()) {
            answer(exchange, 403, refusal(refuseBinding));
            return;
        }
        tee = key;
        claim = CodeClaim.parse(additional);
        primaryEvidence = evidence.getAsJsonObject("primary_evidence");
        this.evidence = Digests.sha256(CanonicalJson.encode(evidence.get("primary_evidence")));
        var json = new JsonObject();
        json.addProperty("token", token());
        answer(exchange, 200, json);
    }

    /** What the evidence says, in hex: a report as the Attestation Agent writes it, or the fake's own. */
    private static String reportData(JsonObject primary) {
        if (!primary.has("attestation_report")) {
            return primary.get("fake-report").getAsString();
        }
        try {
            byte[] report = KbsEvidence.parse(primary).report().toArray();
            return HexFormat.of().formatHex(report, 0x50, 0x90);
        } catch (MalformedEvidenceException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private String token() {
        var husk = new JsonObject();
        husk.addProperty("sandbox", sandbox());
        husk.addProperty("code", claim().code());
        husk.addProperty("entry", claim().entry());
        husk.addProperty("plain", plain);
        husk.addProperty("simulated", true);
        var claims = new JsonObject();
        claims.addProperty("exp", Instant.now().plus(tokenLife).getEpochSecond());
        claims.add("husk", husk);
        return "eyJhbGciOiJFUzI1NiJ9." + Base64Url.encode(CanonicalJson.encode(claims)) + ".c2ln";
    }

    CodeClaim claim() {
        return claim.orElseThrow();
    }

    private JsonObject statement(byte[] body, String action) throws InvalidSignatureException {
        var statement = SignedStatement.verify(new String(body, StandardCharsets.UTF_8), claim().key());
        if (!statement.get("action").getAsString().equals(action)
                || !statement.get("sandbox").getAsString().equals(sandbox())) {
            throw new IllegalArgumentException("another's statement: " + statement);
        }
        Instant.parse(statement.get("time").getAsString());
        statements.add(statement);
        return statement;
    }

    private void release(HttpExchange exchange, byte[] body) throws IOException, InvalidSignatureException {
        calls.add("release");
        if (unauthorized-- > 0
                || !exchange.getRequestHeaders().getFirst("Authorization").startsWith("Bearer ey")) {
            answer(exchange, 401, KbsError.body("InvalidToken", "no token"));
            return;
        }
        var asked = statement(body, "release");
        if (plain || !refuseRelease.isEmpty()) {
            answer(exchange, 403, refusal(plain ? "SANDBOX_IS_PLAIN" : refuseRelease));
            return;
        }
        var activation = releasedActivation.isEmpty() ? asked.get("activation").getAsString() : releasedActivation;
        var parameters = asked.getAsJsonObject("parameters");
        var answerKey = Optional.<AnswerKey>empty();
        var invocation = asked.get("invocation").getAsString();
        if (invocation.startsWith(SealedRequest.PREFIX)) {
            try (var opened = SealedRequest.open(
                    invocationKey, CONTRACT, FUNCTION, invocation.substring(SealedRequest.PREFIX.length()))) {
                var signed = new String(opened.plaintext(), StandardCharsets.US_ASCII);
                parameters = SignedStatement.verify(signed, caller.key()).getAsJsonObject("parameters");
                answerKey = Optional.of(AnswerKey.of(opened.answerKey().copy()));
            } catch (EnvelopeException e) {
                answer(exchange, 403, refusal("SEALED_UNREADABLE"));
                return;
            }
        }
        var until = Instant.now().plus(lease);
        var released = new JsonObject();
        released.addProperty("event", "released");
        released.addProperty("contract", contract.id());
        released.addProperty("sandbox", sandbox());
        released.addProperty("function", releasedFunction);
        released.addProperty("activation", activation);
        released.addProperty("caller", "");
        released.add("parameters", names(parameters.keySet()));
        var details = Details.ofRun(Base64Url.encode(new byte[32]), parameters);
        if (answerKey.isEmpty()) {
            released.addProperty(Details.MEMBER, details.digest());
        }
        released.add("reads", names(readKeys.keySet()));
        released.add("writes", names(writeKeys.keySet()));
        released.add("objects", objects());
        released.addProperty("leaseUntil", until.toString());
        released.addProperty("simulated", true);
        released.addProperty("time", Instant.now().toString());
        var opening = new Opening(Base64Url.encode(new byte[32]), event.apply(released));
        var other = new JsonObject();
        other.addProperty("smuggled", true);
        var release = new Release(
                otherContract.orElse(contract),
                releasedFunction,
                activation,
                Optional.empty(),
                otherParameters ? other : parameters,
                until,
                true,
                keys(readKeys, "read"),
                keys(writeKeys, "write"),
                otherAnswerKey.orElse(answerKey),
                answerKey.isPresent() ? Optional.empty() : Optional.of(details.salt()),
                receipt.apply(append(opening)),
                opening);
        answer(exchange, 200, jwe.apply(Jwe.seal(tee, release.encode())));
    }

    /** A caller's request with these parameters, sealed to the function's key. */
    SealedRequest sealed(JsonObject parameters) throws EnvelopeException {
        var payload = new JsonObject();
        payload.addProperty("action", "invoke");
        payload.add("parameters", parameters);
        return SealedRequest.seal(
                invocationKey.publicKey(),
                CONTRACT,
                FUNCTION,
                SignedStatement.sign(caller, payload).getBytes(StandardCharsets.US_ASCII));
    }

    /** The log does not quote long values. */
    private static JsonArray names(Set<String> all) {
        var names = new JsonArray();
        all.forEach(names::add);
        return names;
    }

    private JsonObject objects() {
        var objects = new JsonObject();
        Stream.of(readKeys, writeKeys).flatMap(keys -> keys.keySet().stream()).forEach(name -> {
            var one = new JsonObject();
            one.addProperty("identity", CONTRACT + "/" + name);
            one.addProperty("store", "s3://store/" + name);
            if (digests.containsKey(name)) {
                one.addProperty("sha256", digests.get(name));
            }
            objects.add(name, one);
        });
        return objects;
    }

    private Map<String, Release.ObjectKey> keys(Map<String, byte[]> keys, String use) {
        var objects = new LinkedHashMap<String, Release.ObjectKey>();
        keys.forEach((name, key) -> objects.put(
                name,
                new Release.ObjectKey(
                        CONTRACT + "/" + name,
                        key.clone(),
                        URI.create(url() + "store/" + name + "?X-Amz-Signature=" + use + "%2F1"),
                        Optional.ofNullable(digests.get(name)))));
        return objects;
    }

    private Receipt append(Opening opening) {
        var leaf = new Leaf(Opening.tag(tagKey, CONTRACT), seq++, previous, opening.commit());
        previous = Base64Url.encode(leaf.hash());
        edge.append(leaf.hash(), tiles::put);
        var tree = TileTree.of(edge, tile -> Objects.requireNonNull(tiles.get(tile)));
        long index = tree.size() - 1;
        var checkpoint = Checkpoint.of(ORIGIN, tree.size(), tree.root()).sign(ORIGIN, checkpointSigner);
        try {
            return new Receipt(leaf, index, tree.inclusion(index, tree.size()), checkpoint);
        } catch (MalformedLogException e) {
            throw new AssertionError(e);
        }
    }

    private void renew(HttpExchange exchange, byte[] body) throws IOException, InvalidSignatureException {
        calls.add("renew");
        statement(body, "renew");
        if (!refuseRenewal.isEmpty()) {
            answer(exchange, 403, refusal(refuseRenewal));
            return;
        }
        var json = new JsonObject();
        json.addProperty("token", token());
        json.addProperty("leaseUntil", Instant.now().plus(lease).toString());
        answer(exchange, 200, json);
        renewed.countDown();
    }

    private void run(HttpExchange exchange, byte[] body)
            throws IOException, MalformedJsonException, MalformedRunException {
        calls.add("run");
        var envelope = Envelope.parse(Json.parse(body, 1 << 20).getAsJsonObject());
        var run = RunStatement.parse(envelope.statement());
        if (!envelope.isSignedBy(claim().key()) || !run.by().equals(new RunStatement.RunBy(sandbox(), evidence))) {
            throw new IllegalArgumentException("another's statement: " + envelope.statement());
        }
        runs.add(run);
        if (failRunLog) {
            answer(exchange, 503, KbsError.body("TryLater", "the log is full"));
            return;
        }
        var json = new JsonObject();
        json.add(
                "receipt",
                append(new Opening(Base64Url.encode(new byte[32]), envelope.statement()))
                        .json());
        answer(exchange, 200, json);
    }

    private void key(HttpExchange exchange, String path) throws IOException {
        calls.add("key:" + path.replace("/kbs/v0/resource/", ""));
        answer(exchange, 403, refusal("NOT_GRANTED"));
    }

    private static JsonObject refusal(String code) {
        var reason = new JsonObject();
        reason.addProperty("code", code);
        reason.addProperty("detail", "as the test wants it");
        var reasons = new JsonArray();
        reasons.add(reason);
        var body = KbsError.body("PolicyDeny", "refused");
        body.add("reasons", reasons);
        return body;
    }

    /** GET, whole or one range, and PUT, as a presigned URL of an S3 store allows them. */
    private void store(HttpExchange exchange, String name, byte[] body) throws IOException {
        var expected =
                exchange.getRequestMethod().equals("PUT") ? "X-Amz-Signature=write%2F1" : "X-Amz-Signature=read%2F1";
        if (!expected.equals(exchange.getRequestURI().getRawQuery())) {
            exchange.sendResponseHeaders(403, -1);
            return;
        }
        if (exchange.getRequestMethod().equals("PUT")) {
            calls.add("put:" + name);
            objects.put(name, body);
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        var object = objects.get(name);
        if (object == null) {
            exchange.sendResponseHeaders(404, -1);
            return;
        }
        var range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            exchange.sendResponseHeaders(200, object.length);
            exchange.getResponseBody().write(object);
            return;
        }
        var ends = range.substring("bytes=".length()).split("-", 2);
        int start = Integer.parseInt(ends[0]);
        int end = Math.min(Integer.parseInt(ends[1]), object.length - 1);
        exchange.getResponseHeaders().set("Content-Range", "bytes " + start + "-" + end + "/" + object.length);
        exchange.sendResponseHeaders(206, end - start + 1);
        exchange.getResponseBody().write(object, start, end - start + 1);
    }

    private static void answer(HttpExchange exchange, int status, JsonObject body) throws IOException {
        byte[] bytes = CanonicalJson.encode(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    /** Puts a dataset of the contract into the store, sealed under a key of zeros. */
    void seal(String dataset, byte[] data) throws IOException {
        var sealed = new ByteArrayOutputStream();
        try (var key = DataKey.of(new byte[32]);
                var out = SealedObject.writer(sealed, key, "heart-risk/" + dataset)) {
            out.write(data);
        }
        objects.put(dataset, sealed.toByteArray());
        digests.put(dataset, Digests.sha256(sealed.toByteArray()));
    }

    byte[] object(String name) {
        return Optional.ofNullable(objects.get(name)).orElseThrow();
    }

    byte[] writeKey(String name) {
        return Optional.ofNullable(writeKeys.get(name)).orElseThrow();
    }

    String digest(String name) {
        return Optional.ofNullable(digests.get(name)).orElseThrow();
    }

    /** What was stated of the newest run. */
    RunStatement stated() {
        return runs.get(runs.size() - 1);
    }

    /** What a statement of the given action said, the newest first. */
    JsonObject said(String action) {
        var found = new ArrayList<>(statements);
        java.util.Collections.reverse(found);
        return found.stream()
                .filter(statement -> statement.get("action").getAsString().equals(action))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
