package dev.husk.runtime.attest;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.CodeClaim;
import dev.husk.protocol.kbs.ReportData;
import dev.husk.protocol.kbs.TeeKey;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.runtime.timing.ColdStart;
import dev.husk.snp.guest.EvidenceSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Binds this sandbox to one archive: a nonce from the gateway, evidence over nonce, keys and code, and the gateway's
 * verdict. The nonce, the connection and the keys may be prepared while the sandbox waits for its action.
 */
public final class Attestation {
    /** The gateway forgets a session after five minutes. */
    private static final Duration SESSION = Duration.ofMinutes(4);

    /** How long a binding waits for a nonce that is being asked for. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final int MAX_EVIDENCE = 1 << 20;

    private final Gateway gateway;
    private final EvidenceSource evidence;
    private final VerifierKey logKey;
    private final Clock clock;
    private final ReentrantLock asking = new ReentrantLock();
    private final AtomicReference<Prepared> prepared =
            new AtomicReference<>(new Prepared(Optional.empty(), Instant.MIN));
    private Optional<Keys> keys = Optional.empty();
    private volatile boolean bindingBegan;

    public Attestation(Gateway gateway, EvidenceSource evidence, VerifierKey logKey, Clock clock) {
        this.gateway = gateway;
        this.evidence = evidence;
        this.logKey = logKey;
        this.clock = clock;
    }

    private record Prepared(Optional<Gateway.Session> session, Instant since) {}

    /** The keys of one binding attempt: what secrets are wrapped to, and what the sandbox signs with. */
    private record Keys(KeyPair tee, PartySigner signer) {
        static Keys generate() {
            return new Keys(TeeKey.generate(), PartySigner.generate());
        }
    }

    /** Asks for a nonce ahead of time. Fails quietly: {@link #bind} asks again, and says what is wrong. */
    public void prefetch() {
        asking.lock();
        try {
            if (!bindingBegan) {
                prepared.set(new Prepared(Optional.of(gateway.auth()), clock.instant()));
            }
        } catch (GatewayException e) {
            // The gateway may come up after the sandbox does.
        } finally {
            asking.unlock();
        }
    }

    /** Makes the keys of the binding ahead of time. */
    public void generateKeys() {
        synchronized (prepared) {
            if (keys.isEmpty() && !bindingBegan) {
                keys = Optional.of(Keys.generate());
            }
        }
    }

    /**
     * Keeps what was prefetched usable while the sandbox waits for its action: the connection open, for which a small
     * answer is asked for, and the nonce no older than {@code oldest}. Does nothing once a binding has begun.
     *
     * @return whether there is anything left to keep
     */
    public boolean keepFresh(Duration oldest) {
        if (bindingBegan) {
            return false;
        }
        if (Objects.requireNonNull(prepared.get()).since().plus(oldest).isBefore(clock.instant())) {
            prefetch();
        } else {
            gateway.touch();
        }
        return !bindingBegan;
    }

    /** Whether {@link #bind} was called. */
    public boolean bindingBegan() {
        return bindingBegan;
    }

    /**
     * Does with this sandbox's evidence source what {@link #bind} will do, over report data that nobody asked for.
     * Nothing of it leaves this method.
     *
     * @throws IOException if the source does not answer
     */
    public void rehearse() throws IOException {
        var tee = TeeKey.of((ECPublicKey) TeeKey.generate().getPublic());
        try (var signer = PartySigner.generate()) {
            var claim = new CodeClaim("sha256:" + "0".repeat(64), "Rehearsal", "", signer.key());
            var nonce = Base64Url.random(32);
            var primary = json(evidence.evidence(ReportData.of(nonce, tee, claim.text())));
            Digests.sha256(CanonicalJson.encode(primary));
            CanonicalJson.encode(request(nonce, tee, claim, primary));
        }
    }

