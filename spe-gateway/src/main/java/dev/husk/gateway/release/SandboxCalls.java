package dev.husk.gateway.release;

import com.google.gson.JsonObject;
import dev.husk.gateway.Body;
import dev.husk.gateway.RequestRefused;
import dev.husk.gateway.Subject;
import dev.husk.gateway.attest.Bearer;
import dev.husk.gateway.attest.Sandbox;
import dev.husk.gateway.attest.Sandboxes;
import dev.husk.gateway.contract.Contracts;
import dev.husk.gateway.contract.StatementSubject;
import dev.husk.gateway.log.Cosigning;
import dev.husk.gateway.log.EventLog;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidSignatureException;
import dev.husk.protocol.contract.PartyKey;
import dev.husk.protocol.contract.SignedStatement;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.kbs.Jwe;
import dev.husk.protocol.kbs.Release;
import dev.husk.protocol.kbs.Release.ObjectKey;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.run.Envelope;
import dev.husk.protocol.run.MalformedRunException;
import dev.husk.protocol.run.RunStatement;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a sandbox asks for after it was attested, each request signed by the key that its evidence bound. */
@ApplicationScoped
public class SandboxCalls {
    private static final Duration TOLERANCE = Duration.ofMinutes(10);

    @Inject
    private Sandboxes sandboxes;

    @Inject
    private Releases releases;

    @Inject
    private Resources resources;

    @Inject
    private RunStatements runs;

    @Inject
    private Objects objects;

    @Inject
    private EventLog log;

    @Inject
    private Cosigning cosigning;

    @Inject
    private Contracts contracts;

    @Inject
    private Clock clock;

    @Inject
    private Subject subject;

    /** The keys of one run, as a JWE to the sandbox. */
    JsonObject release(String sandboxId, String jws) {
        var sandbox = sandbox(sandboxId);
        var payload = signed(sandbox, jws, "release");
        var asked = new Asked(
                sandboxId,
                Body.text(payload, "contract"),
                Body.text(payload, "function"),
                activation(payload),
                Body.text(payload, "nonce"),
                Body.text(payload, "invocation"),
                Body.object(payload, "parameters"));
        subject.request(asked.contract(), asked.function(), asked.activation());
        var outcome = releases.release(asked);
        if (outcome instanceof Outcome.Refused refused) {
            log.receipt(refused.event());
            throw denied(refused);
        }
        return seal(sandbox, asked, (Outcome.Released) outcome);
    }

    private JsonObject seal(Sandbox sandbox, Asked asked, Outcome.Released released) {
        var contract = released.contract();
        var grant = released.granted().grant();
        var receipt = witnessed(released);
        try (var release = new Release(
                contract,
                asked.function(),
                asked.activation(),
                released.granted().caller(),
                released.granted().parameters(),
                released.leaseUntil(),
                sandbox.simulated(),
                objects(contract, grant.reads(), released, false),
                objects(contract, grant.writes(), released, true),
                released.answerKey(),
                released.detailsSalt(),
                receipt,
                released.event().opening())) {
            byte[] encoded = release.encode();
            try {
                return Jwe.seal(sandbox.teeKey(), encoded);
            } finally {
                Arrays.fill(encoded, (byte) 0);
            }
        }
    }

    /** The proof of a release with the cosignatures that its contract asks for; without them the keys are wiped. */
    private Receipt witnessed(Outcome.Released released) {
        try {
            return cosigning.receipt(released.event(), released.contract());
        } catch (RuntimeException e) {
            released.wipe();
            throw e;
        }
    }

    private Map<String, ObjectKey> objects(
            Contract contract, Set<String> names, Outcome.Released released, boolean write) {
        var all = new LinkedHashMap<String, ObjectKey>();
        for (var name : names) {
            var location = ReleaseEvents.store(contract, name);
            try {
                all.put(
                        name,
                        new ObjectKey(
                                ReleaseEvents.identity(contract, name),
                                released.key(name),
                                write ? objects.write(location) : objects.read(location),
                                write
                                        ? Optional.empty()
                                        : Optional.ofNullable(released.digests().get(name))));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot presign " + location, e);
            }
        }
        return all;
    }

