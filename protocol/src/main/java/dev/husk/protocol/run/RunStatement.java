package dev.husk.protocol.run;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.husk.protocol.json.Base64Url;
import dev.husk.protocol.json.CanonicalJson;
import dev.husk.protocol.json.Digests;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What one run was: in-toto Statement v1 with the SLSA provenance v1 predicate (docs/protocol.md). Plain data: the
 * {@link Envelope} and the log prove it.
 *
 * @param results what stands in the store; empty where nothing was written
 * @param reads what was read, by the contract's names
 * @param success whether the function returned without an error and its results stand in the store
 */
public record RunStatement(
        List<Artifact> results,
        ContractRef contract,
        String function,
        Code code,
        Parameters parameters,
        List<Read> reads,
        RunBy by,
        String activation,
        Instant started,
        Instant finished,
        boolean success) {

    public static final String TYPE = "https://in-toto.io/Statement/v1";
    public static final String PREDICATE = "https://slsa.dev/provenance/v1";

    /** What SLSA's fields mean here. */
    public static final String BUILD_TYPE = "https://husk.dev/run/v1";

    /** The function runtime in an attested sandbox. */
    public static final String BUILDER = "https://husk.dev/sandbox/v1";

    private static final byte[] COMMITMENT = "husk parameters v1\0".getBytes(StandardCharsets.US_ASCII);
    private static final String CODE = "code";
    private static final int MOST = 256;

    /** A result: its name in the contract, and {@code sha256:hex} of the sealed object. */
    public record Artifact(String name, String digest) {}

    /** @param id the identity of the version that the keys were released under */
    public record ContractRef(String name, String id) {}

    /** @param digest {@code sha256:hex} of the action archive */
    public record Code(String digest, String entry) {}

    /**
     * @param names sorted
     * @param commitment see {@link #commitment}; empty where the request was sealed
     */
    public record Parameters(List<String> names, Optional<String> commitment) {
        public Parameters {
            names = List.copyOf(new TreeSet<>(names));
        }
    }

    /**
     * @param digest {@code sha256:hex} of the sealed object; empty where it was read in parts and the release named none
     * @param whole whether it was read to its end, so that the digest is that of what was read
     */
    public record Read(String name, Optional<String> digest, boolean whole) {}

    /**
     * @param sandbox as the log names it
     * @param evidence {@code sha256:hex} of the evidence that it was bound by
     */
    public record RunBy(String sandbox, String evidence) {}

    public RunStatement {
        results = List.copyOf(results);
        reads = List.copyOf(reads);
    }

    /**
     * What stands for the values of parameters, which only some may know: base64url SHA-256 over a label, the salt of the
     * release's details, and the canonical parameters.
     *
     * @param salt base64url of 32 bytes
     */
    public static String commitment(String salt, JsonObject parameters) {
        var digest = Digests.sha256();
        digest.update(COMMITMENT);
        digest.update(Base64Url.decode(salt));
        return Base64Url.encode(digest.digest(CanonicalJson.encode(parameters)));
    }

    public JsonObject json() {
        var subjects = new JsonArray();
        results.forEach(result -> subjects.add(resource(contract.name() + "/" + result.name(), result.digest())));
        var definition = new JsonObject();
        definition.addProperty("buildType", BUILD_TYPE);
        definition.add("externalParameters", externalParameters());
        definition.add("resolvedDependencies", dependencies());
        var builder = new JsonObject();
        builder.addProperty("id", BUILDER);
        builder.addProperty("husk_sandbox", by.sandbox());
        builder.addProperty("husk_evidence", by.evidence());
        var metadata = new JsonObject();
        metadata.addProperty("invocationId", activation);
        metadata.addProperty("startedOn", started.toString());
        metadata.addProperty("finishedOn", finished.toString());
        metadata.addProperty("husk_success", success);
        var details = new JsonObject();
        details.add("builder", builder);
        details.add("metadata", metadata);
        var predicate = new JsonObject();
        predicate.add("buildDefinition", definition);
        predicate.add("runDetails", details);
        var json = new JsonObject();
        json.addProperty("_type", TYPE);
        json.add("subject", subjects);
        json.addProperty("predicateType", PREDICATE);
        json.add("predicate", predicate);
        return json;
    }

    private JsonObject externalParameters() {
        var given = new JsonObject();
        given.add("names", texts(parameters.names()));
        parameters.commitment().ifPresent(text -> given.addProperty("commitment", text));
        var external = new JsonObject();
        external.add("contract", resource(contract.name(), contract.id()));
        external.addProperty("function", function);
        external.add("parameters", given);
        return external;
    }

    private JsonArray dependencies() {
        var all = new JsonArray();
        var archive = resource(CODE, code.digest());
        var entry = new JsonObject();
        entry.addProperty("entry", code.entry());
        archive.add("annotations", entry);
        all.add(archive);
        for (var read : reads) {
            var one = new JsonObject();
            one.addProperty("name", contract.name() + "/" + read.name());
            read.digest().ifPresent(digest -> one.add("digest", digestSet(digest)));
            var whole = new JsonObject();
            whole.addProperty("whole", read.whole());
            one.add("annotations", whole);
            all.add(one);
        }
        return all;
    }

    private static JsonObject resource(String name, String digest) {
        var json = new JsonObject();
        json.addProperty("name", name);
        json.add("digest", digestSet(digest));
        return json;
    }

    private static JsonObject digestSet(String digest) {
        var json = new JsonObject();
        json.addProperty("sha256", digest.substring("sha256:".length()));
        return json;
    }

    private static JsonArray texts(List<String> all) {
        var array = new JsonArray();
        all.forEach(array::add);
        return array;
    }

    /** Reads a statement that has every member of the format, in its one spelling, and no other. */
    public static RunStatement parse(JsonObject json) throws MalformedRunException {
        var members = new Members("the run statement", json).only("_type", "subject", "predicateType", "predicate");
        members.require("_type", TYPE);
        members.require("predicateType", PREDICATE);
        var predicate = members.object("predicate").only("buildDefinition", "runDetails");
        var definition =
                predicate.object("buildDefinition").only("buildType", "externalParameters", "resolvedDependencies");
        definition.require("buildType", BUILD_TYPE);
        var external = definition.object("externalParameters").only("contract", "function", "parameters");
        var named = external.object("contract").only("name", "digest");
        var contract = new ContractRef(named.word("name"), named.digest());
        var dependencies = definition.list("resolvedDependencies", MOST + 1);
        if (dependencies.isEmpty()) {
            throw definition.malformed("the code does not stand first");
        }
        var details = predicate.object("runDetails").only("builder", "metadata");
        var builder = details.object("builder").only("id", "husk_sandbox", "husk_evidence");
        builder.require("id", BUILDER);
        var metadata = details.object("metadata").only("invocationId", "startedOn", "finishedOn", "husk_success");
        var statement = new RunStatement(
                results(members, contract.name()),
                contract,
                external.word("function"),
                code(dependencies.get(0)),
                parameters(external.object("parameters").only("names", "commitment")),
                reads(dependencies.subList(1, dependencies.size()), contract.name()),
                new RunBy(sha256(builder, "husk_sandbox"), sha256(builder, "husk_evidence")),
                activation(metadata),
                metadata.time("startedOn"),
                metadata.time("finishedOn"),
                metadata.truth("husk_success"));
        if (statement.finished().isBefore(statement.started())) {
            throw metadata.malformed("it finished before it started");
        }
        return statement;
    }

    private static List<Artifact> results(Members members, String contract) throws MalformedRunException {
        var results = new ArrayList<Artifact>();
        var names = new TreeSet<String>();
        for (var subject : members.list("subject", MOST)) {
            var result = new Artifact(within(subject.only("name", "digest"), contract), subject.digest());
            if (!names.add(result.name())) {
                throw subject.malformed("a result that stands twice");
            }
            results.add(result);
        }
        return results;
    }

    private static Code code(Members first) throws MalformedRunException {
        first.only("name", "digest", "annotations").require("name", CODE);
        return new Code(
                first.digest(), first.object("annotations").only("entry").word("entry"));
    }

    private static List<Read> reads(List<Members> dependencies, String contract) throws MalformedRunException {
        var reads = new ArrayList<Read>();
        var names = new TreeSet<String>();
        for (var dependency : dependencies) {
            dependency.only("name", "digest", "annotations");
            var read = new Read(
                    within(dependency, contract),
                    dependency.has("digest") ? Optional.of(dependency.digest()) : Optional.empty(),
                    dependency.object("annotations").only("whole").truth("whole"));
            if (read.whole() && read.digest().isEmpty()) {
                throw dependency.malformed("something read to its end, without its digest");
            }
            if (!names.add(read.name())) {
                throw dependency.malformed("something read that stands twice");
            }
            reads.add(read);
        }
        return reads;
    }

    /** The part after the contract's name. */
    private static String within(Members members, String contract) throws MalformedRunException {
        var name = members.word("name");
        if (!name.startsWith(contract + "/") || name.length() == contract.length() + 1) {
            throw members.malformed("a name that does not begin with the contract's");
        }
        return name.substring(contract.length() + 1);
    }

    private static Parameters parameters(Members members) throws MalformedRunException {
        var names = members.texts("names", MOST);
        if (!List.copyOf(new TreeSet<>(names)).equals(names)) {
            throw members.malformed("names that are not sorted, or stand twice");
        }
        if (!members.has("commitment")) {
            return new Parameters(names, Optional.empty());
        }
        var commitment = members.word("commitment");
        try {
            if (Base64Url.decode(commitment).length == 32) {
                return new Parameters(names, Optional.of(commitment));
            }
        } catch (IllegalArgumentException e) {
            throw members.malformed("commitment is not base64url");
        }
        throw members.malformed("commitment has not 32 bytes");
    }

    private static String sha256(Members members, String name) throws MalformedRunException {
        var text = members.word(name);
        if (!Digests.isSha256(text)) {
            throw members.malformed(name + " is no digest");
        }
        return text;
    }

    /** May be empty text: not every platform names its activations. */
    private static String activation(Members members) throws MalformedRunException {
        var text = members.text("invocationId");
        if (!text.matches("[0-9a-zA-Z-]{0,64}")) {
            throw members.malformed("invocationId is not of at most 64 letters and digits");
        }
        return text;
    }
}