    /**
     * Binds the sandbox, once for its life. Nothing of the archive may be loaded before this returns.
     *
     * @param activation the activation that started the sandbox, or empty text
     * @throws RefusedException if the gateway refused the evidence or the binding
     * @throws IOException if the gateway or the evidence source does not answer
     */
    public Sandbox bind(String code, String entry, String activation, ColdStart timing)
            throws RefusedException, IOException {
        bindingBegan = true;
        var keys = takeKeys();
        var claim = new CodeClaim(code, entry, activation, keys.signer().key());
        var early = takePrepared();
        if (early.session().isPresent() && early.since().plus(SESSION).isAfter(clock.instant())) {
            timing.add("auth", 0); // it cost nothing now
            var attempt = attest(early.session().get(), keys, claim, timing);
            if (attempt.reply().status() != 401) {
                return bound(attempt, keys, claim);
            }
            // The gateway no longer knows the session: a fresh nonce, once.
        }
        var session = timing.measure("auth", gateway::auth);
        return bound(attest(session, keys, claim, timing), keys, claim);
    }

    private Keys takeKeys() {
        synchronized (prepared) {
            var made = keys.orElseGet(Keys::generate);
            keys = Optional.empty();
            return made;
        }
    }

    /** What was prefetched, or what is on its way, unless that takes long. */
    private Prepared takePrepared() {
        boolean locked = false;
        try {
            locked = asking.tryLock(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            return prepared.getAndSet(new Prepared(Optional.empty(), Instant.MIN));
        } finally {
            if (locked) {
                asking.unlock();
            }
        }
    }

    /** @param evidence digest of the evidence that was sent, as the gateway logs it */
    private record Attempt(Gateway.Reply reply, String evidence) {}

    private Attempt attest(Gateway.Session session, Keys keys, CodeClaim claim, ColdStart timing) throws IOException {
        var tee = TeeKey.of((ECPublicKey) keys.tee().getPublic());
        byte[] reportData = ReportData.of(session.nonce(), tee, claim.text());
        var primary = timing.measure("evidence", () -> json(evidence.evidence(reportData)));

        var body = request(session.nonce(), tee, claim, primary);
        var reply = timing.measure("attest", () -> gateway.attest(session, body));
        return new Attempt(reply, Digests.sha256(CanonicalJson.encode(primary)));
    }

    private static JsonObject request(String nonce, TeeKey tee, CodeClaim claim, JsonObject primary) {
        var runtimeData = new JsonObject();
        runtimeData.addProperty("nonce", nonce);
        runtimeData.add("tee-pubkey", tee.jwk());
        var teeEvidence = new JsonObject();
        teeEvidence.add("primary_evidence", primary);
        teeEvidence.addProperty("additional_evidence", claim.text());
        var body = new JsonObject();
        body.add("init-data", JsonNull.INSTANCE);
        body.add("runtime-data", runtimeData);
        body.add("tee-evidence", teeEvidence);
        return body;
    }

    private JsonObject json(String text) throws IOException {
        try {
            if (Json.parse(text.getBytes(StandardCharsets.UTF_8), MAX_EVIDENCE) instanceof JsonObject object) {
                return object;
            }
        } catch (MalformedJsonException e) {
            throw new IOException("the evidence source (" + evidence.name() + ") gave no JSON: " + e.getMessage(), e);
        }
        throw new IOException("the evidence source (" + evidence.name() + ") gave no JSON object");
    }

    private Sandbox bound(Attempt attempt, Keys keys, CodeClaim claim) throws RefusedException, GatewayException {
        var reply = attempt.reply();
        if (reply.status() == 401 || reply.status() == 403) {
            throw RefusedException.parse(reply.status(), reply.body());
        }
        if (reply.status() != 200) {
            throw reply.unexpected("attest");
        }
        var token = Token.parse(reply.text("token"));
        if (!token.code().equals(claim.code()) || !token.entry().equals(claim.entry())) {
            throw new GatewayException("the gateway's token is for other code");
        }
        return new Sandbox(
                gateway, logKey, clock, keys.tee(), keys.signer(), token, evidence.name(), attempt.evidence());
    }
}