    /**
     * A resource of the KBS protocol, as a JWE to the key that the guest's token is about.
     *
     * @param tag {@code key}: the 32 bytes of an object's key; {@code object}: where the sealed object is, and what it
     *     must be, in JSON
     */
    JsonObject resource(Bearer bearer, String contract, String object, String tag) {
        var sandbox = sandbox(bearer.sandbox());
        subject.request(contract, sandbox.function().orElse(""), "");
        if (!tag.equals("key") && !tag.equals("object")) {
            throw RequestRefused.notFound("a resource is CONTRACT/DATASET/key or CONTRACT/DATASET/object");
        }
        var outcome = resources.get(bearer.sandbox(), contract, object, object + "/" + tag);
        if (outcome instanceof Outcome.Refused refused) {
            log.receipt(refused.event());
            throw denied(refused);
        }
        var released = (Outcome.Released) outcome;
        witnessed(released);
        byte[] key = released.key(object);
        try {
            return Jwe.seal(bearer.key(), tag.equals("key") ? key : described(released, object));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] described(Outcome.Released released, String object) {
        try {
            var json = new JsonObject();
            json.addProperty("identity", released.contract().name() + "/" + object);
            Optional.ofNullable(released.digests().get(object)).ifPresent(digest -> json.addProperty("sha256", digest));
            json.addProperty(
                    "url",
                    objects.read(ReleaseEvents.store(released.contract(), object))
                            .toString());
            return CanonicalJson.encode(json);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot presign " + object, e);
        }
    }

    /** A longer lease, with the bound key and without new evidence. */
    Renewal renew(String jws) {
        var id = StatementSubject.member(jws, "sandbox")
                .orElseThrow(() -> RequestRefused.malformed("the statement names no sandbox"));
        var sandbox = sandbox(id);
        signed(sandbox, jws, "renew");
        var until = sandboxes
                .renew(id)
                .orElseThrow(() -> new RequestRefused(
                        403, "LeaseEnded", "the lease has ended: the contract is not active any more"));
        // A gateway whose log its witnesses do not know as the newest may have forgotten a suspension.
        sandbox.contract()
                .flatMap(contracts::current)
                .flatMap(agreement -> cosigning.unreachable(agreement.contract()))
                .ifPresent(away -> {
                    throw away;
                });
        return new Renewal(sandbox, until);
    }

    record Renewal(Sandbox sandbox, Instant leaseUntil) {}

    /** Logs what a run did, as the sandbox states it in a DSSE envelope. */
    JsonObject run(String sandboxId, JsonObject signed) {
        var sandbox = sandbox(sandboxId);
        var envelope = envelope(sandbox, signed);
        var statement = statement(envelope);
        subject.request(statement.contract().name(), statement.function(), statement.activation());
        if (!statement.by().sandbox().equals(sandbox.id())) {
            throw new RequestRefused(403, "StatementMismatch", "the statement is another sandbox's");
        }
        requireFresh(Duration.between(statement.finished(), clock.instant()).abs());
        var logged = runs.append(sandboxId, envelope, statement);
        var receipt = log.receipt(logged.event());
        if (!logged.refusal().isEmpty()) {
            throw new RequestRefused(403, "LeaseEnded", "refused: the lease has ended", logged.refusal());
        }
        var answer = new JsonObject();
        answer.add("receipt", receipt.json());
        return answer;
    }

    private Sandbox sandbox(String id) {
        subject.sandbox(id, "");
        return sandboxes.find(id).orElseThrow(() -> new RequestRefused(401, "TokenInvalid", "no such sandbox"));
    }

    private static Envelope envelope(Sandbox sandbox, JsonObject signed) {
        try {
            var envelope = Envelope.parse(signed);
            if (!envelope.isSignedBy(key(sandbox))) {
                throw new RequestRefused(403, "SignatureInvalid", "the sandbox's key did not sign this statement");
            }
            return envelope;
        } catch (MalformedRunException e) {
            throw RequestRefused.malformed(String.valueOf(e.getMessage()));
        }
    }

    private static RunStatement statement(Envelope envelope) {
        try {
            return RunStatement.parse(envelope.statement());
        } catch (MalformedRunException e) {
            throw RequestRefused.malformed(String.valueOf(e.getMessage()));
        }
    }

    private static PartyKey key(Sandbox sandbox) {
        return sandbox.signingKey()
                .orElseThrow(() -> new RequestRefused(
                        403,
                        "SignatureInvalid",
                        "this sandbox is bound by init-data and signs nothing: get resources"));
    }

    private static void requireFresh(Duration age) {
        if (age.compareTo(TOLERANCE) > 0) {
            throw new RequestRefused(403, "StatementStale", "the statement's time is far from the gateway's");
        }
    }

    private JsonObject signed(Sandbox sandbox, String jws, String action) {
        var key = key(sandbox);
        try {
            var payload = SignedStatement.verify(jws, key);
            if (!Body.text(payload, "action").equals(action)
                    || !Body.text(payload, "sandbox").equals(sandbox.id())) {
                throw new RequestRefused(403, "StatementMismatch", "the statement says something else");
            }
            requireFresh(Body.age(payload, clock.instant()));
            return payload;
        } catch (InvalidSignatureException e) {
            throw new RequestRefused(403, "SignatureInvalid", "the sandbox's key did not sign this request");
        }
    }

    private static String activation(JsonObject payload) {
        var activation = Body.text(payload, "activation");
        if (!activation.matches("[0-9a-zA-Z-]{0,64}")) {
            throw RequestRefused.malformed("an activation has at most 64 letters and digits");
        }
        return activation;
    }

    private static RequestRefused denied(Outcome.Refused refused) {
        return new RequestRefused(403, "PolicyDeny", "refused by the contract", refused.reasons());
    }
}
