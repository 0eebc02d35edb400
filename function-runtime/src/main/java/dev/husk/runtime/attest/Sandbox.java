package dev.husk.runtime.attest;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.PartySigner;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.JweException;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.log.VerifierKey;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.RunStatement;
import dev.husk.runtime.timing.ColdStart;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A sandbox that the gateway has bound: it asks for releases, renews its lease and logs its runs, all signed with the
 * attested key. Safe to share between threads.
 */
public final class Sandbox {
    /** A token this close to its end is renewed before it is used. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final Gateway gateway;
    private final VerifierKey logKey;
    private final Clock clock;
    private final KeyPair tee;
    private final PartySigner signer;
    private final String source;
    private final String evidence;
    private final Token first;
    private volatile Token token;

    Sandbox(
            Gateway gateway,
            VerifierKey logKey,
            Clock clock,
            KeyPair tee,
            PartySigner signer,
            Token token,
            String source,
            String evidence) {
        this.gateway = gateway;
        this.logKey = logKey;
        this.clock = clock;
        this.tee = tee;
        this.signer = signer;
        this.first = token;
        this.token = token;
        this.source = source;
        this.evidence = evidence;
    }

    /** {@code sha256:} and hex, by which the log calls this sandbox. */
    public String id() {
        return first.sandbox();
    }

    /** Whether no active contract named the archive when it was bound: no key will ever come. */
    public boolean plain() {
        return first.plain();
    }

    public boolean simulated() {
        return first.simulated() || source.equals("SIMULATED");
    }

    /** The archive and the entry point that the sandbox is bound to. */
    public RunStatement.Code code() {
        return new RunStatement.Code(first.code(), first.entry());
    }

    /** How run statements name this sandbox. */
    public RunStatement.RunBy by() {
        return new RunStatement.RunBy(id(), evidence);
    }

    /**
     * Asks for the release of one run and proves it. The caller closes it.
     *
     * @throws RefusedException if the gateway refused; the refusal stands in the log
     * @throws UnprovenReleaseException if something came that the pinned log does not prove
     */
    public Release release(ReleaseRequest request, ColdStart timing)
            throws RefusedException, GatewayException, UnprovenReleaseException {
        Optional<RefusedException> leaseRefused = Optional.empty();
        if (token.expires().minus(MARGIN).isBefore(clock.instant())) {
            leaseRefused = tryRenew();
        }
        var reply = timing.measure("release", () -> askForRelease(request));
        if (reply.status() == 401 && leaseRefused.isEmpty()) {
            leaseRefused = tryRenew();
            if (leaseRefused.isEmpty()) {
                reply = timing.measure("release", () -> askForRelease(request));
            }
        }
        if (reply.status() == 401 && leaseRefused.isPresent()) {
            throw leaseRefused.get();
        }
        if (reply.status() == 401 || reply.status() == 403 || reply.status() == 404) {
            throw RefusedException.parse(reply.status(), reply.body());
        }
        if (reply.status() != 200) {
            throw reply.unexpected("release");
        }
        var body = reply.body();
        return timing.measure("verify", () -> prove(tee, body, request, id(), logKey));
    }

    private Gateway.Reply askForRelease(ReleaseRequest request) throws GatewayException {
        var statement = statement("release");
        statement.addProperty("activation", request.activation());
        statement.addProperty("contract", request.contract());
        statement.addProperty("function", request.function());
        statement.addProperty("invocation", request.invocation());
        statement.addProperty("nonce", Base64Url.random(16));
        statement.add("parameters", request.parameters());
        return gateway.statement("release", Optional.of(token.text()), SignedStatement.sign(signer, statement));
    }

    static Release prove(KeyPair tee, JsonObject jwe, ReleaseRequest request, String sandbox, VerifierKey logKey)
            throws UnprovenReleaseException {
        byte[] plain = new byte[0];
        try {
            plain = Jwe.open(tee, jwe);
            var release = Release.parse(plain);
            try {
                ProvenRelease.check(release, request, sandbox, logKey);
                return release;
            } catch (UnprovenReleaseException e) {
                release.close();
                throw e;
            }
        } catch (JweException e) {
            throw new UnprovenReleaseException("it is not sealed to this sandbox");
        } catch (MalformedJsonException e) {
            throw new UnprovenReleaseException("it cannot be read");
        } finally {
            Arrays.fill(plain, (byte) 0);
        }
    }

    /**
     * Renews the lease and the token.
     *
     * @return until when the lease now runs
     * @throws RefusedException if the gateway has ended it
     */
    public Instant renew() throws RefusedException, GatewayException {
        var statement = statement("renew");
        statement.addProperty("nonce", Base64Url.random(16));
        var reply = gateway.statement("renew", Optional.empty(), SignedStatement.sign(signer, statement));
        if (reply.status() == 403) {
            throw RefusedException.parse(reply.status(), reply.body());
        }
        if (reply.status() != 200) {
            throw reply.unexpected("renew");
        }
        try {
            var until = Instant.parse(reply.text("leaseUntil"));
            token = Token.parse(reply.text("token"));
            return until;
        } catch (DateTimeParseException e) {
            throw new GatewayException("the gateway's lease has no end", e);
        }
    }

    private Optional<RefusedException> tryRenew() throws GatewayException {
        try {
            renew();
            return Optional.empty();
        } catch (RefusedException e) {
            return Optional.of(e); // the release is still asked for, so that its refusal stands in the log
        }
    }

    /**
     * Asks for a key that the run's release does not hold, so that the refusal stands in the log.
     *
     * @return why there is no key, in words
     */
    public String refusalOfKey(String contract, String name) throws GatewayException {
        var reply = gateway.key(token.text(), contract, name);
        if (reply.status() == 200) {
            return "the release of this run does not hold it";
        }
        return String.valueOf(
                RefusedException.parse(reply.status(), reply.body()).getMessage());
    }

    /** Puts a run statement into the log. */
    public void logRun(RunStatement statement) throws RefusedException, GatewayException {
        var signed = Envelope.sign(signer, statement.json()).json();
        if (token.expires().minus(MARGIN).isBefore(clock.instant())) {
            renew();
        }
        var reply = gateway.run(token.text(), signed);
        if (reply.status() == 401) {
            renew();
            reply = gateway.run(token.text(), signed);
        }
        if (reply.status() == 401 || reply.status() == 403) {
            throw RefusedException.parse(reply.status(), reply.body());
        }
        if (reply.status() != 200 || !(reply.body().get("receipt") instanceof JsonObject receipt)) {
            throw reply.unexpected("run");
        }
        try {
            if (!Receipt.parse(receipt).provenBy(logKey)) {
                throw new GatewayException("the receipt of the run is not proven by the pinned log");
            }
        } catch (MalformedLogException e) {
            throw new GatewayException("the receipt of the run cannot be read", e);
        }
    }

    private JsonObject statement(String action) {
        var statement = new JsonObject();
        statement.addProperty("action", action);
        statement.addProperty("sandbox", id());
        statement.addProperty("time", clock.instant().toString());
        return statement;
    }

    @Override
    public String toString() {
        return "Sandbox[" + id() + "]";
    }
}
