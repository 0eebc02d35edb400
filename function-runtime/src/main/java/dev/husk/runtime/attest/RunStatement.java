package dev.husk.runtime.attest;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.husk.protocol.kbs.Release;
import java.time.Instant;

/** The in-toto statement about one run: what went in, what came out, by digest. */
public final class RunStatement {
    private RunStatement() {}

    /**
     * @param subjects the results, as {@code {"name","digest"}}
     * @param reads the objects that were read, as {@code {"name","digest","whole"}}
     * @param success whether the function returned without an error and its results stand in the store
     */
    public static JsonObject of(
            Sandbox sandbox,
            Release release,
            JsonArray subjects,
            JsonArray reads,
            Instant started,
            Instant finished,
            boolean success) {
        var predicate = new JsonObject();
        predicate.addProperty("contract", release.contractId());
        predicate.addProperty("function", release.function());
        predicate.addProperty("code", sandbox.code());
        predicate.addProperty("activation", release.activation());
        predicate.add("parameters", parameters(release));
        predicate.add("reads", reads);
        predicate.addProperty("sandbox", sandbox.id());
        predicate.addProperty("started", started.toString());
        predicate.addProperty("finished", finished.toString());
        predicate.addProperty("success", success);
        var statement = new JsonObject();
        statement.addProperty("_type", "https://in-toto.io/Statement/v1");
        statement.add("subject", subjects);
        statement.addProperty("predicateType", "https://husk.dev/run/v1");
        statement.add("predicate", predicate);
        return statement;
    }

    /** The statement goes into the log, where other parties read it: of a sealed request it says the names alone. */
    private static JsonElement parameters(Release release) {
        if (release.answerKey().isEmpty()) {
            return release.parameters();
        }
        var names = new JsonArray();
        release.parameters().keySet().stream().sorted().forEach(names::add);
        return names;
    }
}
