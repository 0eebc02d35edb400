package dev.husk.protocol.kbs;

import com.google.gson.JsonObject;
import dev.husk.protocol.contract.Contract;
import dev.husk.protocol.contract.InvalidContractException;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Json;
import dev.husk.protocol.json.MalformedJsonException;
import dev.husk.protocol.log.MalformedLogException;
import dev.husk.protocol.log.Opening;
import dev.husk.protocol.log.Receipt;
import dev.husk.protocol.seal.AnswerKey;
import java.net.URI;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the gateway gives one sandbox for one run under one grant. Travels inside a JWE to the sandbox's key. Closing
 * wipes the keys; its text says nothing of them.
 *
 * <p>The sandbox must check {@link #receipt()} and {@link #opening()} before it uses a key.
 */
public final class Release implements AutoCloseable {
    /** Version of the format. */
    public static final int VERSION = 2;

    private static final int MAX_BYTES = 4 << 20;

    /**
     * A sealed object with its key, 32 bytes, which is not copied.
     *
     * @param identity what the object is sealed under
     * @param url presigned, for GET or for PUT
     * @param sha256 digest of the sealed object that must come, {@code sha256:hex}; empty for what is yet to be written
     */
    public record ObjectKey(String identity, byte[] key, URI url, Optional<String> sha256) {
        @Override
        public String toString() {
            return "ObjectKey[" + identity + "]";
        }
    }

    private final Contract contract;
    private final String function;
    private final String activation;
    private final Optional<String> caller;
    private final JsonObject parameters;
    private final Instant leaseUntil;
    private final boolean simulated;
    private final Map<String, ObjectKey> reads;
    private final Map<String, ObjectKey> writes;
    private final Optional<AnswerKey> answerKey;
    private final Optional<String> detailsSalt;
    private final Receipt receipt;
    private final Opening opening;

    public Release(
            Contract contract,
            String function,
            String activation,
            Optional<String> caller,
            JsonObject parameters,
            Instant leaseUntil,
            boolean simulated,
            Map<String, ObjectKey> reads,
            Map<String, ObjectKey> writes,
            Optional<AnswerKey> answerKey,
            Optional<String> detailsSalt,
            Receipt receipt,
            Opening opening) {
        this.contract = contract;
        this.function = function;
        this.activation = activation;
        this.caller = caller;
        this.parameters = parameters.deepCopy();
        this.leaseUntil = leaseUntil;
        this.simulated = simulated;
        this.reads = new LinkedHashMap<>(reads);
        this.writes = new LinkedHashMap<>(writes);
        this.answerKey = answerKey;
        this.detailsSalt = detailsSalt;
        this.receipt = receipt;
        this.opening = opening;
    }

    /** What it was released under: nobody has signed this copy, the logged event has its identity. */
    public Contract contract() {
        return contract;
    }

    public String contractId() {
        return contract.id();
    }

    public String contractName() {
        return contract.name();
    }

    public String function() {
        return function;
    }

    public String activation() {
        return activation;
    }

    /** The party whose signed request this run answers; empty where the grant lets anyone call. */
    public Optional<String> caller() {
        return caller;
    }

    /** The parameters that were checked against the contract's bounds, and no others. */
    public JsonObject parameters() {
        return parameters.deepCopy();
    }

    /** When the sandbox must have renewed its lease, or wiped its keys. */
    public Instant leaseUntil() {
        return leaseUntil;
    }

    public boolean simulated() {
        return simulated;
    }

    /** What the run may read, by the contract's names. */
    public Map<String, ObjectKey> reads() {
        return Map.copyOf(reads);
    }

    /** What the run may write, by the contract's names. */
    public Map<String, ObjectKey> writes() {
        return Map.copyOf(writes);
    }

    /** What the answer must be sealed under, where the request was sealed; wiped with the release. */
    public Optional<AnswerKey> answerKey() {
        return answerKey;
    }

    /** The salt of the event's details, where the event has some: the values of the parameters. */
    public Optional<String> detailsSalt() {
        return detailsSalt;
    }

    public Receipt receipt() {
        return receipt;
    }

    public Opening opening() {
        return opening;
    }

    /** The JSON bytes, which hold the keys: the caller seals and wipes them. */
    public byte[] encode() {
        var json = new JsonObject();
        json.addProperty("release", VERSION);
        json.add("contract", contract.json());
        json.addProperty("function", function);
        json.addProperty("activation", activation);
        caller.ifPresent(party -> json.addProperty("caller", party));
        json.add("parameters", parameters);
        json.addProperty("leaseUntil", leaseUntil.toString());
        json.addProperty("simulated", simulated);
        json.add("reads", objects(reads));
        json.add("writes", objects(writes));
        answerKey.ifPresent(key -> json.addProperty("answerKey", text(key)));
        detailsSalt.ifPresent(salt -> json.addProperty("detailsSalt", salt));
        json.add("receipt", receipt.json());
        json.addProperty("salt", opening.salt());
        json.add("event", opening.event());
        return CanonicalJson.encode(json);
    }

    private static String text(AnswerKey key) {
        byte[] bytes = key.copy();
        try {
            return Base64Url.encode(bytes);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static JsonObject objects(Map<String, ObjectKey> keys) {
        var json = new JsonObject();
        keys.forEach((name, object) -> {
            var one = new JsonObject();
            one.addProperty("identity", object.identity());
            one.addProperty("key", Base64Url.encode(object.key()));
            one.addProperty("url", object.url().toString());
            object.sha256().ifPresent(digest -> one.addProperty("sha256", digest));
            json.add(name, one);
        });
        return json;
    }

    /** @throws MalformedJsonException if the bytes are not a release of this version */
    public static Release parse(byte[] json) throws MalformedJsonException {
        try {
            var release = Json.parse(json, MAX_BYTES).getAsJsonObject();
            if (release.get("release").getAsInt() != VERSION) {
                throw new MalformedJsonException("not a release of version " + VERSION);
            }
            return new Release(
                    Contract.parse(release.getAsJsonObject("contract")),
                    release.get("function").getAsString(),
                    release.get("activation").getAsString(),
                    Optional.ofNullable(release.get("caller")).map(caller -> caller.getAsString()),
                    release.getAsJsonObject("parameters"),
                    Instant.parse(release.get("leaseUntil").getAsString()),
                    release.get("simulated").getAsBoolean(),
                    keys(release.getAsJsonObject("reads")),
                    keys(release.getAsJsonObject("writes")),
                    Optional.ofNullable(release.get("answerKey"))
                            .map(key -> AnswerKey.of(Base64Url.decode(key.getAsString()))),
                    Optional.ofNullable(release.get("detailsSalt")).map(salt -> salt.getAsString()),
                    Receipt.parse(release.getAsJsonObject("receipt")),
                    new Opening(release.get("salt").getAsString(), release.getAsJsonObject("event")));
        } catch (MalformedLogException | InvalidContractException | RuntimeException e) {
            throw new MalformedJsonException("not a release");
        }
    }

    private static Map<String, ObjectKey> keys(JsonObject json) {
        var keys = new LinkedHashMap<String, ObjectKey>();
        for (var name : json.keySet()) {
            var object = json.getAsJsonObject(name);
            byte[] key = Base64Url.decode(object.get("key").getAsString());
            if (key.length != 32) {
                throw new IllegalArgumentException("a key has 32 bytes");
            }
            keys.put(
                    name,
                    new ObjectKey(
                            object.get("identity").getAsString(),
                            key,
                            URI.create(object.get("url").getAsString()),
                            Optional.ofNullable(object.get("sha256")).map(digest -> digest.getAsString())));
        }
        return keys;
    }

    /** Wipes every key. */
    @Override
    public void close() {
        reads.values().forEach(object -> Arrays.fill(object.key(), (byte) 0));
        writes.values().forEach(object -> Arrays.fill(object.key(), (byte) 0));
        answerKey.ifPresent(AnswerKey::close);
    }

    @Override
    public String toString() {
        return "Release[" + contractName() + "/" + function + "]";
    }
}
