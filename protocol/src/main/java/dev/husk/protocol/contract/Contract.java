package dev.husk.protocol.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the parties agree on, schema {@value #SCHEMA} (docs/protocol.md). Immutable; only {@link #parse} makes one, so
 * every contract is free of contradictions.
 *
 * <p>Having one says nothing about who signed it.
 */
public final class Contract {
    /** The version of the schema: the member {@code husk}. */
    public static final int SCHEMA = 1;

    /** A signer of the contract. */
    public record Party(String name, PartyKey key) {}

    /** @param store {@code s3://bucket/key} of the sealed object */
    public record Dataset(String name, String owner, String store) {}

    /**
     * Where a sandbox must run. Everything is stated; {@code any} was written by the parties.
     *
     * @param providers clouds whose VLEKs are accepted; may be none
     * @param platformInfo empty is {@code any}
     * @param json the members as they were written, for a verifier of reports to read
     */
    public record Platform(
            String name,
            boolean simulated,
            Binding binding,
            AllowList products,
            AllowList measurements,
            AllowList hostData,
            Optional<Map<String, Tcb>> minimumTcb,
            GuestPolicy policy,
            Optional<PlatformInfo> platformInfo,
            AllowList idKeys,
            AllowList authorKeys,
            AllowList chips,
            AllowList vmpl,
            Set<String> providers,
            JsonObject json) {

        public Platform {
            json = json.deepCopy();
        }

        @Override
        public JsonObject json() {
            return json.deepCopy();
        }

        /** Reads one platform outside of a contract, as strictly as inside; parties pin their gateway with it. */
        public static Platform parse(JsonElement json) throws InvalidContractException {
            return ContractParser.platform(json);
        }
    }

    /** How code is bound to a sandbox (design section 5). */
    public enum Binding {
        SANDBOX,
        INITDATA
    }

    /** Smallest firmware versions, each 0 to 255; {@code fmc} only on Turin. */
    public record Tcb(Optional<Integer> fmc, int bootloader, int tee, int snp, int microcode) {}

    /** Bits of the guest policy; empty is {@code any}. */
    public record GuestPolicy(
            Optional<Boolean> debug,
            Optional<Boolean> migrationAgent,
            Optional<Boolean> smt,
            Optional<Boolean> singleSocket,
            Optional<Boolean> ciphertextHiding) {}

    /** Bits of the platform info; empty is {@code any}. */
    public record PlatformInfo(
            Optional<Boolean> smt,
            Optional<Boolean> tsme,
            Optional<Boolean> ecc,
            Optional<Boolean> raplDisabled,
            Optional<Boolean> ciphertextHiding,
            Optional<Boolean> aliasCheck,
            Optional<Boolean> tio) {}

    /** @param code SHA-256 of the action archive, as {@code sha256:hex} */
    public record Function(String name, String owner, String code, String entry, String platform) {}

    public record Result(String name, Set<String> readerParties, Set<String> readerFunctions, String store) {}

    public record Grant(
            String function,
            Set<String> reads,
            Set<String> writes,
            Map<String, ParameterBound> parameters,
            AllowList callers,
            Limits limits) {}

    /** Empty is {@code any}. */
    public record Limits(Optional<Long> runs, Optional<Long> perDay, Optional<Instant> until) {}

    /**
     * Who must have cosigned a release's event before its keys leave.
     *
     * @param quorum how many of them; 0 where the contract says {@code none}
     * @param keys verifier keys of C2SP {@code cosignature/v1}, each another one
     */
    public record Witnesses(int quorum, List<String> keys) {
        /** So many may a contract name. */
        public static final int MAX = 32;

        public Witnesses {
            keys = List.copyOf(keys);
        }

        static Witnesses none() {
            return new Witnesses(0, List.of());
        }

        /** Whether there are any. */
        public boolean areAsked() {
            return quorum > 0;
        }

        /** The name in a witness's key. */
        public static String name(String key) {
            return key.substring(0, key.indexOf('+'));
        }
    }

    private final JsonObject json;
    private final ContractParser.Parts parts;
    private final String id;

    Contract(JsonObject json, ContractParser.Parts parts) {
        this.json = json;
        this.parts = parts;
        this.id = Digests.sha256(canonical());
    }

    /** @throws InvalidContractException with every problem, for anything that could not be signed with a clear mind */
    public static Contract parse(JsonElement json) throws InvalidContractException {
        return ContractParser.parse(json);
    }

    /** SHA-256 of {@link #canonical()}, as {@code sha256:hex}: what parties sign. */
    public String id() {
        return id;
    }

    /** The canonical bytes (RFC 8785). */
    public byte[] canonical() {
        return CanonicalJson.encode(json);
    }

    public JsonObject json() {
        return json.deepCopy();
    }

    public String name() {
        return parts.name();
    }

    public long version() {
        return parts.version();
    }

    public List<Party> parties() {
        return parts.parties();
    }

    public List<Dataset> datasets() {
        return parts.datasets();
    }

    public List<Platform> platforms() {
        return parts.platforms();
    }

    public List<Function> functions() {
        return parts.functions();
    }

    public List<Result> results() {
        return parts.results();
    }

    public List<Grant> grants() {
        return parts.grants();
    }

    public Witnesses witnesses() {
        return parts.witnesses();
    }

    public Optional<Party> party(String name) {
        return parties().stream().filter(party -> party.name().equals(name)).findFirst();
    }

    public Optional<Dataset> dataset(String name) {
        return datasets().stream()
                .filter(dataset -> dataset.name().equals(name))
                .findFirst();
    }

    public Optional<Result> result(String name) {
        return results().stream().filter(result -> result.name().equals(name)).findFirst();
    }

    public Optional<Function> function(String name) {
        return functions().stream().filter(f -> f.name().equals(name)).findFirst();
    }

    public Optional<Platform> platform(String name) {
        return platforms().stream().filter(p -> p.name().equals(name)).findFirst();
    }

    public Optional<Grant> grant(String function) {
        return grants().stream()
                .filter(grant -> grant.function().equals(function))
                .findFirst();
    }

    /** What the contract means in plain words, a line a sentence, who could ever read what included. */
    public List<String> explain() {
        return ContractWords.of(this);
    }

    /**
     * The ways on which somebody could ever get to see something of a dataset or result, such as
     * {@code anna-2025 -> train -> risk-model -> infer -> callers: cardiolab}; empty where nobody could.
     */
    public List<String> whoCanRead(String data) {
        return new DataReach(this).of(data);
    }

    /** The problems of a contract that is proposed at {@code now}: grants that have ended before they began. */
    public List<String> problemsAt(Instant now) {
        return grants().stream()
                .filter(grant -> grant.limits()
                        .until()
                        .filter(until -> !until.isAfter(now))
                        .isPresent())
                .map(grant -> "grant of " + grant.function() + ": limits.until: has passed")
                .toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Contract that && id.equals(that.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return name() + " v" + version() + " (" + id + ")";
    }
}
